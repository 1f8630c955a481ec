"""Fonts for printing: our npm packages carry woff2 for browsers, typst reads TrueType; converted once and kept.

Every package file holds one script, so each becomes a family of its own; the print templates name them in order.
Khmer is Battambang here: it places its signs by ligatures, so that a PDF's text can be searched and copied (fonts which
shift signs up and down leave their letters doubled in the text layer).
"""

from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont

from core.assets import built_dir, node_modules

_WINDOWS, _UNICODE_BMP, _ENGLISH = 3, 1, 0x409
_FAMILY, _STYLE, _UNIQUE, _FULL, _POSTSCRIPT, _TYPOGRAPHIC = 1, 2, 3, 4, 6, (16, 17, 21, 22)


class Source(NamedTuple):
    """A font of a package: the family it gets, its weight, its file under node_modules, and how much larger it is set.

    Khmer letters are drawn small for their many storeys: enlarged, they stand at the height of the Latin beside them.
    """

    family: str
    weight: int
    file: str
    scale: float


SOURCES = tuple(
    Source(family, weight, file.format(weight=weight), scale)
    for family, scale, file in (
        ("Print Latin", 1, "@fontsource/inter/files/inter-latin-{weight}-normal.woff2"),
        ("Print Latin Ext", 1, "@fontsource/inter/files/inter-latin-ext-{weight}-normal.woff2"),
        ("Print Khmer", 1.12, "@fontsource/battambang/files/battambang-khmer-{weight}-normal.woff2"),
        ("Print Chinese", 1, "@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-{weight}-normal.woff2"),
    )
    for weight in (400, 700)
)


def fonts_dir() -> Path:
    """The folder typst reads; fonts that are missing there are made first (some seconds, once)."""
    folder = built_dir() / "fonts"
    for source in SOURCES:
        target = folder / f"{source.family.replace(' ', '')}-{source.weight}.ttf"
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _convert(node_modules() / source.file, target, source)
    return folder


def _convert(woff: Path, target: Path, source: Source) -> None:
    font = TTFont(woff)
    font.flavor = None
    font["head"].unitsPerEm = round(font["head"].unitsPerEm / source.scale)
    _name(font, source)
    fresh = target.with_suffix(".new")
    font.save(fresh)
    fresh.replace(target)  # two processes may do this at once: each writes a whole file, the last one stays


def _name(font: TTFont, source: Source) -> None:
    style = "Bold" if source.weight >= 700 else "Regular"
    plain = source.family.replace(" ", "")
    names = font["name"]
    for number in _TYPOGRAPHIC:
        names.removeNames(nameID=number)
    values = {_FAMILY: source.family, _STYLE: style, _UNIQUE: f"{plain}-{style}", _FULL: f"{source.family} {style}"}
    for number, value in {**values, _POSTSCRIPT: f"{plain}-{style}"}.items():
        names.removeNames(nameID=number)
        names.setName(value, number, _WINDOWS, _UNICODE_BMP, _ENGLISH)
    font["OS/2"].usWeightClass = source.weight
