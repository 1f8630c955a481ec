"""Files are judged by their content: pictures are drawn anew, a PDF that would act is refused."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from core import uploads
from core.uploads import UploadRefused, clean_paper, clean_picture

MARKER = b"hidden-marker-of-the-sender"


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 360), **options) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return io.BytesIO(out.getvalue())


def pdf(*, pages: int = 1, **acts) -> io.BytesIO:
    writer, out = PdfWriter(), io.BytesIO()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    if "script" in acts:
        act = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(acts["script"])}
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(act))
    if "attached" in acts:
        writer.add_attachment("inside.exe", acts["attached"])
    if "password" in acts:
        writer.encrypt(acts["password"])
    writer.write(out)
    return io.BytesIO(out.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew_as_jpeg(kind):
    kept = clean_picture(picture(kind))
    assert (kept.content_type, kept.extension) == ("image/jpeg", "jpg")
    assert Image.open(io.BytesIO(kept.content)).size == (640, 360)


def test_what_was_hidden_in_a_picture_does_not_go_on():
    place = Image.Exif()
    place[0x010E] = MARKER.decode()  # ImageDescription
    sent = picture(exif=place.tobytes()).getvalue() + MARKER
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as inside:
        inside.writestr("page.html", "<script>alert(1)</script>")
    kept = clean_picture(io.BytesIO(sent + archive.getvalue())).content
    assert MARKER in sent
    assert MARKER not in kept
    assert b"<script" not in kept
    assert b"PK\x03\x04" not in kept


def test_a_portrait_is_cut_to_a_square_and_turned_upright():
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    kept = clean_picture(picture(size=(800, 400), exif=turned.tobytes()), square=480)
    assert Image.open(io.BytesIO(kept.content)).size == (480, 480)
    assert Image.open(io.BytesIO(clean_picture(picture(size=(800, 400), exif=turned.tobytes())).content)).size == (
        400,
        800,
    )


def test_a_large_picture_is_made_smaller():
    kept = clean_paper(picture(size=(4_000, 1_000)))
    assert Image.open(io.BytesIO(kept.content)).size == (3_000, 750)


def bomb() -> bytes:
    """A PNG of 60,000 by 60,000 pixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just text",
        SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"PK\x03\x04" + b"\0" * 100,
        b"\xff\xd8\xff\xe0" + b"\0" * 100,  # begins as a JPEG and is none
        b"GIF89a" + b"\0" * 100,
        bomb(),
        b"\0" * (uploads.MOST_BYTES + 1),
        b"%PDF-1.7\nnothing of the kind",
        pdf(script="app.alert(1)").getvalue(),
        pdf(attached=b"MZ").getvalue(),
        pdf(password="x").getvalue(),
        pdf(pages=uploads.MOST_PAGES + 1).getvalue(),
    ],
    ids=[
        *("empty", "text", "svg", "html", "zip", "broken-jpeg", "gif", "bomb", "too-large", "broken-pdf", "script"),
        *("attachment", "password", "too-many-pages"),
    ],
)
def test_what_we_do_not_keep_is_refused_beside_the_field(content):
    with pytest.raises(UploadRefused) as refused:
        clean_paper(io.BytesIO(content))
    assert refused.value.field == "file"
    assert str(refused.value)


def test_a_plain_pdf_is_kept_as_it_is():
    sent = pdf(pages=2)
    assert clean_paper(sent) == uploads.Upload(sent.getvalue(), "application/pdf", "pdf")
    with pytest.raises(UploadRefused):
        clean_picture(pdf())
