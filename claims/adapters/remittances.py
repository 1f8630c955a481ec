"""Reading a payer's list of payments: a CSV whose columns the hospital names, or FHIR ClaimResponses."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from claims.adapters.fhir import Answer, NotAnAnswer, answers_in
from core.text import ascii_digits

MOST_ROWS = 5_000
FIELDS = ("claim", "paid", "rejected", "reason")
USUAL = {"claim": "claim", "paid": "paid", "rejected": "rejected", "reason": "reason"}


@dataclass(frozen=True)
class Row:
    """One row as the file has it: a claim's number, amounts (`paid` below zero: taken back), the code of a refusal."""

    number: int
    claim: str
    paid: Decimal
    rejected: Decimal
    reason: str


class Unreadable(ValueError):
    """The file cannot be read; the text says where."""


def read_csv(content: bytes, mapping: Mapping[str, str]) -> list[Row]:
    """Rows of a CSV in UTF-8; comma, semicolon or tab. Raises Unreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Unreadable(_("The file is not text in UTF-8.")) from problem
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    missing = [mapping[name] for name in ("claim", "paid") if mapping.get(name) not in (reader.fieldnames or [])]
    if missing:
        raise Unreadable(_("The file has no column %(name)s.") % {"name": ", ".join(missing)})
    rows = [_row(number, row, mapping) for number, row in enumerate(reader, start=2)]
    if len(rows) > MOST_ROWS:
        raise Unreadable(_("The file has too many rows."))
    return rows


def _row(number: int, row: dict[str, Any], mapping: Mapping[str, str]) -> Row:
    def cell(name: str) -> str:
        return (row.get(mapping.get(name, "")) or "").strip()

    return Row(
        number,
        cell("claim"),
        _amount(number, cell("paid"), signed=True),
        _amount(number, cell("rejected")),
        cell("reason"),
    )


def _amount(number: int, text: str, *, signed: bool = False) -> Decimal:
    try:
        amount = Decimal(ascii_digits(text).replace(",", "").replace(" ", "") or "0")
    except InvalidOperation as problem:
        raise Unreadable(_("Row %(row)d: an amount is not a number.") % {"row": number}) from problem
    if not amount.is_finite() or (amount < 0 and not signed):
        raise Unreadable(_("Row %(row)d: an amount is not a number.") % {"row": number})
    return amount


def read_fhir(content: bytes) -> list[Answer]:
    """ClaimResponses of a file. Raises Unreadable."""
    try:
        return answers_in(json.loads(content, parse_float=Decimal))
    except (ValueError, NotAnAnswer) as problem:
        raise Unreadable(_("The file holds no ClaimResponse.")) from problem
