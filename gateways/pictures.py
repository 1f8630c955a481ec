"""QR codes as pictures for pages."""

import io

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def qr_picture(text: str, label: str) -> SafeString:
    """An SVG that stands in the page and grows with it; ``label`` is read out to whoever does not see it."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, light="#fff"
    )
    drawn = mark_safe(out.getvalue().decode())  # noqa: S308  made of squares by segno
    return format_html('<div class="qr-code" role="img" aria-label="{}">{}</div>', label, drawn)
