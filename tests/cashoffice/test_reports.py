"""X and Z reports, read from the ledger, and the review of a drawer's difference."""

import io
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from billing.errors import AcceptanceHindered, ReasonMissing
from billing.models import Posting
from billing.services.credits import approve_credit, pay_refund, request_credit
from billing.services.payments import take_payment
from billing.services.shifts import accept_shift, close_shift, count_shift, stand_in
from cashoffice.errors import ReviewsOwnVariance
from cashoffice.models import ShiftReport, Variance
from cashoffice.queries.movements import movements_of
from cashoffice.queries.reports import report_for, waiting_variances
from cashoffice.services.reports import review_variance
from cashoffice.services.transfers import receive_transfer
from core import clock
from core.ids import new_id
from core.preferences import change_preferences, mark_of
from tests.factories import billing as make
from tests.factories import cashoffice as cash
from tests.factories.billing import FLOAT, usd


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def busy(shift, cashier, cashier2, accountant):
    """Two payments (one by card), change in riel, a refund, two vouchers and a transfer out."""
    invoice = make.invoice(("10.00", "USD"), ("20500", "KHR"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(20)], by=cashier, change_in="KHR")
    take_payment(invoice=make.invoice(("7.50", "USD"), by=cashier), tenders=[usd("7.50", "card")], by=cashier)
    line = invoice.lines.first()
    note = request_credit(invoice=invoice, amounts={line.pk: D(2)}, reason="-", by=cashier)
    pay_refund(note=approve_credit(note=note, by=accountant), method="cash", notes_in="USD", by=cashier)
    cash.voucher(5, 4_100, by=cashier)
    cash.voucher(10, by=cashier, code="TO-SAFE")
    receive_transfer(transfer=cash.transfer(make.shift(cashier2, code="D2"), 20, by=cashier), by=cashier2)
    return shift


def ended(shift, cashier, usd_pieces, reasons=None):
    count_shift(shift=shift, counts={"USD": {1: usd_pieces}, "KHR": FLOAT["KHR"]}, by=cashier)
    return close_shift(shift=shift, reasons=reasons or {}, by=cashier)


def figures(report):
    return {(row.kind, row.account, row.currency): (row.gained, row.lost, row.count) for row in report.movements}


def test_an_x_report_says_what_moved_event_by_event(busy, auditor):
    report = report_for(busy, auditor)
    found = figures(report)
    assert found["payment", "drawer", "USD"] == (20, 0, 1)
    assert found["payment", "drawer", "KHR"] == (0, 20_500, 1)
    assert found["payment", "card", "USD"] == (D("7.50"), 0, 1)
    assert found["refund", "drawer", "USD"] == (0, 2, 1)
    assert found["cash_voucher", "drawer", "USD"] == (0, 15, 2)
    assert found["cash_transfer", "drawer", "USD"] == (0, 20, 1)
    assert {total.currency: total.expected for total in report.totals} == {"USD": 83, "KHR": 135_400}
    assert report.number is None


def test_a_cashier_sees_no_cash_takings_before_counting_unless_the_house_says_so(busy, cashier, owner):
    report = report_for(busy, cashier)
    assert report.blind
    assert ("payment", "drawer", "USD") not in figures(report)
    assert figures(report)["payment", "card", "USD"] == (D("7.50"), 0, 1)
    assert {total.expected for total in report.totals} == {None}
    keys = ["billing.blind_count"]
    change_preferences({keys[0]: False}, reason="two cashiers only", seen=mark_of(keys), by=owner)
    assert not report_for(busy, cashier).blind


def test_a_z_report_is_numbered_by_drawer_and_frozen(busy, cashier, auditor):
    before = figures(report_for(busy, auditor))
    count_shift(shift=busy, counts={"USD": {1: 83}, "KHR": {100: 1_354}}, by=cashier)
    close_shift(shift=busy, reasons={}, by=cashier)
    kept = report_for(busy, cashier)
    assert (kept.number, figures(kept)) == ("Z00001", before)
    assert {total.currency: (total.counted, total.difference) for total in kept.totals} == {
        "USD": (83, 0),
        "KHR": (135_400, 0),
    }
    assert kept.notes == [("USD", 1, 83), ("KHR", 100, 1_354)]
    ended(make.shift(cashier), cashier, 100)
    make_other = make.shift(cashier, code="D9")
    ended(make_other, cashier, 100)
    numbers = list(ShiftReport.objects.order_by("id").values_list("drawer__code", "number"))
    assert numbers == [("D1", 1), ("D1", 2), ("D9", 1)]


def test_what_a_report_says_is_what_the_ledger_says(busy, accountant):
    in_drawer = Posting.objects.filter(shift=busy, account__key="drawer", currency="USD")
    of_report = [row.gained - row.lost for row in movements_of(busy) if row.is_cash and row.currency == "USD"]
    assert sum(of_report) == sum(in_drawer.values_list("amount", flat=True))


@pytest.mark.parametrize(
    "statement", ["UPDATE cashoffice_shiftreport SET figures = '{}'", "DELETE FROM cashoffice_shiftreport"]
)
def test_a_z_report_stays(shift, cashier, statement):
    ended(shift, cashier, 100)
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_no_shift_closes_without_its_report(shift, cashier):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    with pytest.raises(IntegrityError, match="without a report"):
        close_in_sql()


def close_in_sql():
    with transaction.atomic():
        connection.cursor().execute("UPDATE billing_shift SET status = 'closed'")
        connection.check_constraints()


# --- Differences ---


def test_a_difference_above_the_limit_is_reviewed_before_it_is_accepted(shift, cashier, owner, accountant):
    ended(shift, cashier, 89, {"USD": "change given twice"})
    variance = Variance.objects.get()
    assert (variance.worth_usd, variance.limit_usd, variance.status) == (11, 10, "waiting")
    with pytest.raises(AcceptanceHindered):
        accept_shift(shift=shift, by=accountant)
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(
            "UPDATE billing_shift SET status = 'reconciled', accepted_by_id = %s", [accountant.pk]
        )
    assert list(waiting_variances(owner)) == [variance]
    assert not waiting_variances(cashier).exists()
    with pytest.raises(ReviewsOwnVariance):
        review_variance(variance=variance, note="my own", by=cashier)
    with pytest.raises(ReasonMissing):
        review_variance(variance=variance, note=" ", by=owner)
    review_variance(variance=variance, note="camera shows it", by=owner)
    assert accept_shift(shift=shift, by=accountant).status == "reconciled"


def test_who_counted_for_an_absent_cashier_does_not_review_it(shift, owner, admin):
    stand_in(shift=shift, counts={"USD": {1: 80}}, reason="taken ill", by=owner)
    variance = Variance.objects.get()
    assert not waiting_variances(owner).exists()
    with pytest.raises(ReviewsOwnVariance):
        review_variance(variance=variance, note="fine", by=owner)
    with pytest.raises(IntegrityError, match="does not review"), transaction.atomic():
        Variance.objects.filter(pk=variance.pk).update(status="reviewed", reviewed_by=owner, reviewed_at=clock.now())
    assert review_variance(variance=variance, note="camera shows it", by=admin).status == "reviewed"


def test_a_small_difference_needs_no_review(shift, cashier, accountant):
    ended(shift, cashier, 90, {"USD": "ten missing"})
    assert not Variance.objects.exists()
    accept_shift(shift=shift, by=accountant)


def test_both_currencies_count_towards_the_limit(shift, cashier):
    count_shift(shift=shift, counts={"USD": {1: 106}, "KHR": {100: 1_395}}, by=cashier)
    close_shift(shift=shift, reasons={"USD": "over", "KHR": "short"}, by=cashier)
    assert Variance.objects.get().worth_usd == D("11.00")


# --- Pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


@pytest.mark.parametrize("paper", ["a4", "80mm"])
@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_reports_print_on_both_papers_in_three_languages(client_for, shift, cashier, paper, language):
    desk, path = client_for("cashier"), f"/cash/shifts/{shift.pk}/report.pdf?paper={paper}&language={language}"
    assert desk.get(path).content.startswith(b"%PDF")
    ended(shift, cashier, 99, {"USD": "one missing"})
    assert desk.get(path).content.startswith(b"%PDF")


def test_a_blind_report_on_paper_hides_the_takings_too(client_for, busy):
    from pypdf import PdfReader

    pdf = client_for("cashier").get(f"/cash/shifts/{busy.pk}/report.pdf").content
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "7.50" in text
    assert "83" not in text


def test_the_owner_reviews_a_difference_on_the_shifts_page(client_for, shift, cashier):
    ended(shift, cashier, 50, {"USD": "stolen"})
    owner, accountant = client_for("owner"), client_for("accountant")
    page = f"/billing/shifts/{shift.pk}/"
    refused = accountant.post(f"{page}accept/", once(note=""))
    assert (refused.status_code, "must be reviewed first" in refused.content.decode()) == (422, True)
    variance = Variance.objects.get()
    assert f"/cash/variances/{variance.pk}/review/" in owner.get(page).content.decode()
    assert shift.number in owner.get("/cash/reports/").content.decode()
    assert owner.post(f"/cash/variances/{variance.pk}/review/", once(reason="police told")).url == page
    assert accountant.post(f"{page}accept/", once(note="")).status_code == 302
