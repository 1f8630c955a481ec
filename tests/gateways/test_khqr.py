"""KHQR strings: every published one is read as it was published, and what we build is read back."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways import khqr
from gateways.khqr import KhqrBroken, Receiver

VECTORS = list(csv.DictReader((Path(__file__).parents[1] / "data/khqr_vectors.csv").open(encoding="utf-8")))
COLUMNS = {
    "type": "kind",
    "poi": "initiation",
    "bakong_account_id": "account_id",
    "account_information": "account_information",
    "merchant_id": "merchant_id",
    "acquiring_bank": "acquiring_bank",
    "unionpay": "union_pay",
    "mcc": "category",
    "currency": "currency",
    "amount": "amount",
    "country": "country",
    "merchant_name": "name",
    "merchant_city": "city",
    "bill_number": "bill_number",
    "mobile_number": "mobile",
    "store_label": "store",
    "terminal_label": "terminal",
    "purpose_of_transaction": "purpose",
    "language": "language",
    "merchant_name_alt": "other_name",
    "merchant_city_alt": "other_city",
    "created_ms": "created_ms",
    "expires_ms": "expires_ms",
    "crc": "crc",
}


@pytest.mark.parametrize("vector", VECTORS, ids=[f"case-{one['case']}" for one in VECTORS])
def test_every_published_code_is_read_as_published(vector):
    code = khqr.read(vector["qr"])
    assert vector["crc_ok"] == "true"
    assert {column: getattr(code, name) for column, name in COLUMNS.items()} == {
        column: vector[column] for column in COLUMNS
    }
    assert code.md5 == vector["md5"]
    assert code.is_well_formed == (vector["well_formed_khqr"] == "true"), code.faults


@pytest.mark.parametrize("vector", VECTORS, ids=[f"case-{one['case']}" for one in VECTORS])
def test_a_code_with_one_sign_changed_is_refused(vector):
    text = vector["qr"]
    middle = len(text) // 2
    other = "7" if text[middle] != "7" else "8"
    with pytest.raises(KhqrBroken):
        khqr.read(text[:middle] + other + text[middle + 1 :])


@pytest.mark.parametrize("text", ["", "hello", "0002", "000201", "00020163041D0F", "00ab01", "០០០១x"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(KhqrBroken):
        khqr.read(text)


MADE = datetime(2024, 9, 25, 7, 29, 24, 974000, tzinfo=UTC)


def test_a_published_code_is_built_again_sign_by_sign():
    """Case 8 of the SDK's own tests, with the two decimals we write."""
    built = khqr.build(
        Receiver("vandoeurn@devb", "Vandoeurn"),
        amount=D(101),
        currency="USD",
        created=datetime.fromtimestamp(1727249364.974, UTC),
        expires=datetime.fromtimestamp(1727249484.974, UTC),
    )
    published = next(one["qr"] for one in VECTORS if one["case"] == "8")
    assert built == khqr.sealed(published[:-8].replace("5403101", "5406101.00"))


NAMES = st.text(st.sampled_from("ABab 12 កខគឃ្រុំ文山"), min_size=1, max_size=25).filter(lambda one: one.strip())


@given(
    cents=st.integers(1, 10**9),
    currency=st.sampled_from(["USD", "KHR"]),
    name=NAMES,
    merchant=st.sampled_from(["", "123456"]),
    minutes=st.integers(1, 10_000),
)
def test_what_we_build_is_read_back(cents, currency, name, merchant, minutes):
    amount = D(cents) / 100 if currency == "USD" else D(cents)
    built = khqr.build(
        Receiver("clinic@bank", name, merchant_id=merchant, acquiring_bank="Bank"),
        amount=amount,
        currency=currency,
        created=MADE,
        expires=MADE + timedelta(minutes=minutes),
        bill_number="PP-2026-000001",
        terminal="D1",
    )
    code = khqr.read(built)
    assert code.is_well_formed, code.faults
    assert (D(code.amount), code.name, code.merchant_id) == (amount, name, merchant)
    assert khqr.CURRENCIES[code.currency] == currency
    assert int(code.expires_ms) - int(code.created_ms) == minutes * 60_000
    assert len(code.amount) <= 13


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": D(0)},
        {"amount": D("0.001")},
        {"amount": D("1.5"), "currency": "KHR"},
        {"amount": D(10**14)},
        {"bill_number": "x" * 26},
        {"expires": MADE},
    ],
)
def test_what_does_not_fit_is_not_built(wrong):
    facts = {"amount": D(1), "currency": "USD", "created": MADE, "expires": MADE + timedelta(minutes=3), **wrong}
    with pytest.raises(ValueError, match=r"\w"):
        khqr.build(Receiver("clinic@bank", "Clinic"), **facts)


@pytest.mark.parametrize(
    "receiver", [Receiver("clinic", "C"), Receiver("c@b", "n" * 26), Receiver("c@" + "b" * 31, "C")]
)
def test_a_receiver_that_does_not_fit_is_refused(receiver):
    with pytest.raises(ValueError, match=r"\w"):
        khqr.build(receiver, amount=D(1), currency="USD", created=MADE, expires=MADE + timedelta(minutes=3))
