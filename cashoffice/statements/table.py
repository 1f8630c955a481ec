"""CSV statements, read by a saved mapping of columns."""

import csv
import datetime
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cashoffice.statements.parsed import Movement, Parsed, Unreadable, day_of, decimal_of


def parse(content: bytes, mapping: Any) -> list[Parsed]:
    """The one statement of the file; `mapping` is a StatementMapping or looks like one. Raises Unreadable."""
    return [Parsed(mapping.currency, list(_movements(_text(content), mapping))).checked()]


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if content[:2] not in (b"\xff\xfe", b"\xfe\xff") else ("utf-16",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("Its text is neither UTF-8 nor UTF-16."))


def _movements(text: str, mapping: Any) -> Iterator[Movement]:
    """Rows below the one that names the columns; rows without a date (sums, blanks) are passed over."""
    rows = csv.reader(io.StringIO(text), delimiter=mapping.delimiter)
    wanted = mapping.date_column.strip().casefold()
    header: list[str] = []
    try:
        for place, row in enumerate(rows, start=1):
            cells = [cell.strip() for cell in row]
            if not header:
                header = [cell.casefold() for cell in cells] if wanted in (cell.casefold() for cell in cells) else []
                continue
            found = dict(zip(header, cells, strict=False))
            if not found.get(wanted):
                continue
            amount = _amount(found, mapping, place)
            if amount:
                yield Movement(_day(found[wanted], mapping, place), amount, *_words(found, mapping))
    except csv.Error as error:
        raise Unreadable(_("Its rows cannot be told apart.")) from error
    if not header:
        raise Unreadable(_("No row names the column of the date."))


def _day(text: str, mapping: Any, place: int) -> datetime.date:
    return day_of(text, mapping.date_format, where=f"#{place}")


def _amount(found: Mapping[str, str], mapping: Any, place: int) -> Decimal:
    """One column with a sign, or one for money in and one for money out."""

    def cell(name: str) -> Decimal:
        key = name.strip().casefold()
        if name and key not in found:
            raise Unreadable(_("It has a missing column."))
        text = found.get(key, "") if name else ""
        return decimal_of(text, where=f"#{place}", comma=mapping.decimal_comma) if text else Decimal(0)

    if mapping.amount_column:
        return cell(mapping.amount_column)
    return abs(cell(mapping.credit_column)) - abs(cell(mapping.debit_column))


def _words(found: Mapping[str, str], mapping: Any) -> tuple[str, str]:
    def cell(name: str, most: int) -> str:
        return found.get(name.strip().casefold(), "")[:most] if name else ""

    return cell(mapping.reference_column, 80), cell(mapping.text_column, 300)
