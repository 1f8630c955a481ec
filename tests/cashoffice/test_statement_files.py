"""Files of banks: three formats, read exactly, and refused where they are not what they say."""

import datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashoffice.models import StatementMapping
from cashoffice.statements.parsed import Unreadable, decimal_of
from cashoffice.statements.reading import MOST_BYTES, read

FILES = Path(__file__).parents[1] / "data" / "statements"
CARD = StatementMapping(
    name="Card terminal",
    currency="USD",
    delimiter=";",
    date_column="date",
    date_format="%d/%m/%Y",
    credit_column="Credit",
    debit_column="Debit",
    reference_column="Reference",
    text_column="Description",
    decimal_comma=True,
)


def content(name):
    return (FILES / name).read_bytes()


def test_camt_is_read_with_batches_reversals_and_pending_entries():
    form, (parsed,) = read(content("bank_usd.camt053.xml"))
    assert (form, parsed.currency, parsed.opening, parsed.closing) == ("camt053", "USD", D(1000), D("1128.25"))
    assert [(one.amount, one.reference) for one in parsed.movements] == [
        (D(100), "FT26061A1"),
        (D(20), "E2E-1"),
        (D(30), "E2E-2"),
        (D("-1.75"), ""),
        (D(-20), "REV-1"),
    ]
    assert parsed.movements[0].text == "Transfer PP-R2026-000001"
    assert parsed.movements[3].text == "Monthly fee"
    assert {one.date for one in parsed.movements} == {datetime.date(2026, 3, 2)}


def test_mt940_is_read_with_reversals_and_days_across_new_year():
    form, (parsed,) = read(content("bank_khr.mt940"))
    assert (form, parsed.currency, parsed.opening, parsed.closing) == ("mt940", "KHR", D(500_000), D(508_200))
    assert [(one.date, one.amount, one.reference, one.text) for one in parsed.movements] == [
        (datetime.date(2025, 12, 31), D(41_000), "FT26001", "Payment for invoice PP-I2026-000007"),
        (datetime.date(2026, 1, 2), D(-12_300), "FEE-1", "Charges"),
        (datetime.date(2026, 1, 2), D(-20_500), "FT25999", ""),
    ]


def test_a_table_is_read_by_its_mapping_below_whatever_stands_on_top():
    form, (parsed,) = read(content("card_usd.csv"), CARD)
    assert (form, parsed.opening, parsed.closing) == ("csv", None, None)
    assert [(one.amount, one.reference, one.text) for one in parsed.movements] == [
        (D("1234.50"), "APP-001", "VISA *1234"),
        (D(-12), "APP-002", "Chargeback"),
    ]


def test_utf16_and_a_single_signed_column():
    mapping = StatementMapping(
        currency="KHR", delimiter="\t", date_column="Day", date_format="%Y-%m-%d", amount_column="Sum"
    )
    text = "Day\tSum\n2026-03-02\t(41,000)\n2026-03-03\t1 000\n"
    _form, (parsed,) = read(text.encode("utf-16"), mapping)
    assert [one.amount for one in parsed.movements] == [D(-41_000), D(1_000)]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>
<Document><BkToCstmrStmt><Stmt><Id>&lol2;</Id></Stmt></BkToCstmrStmt></Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Document>&e;</Document>"""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (b"", "empty"),
        (b" " * 10, "empty"),
        (b"x" * (MOST_BYTES + 1), "larger"),
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        (b"<Document><BkTo", "no plain XML"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "no plain XML"),
        (b"<Document/>", "no statement"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no text"),
        (b"Date,Amount\n", "how a table is read"),
        (b":20:X\n:60F:C260101EUR1,\n:61:260101C1,NTRFX\n:62F:C260101EUR2,\n", "neither USD nor KHR"),
        (b":20:X\n:60F:C260101USD1,\n:61:260101C1,NTRFX\n:62F:C260101USD3,\n", "do not lead"),
        (b":20:X\n:60F:C260101USD1,\n:61:garbage\n:62F:C260101USD3,\n", "a movement"),
        (b":20:X\n:61:260101C1,NTRFX\n", "without opening"),
        (content("bank_usd.camt053.xml").replace(b'"USD">100.00', b'"KHR">100.00'), "another currency"),
        (content("bank_usd.camt053.xml").replace(b">100.00<", b">NaN<"), "an amount cannot"),
        (content("bank_usd.camt053.xml").replace(b">1128.25<", b">1128.26<"), "do not lead"),
    ],
)
def test_what_is_no_statement_is_refused_with_the_place(wrong, says):
    with pytest.raises(Unreadable, match=f"(?i){says}"):
        read(wrong)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (b"\x81\x82\xff", "neither UTF-8"),
        (b"A;B\n1;2\n", "names the column"),
        (b"Date;Reference;Description;Credit;Debit\n2026-03-02;a;b;1,00;\n", "date cannot be read .#2"),
        (b"Date;Reference;Description;Credit;Debit\n02/03/2026;a;b;one;\n", "amount cannot be read .#2"),
        (b"Date;Reference;Description;Debit\n02/03/2026;a;b;1\n", "missing column"),
        (b"Date;Reference;Description;Credit;Debit\n", "no movements"),
    ],
)
def test_a_table_that_does_not_fit_its_mapping_is_refused(wrong, says):
    with pytest.raises(Unreadable, match=f"(?i){says}"):
        read(wrong, CARD)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_amounts_survive_being_written_and_read(amount):
    assert decimal_of(f"{amount:,.2f}", where="here") == amount
    assert decimal_of(f"{amount:.2f}".replace(".", ","), where="here", comma=True) == amount


@given(st.binary(max_size=300))
def test_whatever_is_uploaded_is_read_or_refused(junk):
    for head in (b"", b"<", b":20:X\n:60F:"):
        try:
            read(head + junk, CARD)
        except Unreadable:
            continue
