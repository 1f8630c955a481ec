"""CAMT.053, the ISO 20022 statement of an account (any version of camt.053.001).

Read by expat alone, which refuses the file at a document type: so there are no entities to expand and no other files
to fetch. Reversed entries (RvslInd) turn their sign.
"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from django.utils.translation import gettext as _

from cashoffice.statements.parsed import Movement, Parsed, Unreadable, day_of, decimal_of, unreadable_amount

DEEPEST = 40  # elements within each other; the standard needs 15


def parse(content: bytes) -> list[Parsed]:
    """Every statement of the file. Raises Unreadable."""
    root = _tree(content)
    statements = root.findall("./BkToCstmrStmt/Stmt")
    if not statements:
        raise Unreadable(_("There is no statement of an account in it."))
    return [_statement(one) for one in statements]


def _tree(content: bytes) -> Element:
    """The file's elements, named without their namespace: the versions differ in it, not in what is read here."""
    builder, parser, depth = TreeBuilder(), ParserCreate(namespace_separator=" "), [0]

    def start(name: str, attributes: dict[str, str]) -> None:
        depth[0] += 1
        if depth[0] > DEEPEST:
            raise Unreadable(_("It is no plain XML."))
        builder.start(name.rpartition(" ")[2], attributes)

    def end(name: str) -> None:
        depth[0] -= 1
        builder.end(name.rpartition(" ")[2])

    def refuse(*_declared: Any) -> None:
        raise Unreadable(_("It declares a document type."))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    for handler in ("StartDoctypeDeclHandler", "EntityDeclHandler", "ExternalEntityRefHandler"):
        setattr(parser, handler, refuse)
    try:
        parser.Parse(content, True)
        return builder.close()
    except (ExpatError, AssertionError, ValueError, LookupError) as error:
        raise error if isinstance(error, Unreadable) else Unreadable(_("It is no plain XML.")) from error


def _statement(statement: Element) -> Parsed:
    balances = {code: balance for balance in statement.findall("Bal") for code in [_text(balance, "Tp/CdOrPrtry/Cd")]}
    currency = _text(statement, "Acct/Ccy") or _currency(statement)
    return Parsed(
        currency=currency,
        movements=[one for entry in statement.findall("Ntry") for one in _entry(entry, currency)],
        opening=_balance(balances.get("OPBD", balances.get("PRCD"))),
        closing=_balance(balances.get("CLBD")),
    ).checked()


def _currency(statement: Element) -> str:
    amount = statement.find("Bal/Amt")
    return (amount.get("Ccy") or "") if amount is not None else ""


def _balance(balance: Element | None) -> Decimal | None:
    return None if balance is None else _signed(balance)


def _entry(entry: Element, currency: str) -> Iterator[Movement]:
    """A booked entry; a batch is taken apart where its parts have amounts of their own and add up."""
    if _text(entry, "Sts/Cd") in ("PDNG", "INFO") or _text(entry, "Sts") in ("PDNG", "INFO"):
        return
    amount = entry.find("Amt")
    if amount is not None and amount.get("Ccy", currency) != currency:
        raise Unreadable(_("An entry is in another currency."))
    date = _day(entry)
    whole = _signed(entry)
    details = entry.findall("NtryDtls/TxDtls")
    parts = [_signed(one, like=entry) for one in details if one.find("Amt") is not None]
    if len(details) > 1 and len(parts) == len(details) and sum(parts) == whole:
        for one, part in zip(details, parts, strict=True):
            yield Movement(date, part, _reference(one) or _reference(entry), _words(one))
        return
    yield Movement(date, whole, _reference(entry) or _reference(details[0] if details else entry), _words(entry))


def _day(entry: Element) -> datetime.date:
    text = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm")[:10] or _text(entry, "ValDt/Dt")
    return day_of(text, "%Y-%m-%d", where="Ntry")


def _signed(holder: Element, like: Element | None = None) -> Decimal:
    amount = decimal_of(_text(holder, "Amt"), where="Amt")
    sign = _text(holder, "CdtDbtInd") or (_text(like, "CdtDbtInd") if like is not None else "")
    if sign not in ("CRDT", "DBIT"):
        raise unreadable_amount("CdtDbtInd")
    reversal = _text(holder, "RvslInd") == "true"
    return amount if (sign == "CRDT") != reversal else -amount


def _reference(holder: Element) -> str:
    for path in ("AcctSvcrRef", "Refs/AcctSvcrRef", "Refs/EndToEndId", "Refs/TxId", "NtryRef"):
        text = _text(holder, path)
        if text and text != "NOTPROVIDED":
            return text[:80]
    return ""


def _words(holder: Element) -> str:
    words = [
        one.text or "" for path in (".//RmtInf/Ustrd", ".//AddtlTxInf", "AddtlNtryInf") for one in holder.findall(path)
    ]
    return " ".join(" ".join(words).split())[:300]


def _text(holder: Element, path: str) -> str:
    return (holder.findtext(path) or "").strip()
