"""Cash vouchers: in a running shift, approved by another above the limit, posted once, never beyond the drawer."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from billing.errors import CountHindered, ReasonMissing, ShiftMissing
from billing.models import Posting
from billing.queries.comparing import ledger_disagreements
from billing.queries.ledger import shift_expectation
from billing.services.shifts import close_shift, count_shift
from cashoffice.errors import (
    AmountMissing,
    DecidesOwnVoucher,
    NotInDrawer,
    NotNotes,
    NotYours,
    ReasonCodeTaken,
    ReasonUnknown,
    ShiftEnded,
)
from cashoffice.models import Voucher, VoucherReason
from cashoffice.queries.vouchers import visible_vouchers, waiting_vouchers
from cashoffice.services.vouchers import approve_voucher, decline_voucher, save_reason, withdraw_voucher
from core.states import MoveNotAllowed
from tests.factories import billing as make
from tests.factories import cashoffice as cash
from tests.factories.billing import FLOAT


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


def posted(account, currency="USD"):
    rows = Posting.objects.filter(account__key=account, currency=currency, entry__kind="cash_voucher")
    return sum(rows.values_list("amount", flat=True), D(0))


def test_a_small_voucher_is_posted_at_once_and_numbered(shift, cashier):
    first, second = cash.voucher(8, 4_100, by=cashier), cash.voucher(3, by=cashier, code="TRANSPORT")
    assert [one.number[-9:] for one in (first, second)] == ["26-000001", "26-000002"]
    assert (first.status, first.worth_usd) == ("posted", D("9.00"))
    assert (posted("expense.supplies"), posted("expense.supplies", "KHR")) == (D(8), D(4_100))
    assert posted("drawer") == D(-11)
    assert shift_expectation(shift) == {"USD": D(89), "KHR": D(155_900)}
    assert not ledger_disagreements()


def test_above_the_limit_somebody_else_approves_before_anything_moves(shift, cashier, accountant):
    voucher = cash.voucher(20, 4_100, by=cashier)
    assert (voucher.status, voucher.number, posted("drawer")) == ("requested", None, 0)
    with pytest.raises(DecidesOwnVoucher):
        approve_voucher(voucher=voucher, by=cashier)
    assert list(waiting_vouchers(accountant)) == [voucher]
    voucher = approve_voucher(voucher=voucher, by=accountant)
    assert (voucher.status, voucher.decided_by, posted("drawer")) == ("posted", accountant, D(-20))
    with pytest.raises(MoveNotAllowed):
        approve_voucher(voucher=voucher, by=accountant)


def test_a_drop_to_the_safe_has_no_limit_and_change_from_it_has(shift, cashier):
    assert cash.voucher(90, by=cashier, code="TO-SAFE").status == "posted"
    assert posted("safe") == D(90)
    assert cash.voucher(90, by=cashier, code="FROM-SAFE").status == "requested"


def test_a_waiting_voucher_hinders_the_count_until_it_is_decided_or_taken_back(shift, cashier, accountant, cashier2):
    declined, withdrawn = cash.voucher(21, by=cashier), cash.voucher(22, by=cashier)
    with pytest.raises(CountHindered):
        count_shift(shift=shift, counts=FLOAT, by=cashier)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_shift SET status = 'counted'")
    with pytest.raises(ReasonMissing):
        decline_voucher(voucher=declined, reason=" ", by=accountant)
    assert decline_voucher(voucher=declined, reason="no receipt", by=accountant).status == "declined"
    with pytest.raises(NotYours):
        withdraw_voucher(voucher=withdrawn, by=cashier2)
    withdraw_voucher(voucher=withdrawn, by=cashier)
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    assert posted("drawer") == 0


def test_nothing_leaves_a_drawer_that_does_not_lie_there(shift, cashier, accountant):
    with pytest.raises(NotInDrawer) as refused:
        cash.voucher(10, 160_100, by=cashier)
    assert refused.value.field == "khr"
    waiting = cash.voucher(60, by=cashier)
    cash.voucher(50, by=cashier, code="TO-SAFE")
    with pytest.raises(NotInDrawer):
        approve_voucher(voucher=waiting, by=accountant)


def test_cash_is_notes_in_an_own_open_shift_for_a_reason_in_use(shift, cashier, cashier2):
    with pytest.raises(AmountMissing):
        cash.voucher(by=cashier)
    for usd, khr in (("1.50", 0), (0, 150), (-1, 100)):
        with pytest.raises(NotNotes):
            cash.voucher(D(usd), khr, by=cashier)
    with pytest.raises(ShiftMissing):
        cash.voucher(1, by=cashier2)
    VoucherReason.objects.update(is_active=False)
    with pytest.raises(ReasonUnknown):
        cash.voucher(1, by=cashier)
    assert not Voucher.objects.exists()


def test_a_counted_shift_takes_no_voucher(shift, cashier):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    with pytest.raises(ShiftMissing):
        cash.voucher(1, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    with pytest.raises(ShiftEnded):
        approve_voucher(voucher=Voucher(shift=shift), by=cashier)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cashoffice_voucher SET usd = 1",
        "UPDATE cashoffice_voucher SET status = 'requested', number = NULL, posted_at = NULL",
        "DELETE FROM cashoffice_voucher",
        "UPDATE cashoffice_voucher SET status = 'posted', number = 'X', posted_at = now() WHERE status = 'requested'",
        "INSERT INTO cashoffice_voucher SELECT (jsonb_populate_record(v, jsonb_build_object('number', 'X', 'id',"
        " gen_random_uuid()))).* FROM cashoffice_voucher v WHERE status = 'posted'",
    ],
)
def test_raw_sql_changes_nothing_of_it(shift, cashier, statement):
    cash.voucher(5, by=cashier)
    cash.voucher(50, by=cashier)
    connection.check_constraints()
    with pytest.raises(IntegrityError):
        run_to_the_end(statement)


def run_to_the_end(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()


def test_a_cashier_sees_own_vouchers_and_the_accountant_all(shift, cashier, cashier2, accountant):
    voucher = cash.voucher(5, by=cashier)
    assert list(visible_vouchers(cashier)) == [voucher] == list(visible_vouchers(accountant))
    assert not visible_vouchers(cashier2).exists()


def test_reasons_are_the_hospitals_own(samaki, accountant):
    kept = cash.reason()
    names = {"en": "Tea", "km": "តែ", "zh_hans": "茶"}
    made = save_reason(
        code=" tea ", names=names, direction="out", account=kept.account, is_limited=False, by=accountant
    )
    assert (made.code, made.name_km) == ("TEA", "តែ")
    with pytest.raises(ReasonCodeTaken):
        save_reason(
            reason=kept, code="TEA", names=names, direction="out", account=kept.account, is_limited=True, by=accountant
        )


def test_two_vouchers_at_once_never_empty_a_drawer_twice(committed_db, samaki, cashier, race):
    shift = make.shift(cashier)
    outcome = race(lambda: cash.voucher(60, by=cashier, code="TO-SAFE"), times=4)
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {NotInDrawer}
    assert shift_expectation(shift)["USD"] == D(40)
    assert not ledger_disagreements()
