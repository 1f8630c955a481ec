"""A cashier is not there: somebody else counts and closes the shift, names why, and a third person accepts it."""

import pytest
from django.db import IntegrityError, transaction

from billing.errors import (
    AcceptsOwnShift,
    CountsWhatWasSeen,
    NotYourShift,
    ReasonMissing,
    ShiftNotCounted,
    ShiftNotOpen,
    StandsInForSelf,
)
from billing.models import Shift
from billing.queries.comparing import ledger_disagreements
from billing.services.payments import take_payment
from billing.services.shifts import accept_shift, close_shift, count_shift, look_at, stand_in
from core.ids import new_id
from tests.factories import billing as make
from tests.factories.billing import FLOAT, usd

WHY = "Taken ill at noon"


@pytest.fixture
def shift(samaki, cashier):
    make.rate()
    shift = make.shift(cashier)
    take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    return shift


def test_a_third_person_accepts_what_the_stand_in_counted(shift, accountant, owner):
    closed = stand_in(shift=shift, counts=FLOAT, reason=WHY, by=accountant)
    assert (closed.status, closed.stood_in_by, closed.stand_in_reason) == ("closed", accountant, WHY)
    total = closed.totals.get(currency="USD")
    assert (total.difference, total.reason) == (-10, WHY)
    with pytest.raises(AcceptsOwnShift):
        accept_shift(shift=shift, by=accountant)
    with pytest.raises(IntegrityError, match="stand_in_four_eyes"), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(status="reconciled", accepted_by=accountant)
    assert accept_shift(shift=shift, by=owner).status == "reconciled"
    assert not ledger_disagreements()


def test_a_count_the_cashier_wrote_down_stays(shift, cashier, accountant):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    closed = stand_in(shift=shift, counts={}, reason=WHY, by=accountant)
    assert closed.totals.get(currency="USD").counted == 100


def test_what_is_refused(shift, cashier, accountant):
    with pytest.raises(ReasonMissing):
        stand_in(shift=shift, counts=FLOAT, reason=" ", by=accountant)
    with pytest.raises(StandsInForSelf):
        stand_in(shift=shift, counts=FLOAT, reason=WHY, by=cashier)
    with pytest.raises(NotYourShift):
        count_shift(shift=shift, counts=FLOAT, by=accountant)
    with pytest.raises(IntegrityError, match="billing_shift_stand_in"), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(stood_in_by=accountant)
    stand_in(shift=shift, counts=FLOAT, reason=WHY, by=accountant)
    with pytest.raises(ShiftNotCounted):
        close_shift(shift=shift, reasons={}, by=cashier)


@pytest.mark.usefixtures("committed_db")
def test_cashier_and_stand_in_at_once_close_it_once(samaki, cashier, accountant, race):
    shift = make.shift(cashier)
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    outcome = race(
        lambda: close_shift(shift=shift, reasons={}, by=cashier),
        lambda: stand_in(shift=shift, counts={}, reason=WHY, by=accountant),
    )
    assert len(outcome.results) == 1
    assert not ledger_disagreements()


def test_the_page_closes_it_and_names_who_counted(shift, client_for):
    page, who = f"/billing/shifts/{shift.pk}/stand-in/", client_for("accountant")
    assert who.get(page).status_code == 200
    missing = who.post(page, {"_once": str(new_id()), "USD_20": "2"})
    assert (missing.status_code, missing.context["form"].errors.keys()) == (422, {"reason"})
    assert who.post(page, {"_once": str(new_id()), "USD_100": "1", "reason": WHY}).status_code == 302
    shown = who.get(f"/billing/shifts/{shift.pk}/").content.decode()
    assert WHY in shown
    assert "Accept the shift" not in shown
    assert client_for("cashier2").get(page).status_code == 403
    assert "Accept the shift" in client_for("owner").get(f"/billing/shifts/{shift.pk}/").content.decode()


def test_who_may_still_count_is_not_shown_what_is_expected(shift, client_for):
    page, accountant = f"/billing/shifts/{shift.pk}/", client_for("accountant")
    blind = accountant.get(page).content.decode()
    assert "110.00" not in blind
    assert "Show what is expected" in blind
    assert "110.00" in client_for("auditor").get(page).content.decode()  # who never counts may read it
    assert accountant.post(f"{page}look/", {"_once": str(new_id())}).status_code == 302
    seen = accountant.get(page).content.decode()
    assert "110.00" in seen
    assert "Count for an absent cashier" not in seen
    refused = accountant.post(f"{page}stand-in/", {"_once": str(new_id()), "USD_100": "1", "reason": WHY})
    assert refused.status_code == 422
    assert "somebody else counts it" in refused.content.decode()


def test_whoever_looked_counts_no_more(shift, cashier, accountant, owner):
    with pytest.raises(NotYourShift):
        look_at(shift=shift, by=cashier)
    assert look_at(shift=shift, by=accountant) == look_at(shift=shift, by=accountant)
    with pytest.raises(CountsWhatWasSeen):
        stand_in(shift=shift, counts=FLOAT, reason=WHY, by=accountant)
    with pytest.raises(IntegrityError, match="was shown"), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(stood_in_by=accountant, stand_in_reason=WHY)
    assert stand_in(shift=shift, counts=FLOAT, reason=WHY, by=owner).status == "closed"
    with pytest.raises(ShiftNotOpen):
        look_at(shift=shift, by=accountant)


def test_a_count_written_down_is_closed_by_whoever_looked_before(shift, cashier, accountant):
    look_at(shift=shift, by=accountant)
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    assert stand_in(shift=shift, counts={}, reason=WHY, by=accountant).status == "closed"


@pytest.mark.usefixtures("committed_db")
def test_looking_and_counting_at_once_leave_no_seen_count(samaki, cashier, accountant, race):
    shift = make.shift(cashier)
    outcome = race(
        lambda: look_at(shift=shift, by=accountant),
        lambda: stand_in(shift=shift, counts=FLOAT, reason=WHY, by=accountant),
    )
    assert len(outcome.results) == 1
