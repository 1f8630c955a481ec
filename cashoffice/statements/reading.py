"""Which format a file has, told by its content and never by its name."""

from typing import Any

from django.utils.translation import gettext as _

from cashoffice.statements import camt, mt940, table
from cashoffice.statements.parsed import Parsed, Unreadable

MOST_BYTES = 5 * 1024 * 1024


def read(content: bytes, mapping: Any = None) -> tuple[str, list[Parsed]]:
    """The format (csv, camt053, mt940) and the statements of a file; a CSV needs its mapping. Raises Unreadable."""
    if not content.strip():
        raise Unreadable(_("It is empty."))
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than %(size)d MB.") % {"size": MOST_BYTES // 1024**2})
    head = content.lstrip(b"\xef\xbb\xbf\r\n\t ")[:2_000]
    if head.startswith(b"<"):
        return "camt053", camt.parse(content)
    if b":20:" in head and (head.startswith((b"{", b":")) or b"\n:20:" in head):
        return "mt940", mt940.parse(content)
    if b"\x00" in head and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(_("It is no text."))
    if mapping is None:
        raise Unreadable(_("Choose how a table is read."))
    return "csv", table.parse(content, mapping)
