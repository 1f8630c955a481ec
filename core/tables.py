"""Tables that leave the house as CSV, in a form that no spreadsheet executes."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # tells spreadsheets that the text is UTF-8: Khmer and Chinese stay readable
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file; a cell that a spreadsheet would take for a formula is told to be text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return _BYTE_ORDER_MARK + out.getvalue().encode()


def csv_response(table: bytes, filename: str) -> HttpResponse:
    """Hand out the table; ``filename`` is made of numbers, never of a person's name."""
    return file_response(table, filename, "text/csv")


def file_response(content: bytes, filename: str, content_type: str) -> HttpResponse:
    """Hand out UTF-8 text as a file to be kept, not shown."""
    return bytes_response(content, filename, f"{content_type}; charset=utf-8")


def bytes_response(content: bytes, filename: str, content_type: str) -> HttpResponse:
    """Hand out anything else as a file to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)


def safe_cell(value: Any) -> str:
    """A number stays a number, a negative one too; text that begins like a formula is marked as text."""
    text = str(value)
    if isinstance(value, (int, Decimal)):
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
