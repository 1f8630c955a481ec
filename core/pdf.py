"""Paper: typst sources under templates/print/ rendered with data. What people typed is data, never typst code.

    render_pdf("patients/card.typ", {"hospital": letterhead(hospital, branch), "name": patient.native_name, …})

The template begins with ``#import "/base.typ": *`` and reads ``data.name``; ``#tr("Receipt")`` speaks the language that
is active when ``render_pdf`` is called. See docs/design.md.
"""

import io
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import barcode
import segno
import typst
from barcode.writer import SVGWriter
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override

from core.money import Money, format_money
from core.pdf_fonts import fonts_dir

SPOKEN = re.compile(r'\btr\(\s*"((?:[^"\\]|\\.)+)"')
_stamps: list[Callable[[], str]] = []
_ISO_LANGUAGES = {"zh-hans": "zh"}


class PaperBroken(RuntimeError):
    """A print template could not be rendered; the message names the template, never its data."""


def stamp_by(words: Callable[[], str]) -> Callable[[], str]:
    """Let ``words()`` be printed across the edge of every page while it says something: how it came to be opened."""
    if words not in _stamps:
        _stamps.append(words)
    return words


def render_pdf(template: str, context: Mapping[str, Any], *, language: str = "") -> bytes:
    """Return the PDF of ``templates/print/<template>`` filled with ``context``.

    ``language`` prints in another language than the page's (a patient's own). Values may be text, numbers, dates,
    Money, lists and dictionaries; decimals and dates reach the paper as text in the one form used everywhere.
    """
    with override(language or get_language() or settings.LANGUAGE_CODE):
        stamp = " · ".join(filter(None, (words() for words in _stamps)))
        data = _plain({**context, "stamp": stamp, "words": _words(template), "language": _iso_language()})
    try:
        return _compile(template, json.dumps(data, ensure_ascii=False))
    except typst.TypstError as error:
        raise PaperBroken(f"{template}: {error.message}") from None


def pdf_response(pdf: bytes, filename: str, *, download: bool = False) -> HttpResponse:
    """Answer with the PDF; ``filename`` is made of numbers, never of a person's name."""
    way = "attachment" if download else "inline"
    headers = {"Content-Disposition": f'{way}; filename="{filename}"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def letterhead(hospital: Any, branch: Any = None) -> dict[str, str]:
    """What stands at the top of a paper: the hospital, and the branch where it is printed, unless called the same."""
    name, place = getattr(hospital, "name", "") or settings.PLATFORM_NAME, getattr(branch, "name", "")
    parts = {name: getattr(branch, name, "") or getattr(hospital, name, "") for name in ("address", "phone")}
    return {
        "name": name,
        "branch": "" if place == name else place,
        "tax_number": getattr(hospital, "tax_number", ""),
        **parts,
    }


def qr_svg(text: str) -> str:
    """A QR code as SVG, for ``#code(data.qr)``. Put numbers into it, never a name."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, omitsize=True)
    return out.getvalue().decode()


def code128_svg(text: str) -> str:
    """A Code 128 bar code as SVG without its text line; ASCII only, 12 signs fit a tube's label."""
    out = io.BytesIO()
    options = {"write_text": False, "module_height": 10.0, "quiet_zone": 2.0, "module_width": 0.25}
    barcode.Code128(text, writer=SVGWriter()).write(out, options=options)
    return out.getvalue().decode()


def print_dir() -> Path:
    return Path(settings.BASE_DIR) / "templates" / "print"


def _compile(template: str, data: str) -> bytes:
    # A kept typst.Compiler would save 3 ms, but it serves one thread at a time and fails all others.
    pdf = typst.compile(
        str(print_dir() / template), root=str(print_dir()), font_paths=_fonts(), sys_inputs={"data": data}
    )
    if not isinstance(pdf, bytes):
        raise PaperBroken(f"{template}: no PDF came out")
    return pdf


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    # typst brings DejaVu Sans Mono: the signs that no text font of ours has (≥, ≤, →, ✓)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(fonts_dir())])


def _words(template: str) -> dict[str, str]:
    return {msgid: gettext(msgid) for msgid in _msgids(template)}


@lru_cache(maxsize=64)
def _msgids(template: str) -> tuple[str, ...]:
    """The texts a template says itself, and those of the base it stands on."""
    sources = [print_dir() / "base.typ", print_dir() / template]
    return tuple(dict.fromkeys(found for path in sources for found in SPOKEN.findall(path.read_text(encoding="utf-8"))))


def _iso_language() -> str:
    language = get_language() or settings.LANGUAGE_CODE
    return _ISO_LANGUAGES.get(language, language)


def _plain(value: Any) -> Any:
    """The value as JSON holds it, everything exact as text."""
    match value:
        case None | bool() | int() | str():
            return value
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case Money():
            return format_money(value)
        case datetime():
            return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case Promise() | UUID():
            return str(value)
    raise TypeError(f"{type(value).__name__} cannot be printed")
