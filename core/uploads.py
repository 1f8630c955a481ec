"""What people upload, judged by its content and never by its name.

A picture is decoded and encoded again, so that nothing but its pixels goes on: no place of recording, no hidden
archive, no script. A PDF is taken as it is, unless it is encrypted or would act by itself. SVG, HTML, archives and
everything else are refused, whatever they call themselves.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from core.errors import DomainError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 3_000  # pixels; enough to read a photographed paper
MOST_PAGES = 200
MOST_OBJECTS = 50_000
QUALITY = 88

_PICTURES = ("JPEG", "PNG", "WEBP")
# What makes a PDF do something when it is opened, or carry another file (ISO 32000-1, 12.6 and 7.11.4).
_ACTS = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/SubmitForm"}


class UploadRefused(DomainError):
    """The file is not one we keep."""

    field = "file"
    code = "upload_refused"


@dataclass(frozen=True)
class Upload:
    """A file as it is kept."""

    content: bytes
    content_type: str
    extension: str


def clean_picture(file: BinaryIO, *, square: int | None = None) -> Upload:
    """Return the picture drawn anew as JPEG. ``square``: cut to a square of so many pixels a side, as a portrait is.

    Raises UploadRefused for what is no picture, too large in bytes or pixels, or broken.
    """
    return _drawn_anew(_read(file), square)


def clean_paper(file: BinaryIO) -> Upload:
    """Return a PDF as it is, or a picture drawn anew. Raises UploadRefused."""
    content = _read(file)
    return _checked_pdf(content) if content.startswith(b"%PDF-") else _drawn_anew(content, None)


def _read(file: BinaryIO) -> bytes:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UploadRefused(_("The file is larger than %(size)d MB."), size=MOST_BYTES // 1024**2)
    if not content:
        raise UploadRefused(_("The file is empty."))
    return content


def _drawn_anew(content: bytes, square: int | None) -> Upload:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=_PICTURES) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise UploadRefused(_("The picture has too many pixels."))
                drawn = _sized(ImageOps.exif_transpose(picture).convert("RGB"), square)
        except UploadRefused:
            raise
        except Exception as error:  # a decoder meets whatever people send: nothing of it may become a server error
            raise UploadRefused(_("Choose a JPEG, PNG or WebP picture, or a PDF.")) from error
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Upload(out.getvalue(), "image/jpeg", "jpg")


def _sized(picture: Image.Image, square: int | None) -> Image.Image:
    if square:
        return ImageOps.fit(picture, (square, square))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return picture


def _checked_pdf(content: bytes) -> Upload:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise UploadRefused(_("The PDF is protected by a password. Print it anew without one."))
        if not 0 < len(reader.pages) <= MOST_PAGES:
            raise UploadRefused(_("The PDF has more than %(pages)d pages."), pages=MOST_PAGES)
        if _acts(reader):
            raise UploadRefused(_("The PDF contains programs or attached files. Print it anew as a plain PDF."))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise UploadRefused(_("The PDF cannot be read.")) from error
    return Upload(content, "application/pdf", "pdf")


def _acts(reader: PdfReader) -> bool:
    """Whether any object that the PDF leads to would run, call or carry something; gives up (and says yes) on mazes."""
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    for _count in range(MOST_OBJECTS):
        if not waiting:
            return False
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            place = (one.idnum, one.generation)
            if place in seen:
                continue
            seen.add(place)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            if _ACTS & set(one) or str(one.get("/S")) in _ACTS:
                return True
            waiting += one.values()
        elif isinstance(one, ArrayObject):
            waiting += one
    return bool(waiting)
