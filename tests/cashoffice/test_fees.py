"""What banks and providers keep of a payment: an unknown receipt or a line and its fee are the payment, to the cent."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Branch
from billing.models import Entry
from billing.queries.comparing import ledger_disagreements
from billing.services import journal
from cashoffice.errors import FeeTooLarge, MatchTaken, MoreThanOpen, NoFee, NothingLeft, ReceiptUnfit
from cashoffice.fees import fee_within, kept_of
from cashoffice.models import Clearing, Match, StatementMapping
from cashoffice.queries.offers import suggestions
from cashoffice.queries.statements import balances_of
from cashoffice.services import matches
from cashoffice.services.clearings import clear_receipt, explanations, undo_clearing
from core.ids import new_id
from core.money import Money
from core.preferences import set_preference
from tests.cashoffice.test_clearings import once, paid, receipt_of, run_to_the_end, standing, statement_of
from tests.factories import billing as make
from tests.factories import cashoffice as cash


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def five_percent(monkeypatch):
    monkeypatch.setattr("cashoffice.fees.preference", lambda key: 5)


def usd(amount):
    return Money(D(amount), "USD")


# --- How much a fee may be ---


def test_what_a_fee_may_be(five_percent):
    assert kept_of([D(100)], usd("98.50")) == [D("1.50")]
    assert kept_of([D(100)], usd("95")) == [D(5)]
    assert kept_of([D(60), D(40)], usd("98.50")) == [D("0.90"), D("0.60")]
    for came in ("94.99", "0.01"):
        with pytest.raises(FeeTooLarge) as refused:
            kept_of([D(100)], usd(came))
        assert "at most 5 %" in str(refused.value)
    with pytest.raises(FeeTooLarge):  # a cent would be kept of two
        kept_of([D("10.09"), D("0.02"), D("9.89")], usd("19"))
    for payments, came in (([D(100)], "100"), ([D(100)], "101"), ([D(-100)], "-98.50"), ([D(100)], "-2")):
        with pytest.raises(NoFee):
            kept_of(payments, usd(came))
    assert fee_within(D(100), usd("98.50")) == usd("1.50")
    assert [fee_within(D(one), usd("95")) for one in ("95", "94", "100.01", "-100")] == [None] * 4


@given(st.lists(st.integers(100, 10**9), min_size=1, max_size=8), st.integers(0, 5))
def test_fees_and_receipt_are_the_payments(cents, percent):
    payments = [D(one) / 100 for one in cents]
    came = usd((sum(payments) * (100 - percent) / 100).quantize(D("0.01"), "ROUND_UP"))
    if came.amount == sum(payments):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cashoffice.fees.preference", lambda key: 5)
        shares = kept_of(payments, came)
    assert sum(payments) - sum(shares) == came.amount
    assert all(0 <= share * 5 <= payment for share, payment in zip(shares, payments, strict=True))


# --- Receipts not yet explained ---


def test_a_receipt_less_than_its_payment_is_explained_with_the_fee(shift, cashier, accountant):
    receipt, against = cash.unknown_receipt("98.50", by=accountant), paid(cashier, "100.00")
    assert [posting for posting, _likeness in explanations(receipt_of(receipt))] == [against]
    with pytest.raises(MoreThanOpen):
        clear_receipt(receipt=receipt, against=[against], by=accountant)
    (clearing,) = clear_receipt(receipt=receipt, against=[against], with_fee=True, by=accountant)
    assert (clearing.amount, clearing.fee) == (D("98.50"), D("1.50"))
    sides = {posting.account.key: posting.amount for posting in clearing.entry.postings.all()}
    assert sides == {"unknown_receipts": D("98.50"), "bank_fees": D("1.50"), "bank": -100}
    assert (standing("bank"), standing("unknown_receipts"), standing("bank_fees")) == (D("98.50"), 0, D("1.50"))
    balances = balances_of(statement_of(receipt))
    assert (balances.ledger, balances.unseen, balances.unexplained) == (D("98.50"), 0, 0)
    assert not ledger_disagreements()
    connection.check_constraints()


def test_taking_it_back_undoes_the_fee_with_it(shift, cashier, accountant, owner):
    receipt, against = cash.unknown_receipt("98.50", by=accountant), paid(cashier, "100.00")
    (clearing,) = clear_receipt(receipt=receipt, against=[against], with_fee=True, by=accountant)
    undo_clearing(clearing=clearing, reason="another patient", by=owner)
    assert Entry.objects.get(kind="receipt_reopened").reverses == clearing.entry
    standings = (standing("bank"), standing("unknown_receipts"), standing("bank_fees"))
    assert standings == (D("198.50"), D("-98.50"), 0)
    assert not ledger_disagreements()
    clear_receipt(receipt=receipt, against=[against], with_fee=True, by=accountant)
    assert standing("bank_fees") == D("1.50")
    connection.check_constraints()


def test_a_day_s_payments_arrive_together_less_a_fee(shift, cashier, accountant):
    receipt = cash.unknown_receipt("295.50", by=accountant)
    payments = [paid(cashier, "100.00") for _three in range(3)]
    clearings = clear_receipt(receipt=receipt, against=payments, with_fee=True, by=accountant)
    assert [one.fee for one in clearings] == [D("1.50")] * 3
    assert (receipt_of(receipt).still, standing("bank_fees")) == (0, D("4.50"))
    undo_clearing(clearing=clearings[1], reason="another day's", by=accountant)
    assert (receipt_of(receipt).still, standing("bank_fees")) == (D("98.50"), 3)
    assert not ledger_disagreements()
    connection.check_constraints()


def test_what_is_beyond_a_fee_is_neither_offered_nor_taken(shift, cashier, accountant, owner):
    receipt, against = cash.unknown_receipt("94.99", by=accountant), paid(cashier, "100.00")
    assert explanations(receipt_of(receipt)) == []
    with pytest.raises(FeeTooLarge):
        clear_receipt(receipt=receipt, against=[against], with_fee=True, by=accountant)
    set_preference("cashoffice.fee_percent", 6, by=owner)
    assert len(explanations(receipt_of(receipt))) == 1
    assert not Clearing.objects.exists()
    clear_receipt(receipt=receipt, against=[against], with_fee=True, by=accountant)
    assert standing("bank_fees") == D("5.01")


def test_nothing_is_kept_of_what_went_out_or_came_back_or_is_no_larger(shift, cashier, accountant):
    receipt, same = cash.unknown_receipt(40, by=accountant), paid(cashier, "40.00")
    with pytest.raises(NoFee):
        clear_receipt(receipt=receipt, against=[same], with_fee=True, by=accountant)
    back = cash.unknown_receipt(-41, "BACK-1", by=accountant)
    assert back not in [posting for posting, _likeness in explanations(receipt_of(receipt))]
    with pytest.raises(NoFee):
        clear_receipt(receipt=receipt, against=[back], with_fee=True, by=accountant)
    out = cash.unknown_receipt(-39, "OUT-1", by=accountant)
    with pytest.raises(NoFee):
        clear_receipt(receipt=out, against=[receipt], with_fee=True, by=accountant)
    with pytest.raises(ReceiptUnfit):
        clear_receipt(receipt=receipt, against=[paid(cashier, "41.00", method="card")], with_fee=True, by=accountant)
    assert not Clearing.objects.exists()


def test_the_nearest_amounts_are_weighed(shift, cashier, accountant, monkeypatch):
    receipt = cash.unknown_receipt("98.50", by=accountant)
    near = paid(cashier, "100.00")
    for amount in ("103.00", "102.00", "50.00"):
        paid(cashier, amount)
    monkeypatch.setattr("cashoffice.services.clearings.MOST", 1)
    assert [posting for posting, _likeness in explanations(receipt_of(receipt))] == [near]


def test_riel_keep_whole_riel_as_fee(shift, cashier, accountant):
    mapping = cash.save_mapping(facts={**cash.MAPPING, "name": "Riel", "currency": "KHR"}, by=accountant)
    receipt = cash.unknown_receipt(80_770, mapping=mapping, by=accountant)
    make.rate(4200)
    against = paid(cashier, "82000", currency="KHR")
    (clearing,) = clear_receipt(receipt=receipt, against=[against], with_fee=True, by=accountant)
    assert (clearing.fee, clearing.entry.rate, standing("unknown_receipts")) == (1230, 4100, 0)
    assert not ledger_disagreements()
    connection.check_constraints()


def test_raw_sql_keeps_no_other_fee(shift, cashier, accountant):
    receipt, against = cash.unknown_receipt("98.50", by=accountant), paid(cashier, "100.00")
    connection.check_constraints()
    facts = {"receipt": receipt, "against": against, "cleared_by": accountant}

    def clearing(amount, fee, *, posted_fee=None, account="bank_fees"):
        key = new_id()
        posted = fee if posted_fee is None else posted_fee
        sides = [
            journal.Side("unknown_receipts", "USD", against.amount - posted),
            journal.Side(account, "USD", posted),
            journal.Side("bank", "USD", -against.amount),
        ]
        with transaction.atomic():
            entry = journal.post(
                kind="receipt_cleared", source_id=key, sides=sides, branch_id=receipt.entry.branch_id, by=accountant
            )
            Clearing.objects.create(id=key, amount=amount, fee=fee, entry=entry, **facts)
            connection.check_constraints()

    for wrong in (
        lambda: clearing(D("98.50"), D("1.40")),
        lambda: clearing(D("98.60"), D("1.40")),
        lambda: clearing(D("98.50"), D("1.50"), posted_fee=D("1.40")),
        lambda: clearing(D("98.50"), D("1.50"), account="expense.other"),
        lambda: clearing(D("101.00"), D("-1.00")),
        lambda: clearing(D("79.00"), D("21.00")),
    ):
        with pytest.raises(IntegrityError):
            wrong()
    assert not Clearing.objects.exists()
    clearing(D("98.50"), D("1.50"))
    with pytest.raises(IntegrityError):
        run_to_the_end("UPDATE cashoffice_clearing SET amount = 99, fee = 1")
    with pytest.raises(IntegrityError):
        run_to_the_end("INSERT INTO core_preference (key, value, updated_at, updated_by)"
                       " VALUES ('cashoffice.fee_percent', '21', now(), '')")  # fmt: skip


# --- The same on an open statement ---


@pytest.fixture
def line(shift, accountant):
    mapping = cash.save_mapping(facts=cash.MAPPING, by=accountant)
    return cash.statement("98.50", "FT-4711", mapping=mapping, by=accountant).lines.get()


def test_a_line_less_than_its_payment_is_matched_with_the_fee(line, cashier, accountant):
    paid(cashier, "97.00")
    other, named = paid(cashier, "100.00"), paid(cashier, "101.00", "FT-4711")
    ranked = suggestions(line)
    assert [posting.amount for posting, _confidence in ranked] == [101, 100, 97]
    assert [bool(confidence) for _posting, confidence in ranked] == [True, True, False]
    branch = Branch.objects.get()
    for wrong, error in (([named, other], FeeTooLarge), ([paid(cashier, "98.00")], NoFee)):
        with pytest.raises(error):
            matches.match_by_hand(line=line, postings=wrong, fee_at=branch, by=accountant)
    assert not Match.objects.exists()
    matched = matches.match_by_hand(line=line, postings=[other], fee_at=branch, by=accountant)
    assert matched.is_matched
    assert [match.money.amount for match in Match.objects.order_by("pk")] == [100, D("-1.50")]
    assert standing("bank_fees") == D("1.50")
    assert not ledger_disagreements()
    connection.check_constraints()


def test_the_page_of_a_line_says_the_fee_beside_its_field(line, client_for, cashier, accountant):
    against, far = paid(cashier, "100.00"), paid(cashier, "120.00")
    office, page = client_for("accountant"), f"/cash/statements/rows/{line.pk}/"
    shown = office.get(page).content.decode()
    assert "1.50" in shown
    assert " checked" not in shown  # a fee is said by a person
    refused = office.post(f"{page}match/", once(posting=[far.pk], with_fee="on"))
    assert (refused.status_code, refused.context["match_form"].errors.keys()) == (422, {"with_fee"})
    assert refused.content.decode().count(" checked") == 2
    both = office.post(f"{page}match/", once(posting=[against.pk], with_fee="on", in_parts="on"))
    assert (both.status_code, both.context["match_form"].errors.keys()) == (422, {"with_fee"})
    assert not Match.objects.exists()
    form = once(posting=[against.pk], with_fee="on")
    for _twice in range(2):
        assert office.post(f"{page}match/", form).status_code == 302
    assert standing("bank_fees") == D("1.50")


def test_the_page_of_a_receipt_says_the_fee_beside_its_field(shift, client_for, cashier, accountant):
    receipt = cash.unknown_receipt("98.50", by=accountant)
    against, far = paid(cashier, "100.00"), paid(cashier, "50.00")
    office, page = client_for("accountant"), f"/cash/statements/unknown/{receipt.pk}/"
    assert "1.50" in office.get(page).content.decode()
    refused = office.post(f"{page}clear/", once(posting=[against.pk, far.pk], with_fee="on"))
    assert (refused.status_code, refused.context["form"].errors.keys()) == (422, {"with_fee"})
    assert refused.content.decode().count(" checked") == 3
    assert office.post(f"{page}clear/", once(posting=[against.pk])).status_code == 422
    form = once(posting=[against.pk], with_fee="on")
    for _twice in range(2):
        assert office.post(f"{page}clear/", form)["Location"] == page
    assert Clearing.objects.get().fee == D("1.50")
    assert "fee" in office.get(page).content.decode()


# --- Races ---


def test_one_payment_with_a_fee_explains_one_of_two_receipts(committed_db, samaki, cashier, accountant, admin, race):
    make.rate(4100)
    make.shift(cashier)
    receipts = [cash.unknown_receipt("98.50", by=accountant), cash.unknown_receipt(98, "WHO-2", by=accountant)]
    against = paid(cashier, "100.00")
    outcome = race(
        *[
            lambda one=one, who=who: clear_receipt(receipt=one, against=[against], with_fee=True, by=who)
            for one, who in zip(receipts, (accountant, admin), strict=True)
        ],
        times=2,
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {MatchTaken}
    assert (Clearing.objects.count(), standing("bank_fees")) == (1, Clearing.objects.get().fee)
    assert not ledger_disagreements()


def test_a_payment_with_a_fee_is_a_line_or_explains_a_receipt(committed_db, samaki, cashier, accountant, race):
    make.rate(4100)
    make.shift(cashier)
    receipt = cash.unknown_receipt("98.50", by=accountant)
    line = cash.statement(99, "X-1", mapping=StatementMapping.objects.get(), by=accountant).lines.get()
    against, branch = paid(cashier, "100.00"), Branch.objects.get()
    outcome = race(
        lambda: clear_receipt(receipt=receipt, against=[against], with_fee=True, by=accountant),
        lambda: matches.match_by_hand(line=line, postings=[against], fee_at=branch, by=accountant),
        times=2,
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} <= {MatchTaken, NothingLeft}
    assert standing("bank_fees") in (D("1.50"), 1)
    assert not ledger_disagreements()
