"""KHQR from asking to paid, against a bank that speaks the protocol: one transfer becomes one payment, or is held."""

from datetime import timedelta
from decimal import Decimal as D
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from billing.errors import InvoiceNotOwing, ShiftMissing
from billing.models import Deposit, Entry, Payment
from billing.queries.comparing import ledger_disagreements
from billing.queries.deposits import held_for
from billing.services.payments import take_payment
from billing.services.shifts import close_shift, count_shift
from cashoffice.models import DayClosing
from cashoffice.queries.days import figures_of
from cashoffice.services.days import close_day
from core import clock
from core.clock import now, today
from core.ids import new_id
from gateways import khqr
from gateways.clients import bakong
from gateways.errors import AmountInvalid, BankRefuses, BankSilent, GatewayOff, NotDisputed, NothingDue
from gateways.models import KhqrAccount, QrReceipt, QrRequest
from gateways.queries.requests import shown_at, to_check
from gateways.services import requests
from gateways.services.accounts import open_screen, renew_callback, revoke_screen
from gateways.services.confirming import accept_disputed, dismiss_disputed, record_transfer
from gateways.services.requests import ask_bank, ask_soon, cancel_qr, request_qr
from gateways.tasks import ask_about_codes
from tests.factories import billing as make
from tests.factories.billing import usd
from tests.factories.gateways import khqr_account
from tests.support.bank import TOKEN, running_bank


@pytest.fixture(scope="module")
def one_bank():
    with running_bank() as bank:
        yield bank


@pytest.fixture
def bank(one_bank, samaki):
    address = one_bank.address
    one_bank.__init__()
    one_bank.address = address
    khqr_account(one_bank.address)
    return one_bank


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def invoice(bank, shift, cashier):
    return make.invoice(("10.00", "USD"), by=cashier)


def test_a_code_carries_what_is_due_and_where_it_goes(invoice, cashier):
    request = request_qr(invoice=invoice, by=cashier)
    said = khqr.read(request.code)
    assert said.is_well_formed
    assert (said.account_id, said.amount, said.currency) == ("samaki@bank", "10.00", "840")
    assert said.bill_number == invoice.number
    assert request.md5 == said.md5
    assert int(said.expires_ms) == int(request.expires_at.timestamp() * 1000)


def test_what_was_scanned_and_paid_becomes_one_payment_of_the_asking_cashier(invoice, shift, cashier, bank):
    request = request_qr(invoice=invoice, by=cashier)
    assert not ask_bank(request).found
    bank.pay(request.code)
    asked = ask_bank(request)
    invoice.refresh_from_db()
    payment = Payment.objects.get()
    assert (asked.found, asked.request.status, asked.request.payment) == (True, "paid", payment)
    assert (invoice.status, payment.shift, payment.cashier) == ("paid", shift, cashier)
    assert [(one.method, one.amount, one.reference) for one in payment.tenders.all()] == [
        ("khqr", D("10.00"), bank.transfers[request.md5]["hash"])
    ]
    for _again in range(3):
        ask_bank(request)
    assert (Payment.objects.count(), QrReceipt.objects.count(), Deposit.objects.count()) == (1, 1, 0)
    assert not ledger_disagreements()


def test_riel_are_asked_for_at_the_invoices_rate(invoice, cashier, bank):
    request = request_qr(invoice=invoice, by=cashier, currency="KHR")
    assert (request.amount, khqr.read(request.code).amount) == (D(41_000), "41000")
    bank.pay(request.code)
    ask_bank(request)
    invoice.refresh_from_db()
    assert invoice.status == "paid"


def test_part_of_it_may_be_paid_so(invoice, cashier, bank):
    request = request_qr(invoice=invoice, by=cashier, amount=D("4.25"))
    bank.pay(request.code)
    ask_bank(request)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.balance) == ("partly_paid", D("5.75"))


def test_asked_twice_it_is_the_same_code_and_another_amount_takes_its_place(invoice, cashier):
    first = request_qr(invoice=invoice, by=cashier)
    assert request_qr(invoice=invoice, by=cashier) == first
    second = request_qr(invoice=invoice, by=cashier, amount=D(4))
    first.refresh_from_db()
    assert (first.status, second.status) == ("cancelled", "waiting")
    assert first.md5 != second.md5


def test_what_is_refused(invoice, cashier, cashier2):
    for amount in (D("10.01"), D(0), D("0.001"), D(-1)):
        with pytest.raises(AmountInvalid):
            request_qr(invoice=invoice, by=cashier, amount=amount)
    with pytest.raises(ShiftMissing):
        request_qr(invoice=invoice, by=cashier2)
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    with pytest.raises(NothingDue):
        request_qr(invoice=invoice, by=cashier)
    KhqrAccount.objects.update(is_active=False)
    with pytest.raises(GatewayOff):
        request_qr(invoice=invoice, by=cashier)


# --- Money that cannot pay the invoice ---


def test_after_the_shift_has_ended_the_money_is_held_for_the_patient(invoice, shift, cashier, bank):
    request = request_qr(invoice=invoice, by=cashier)
    count_shift(shift=shift, counts={}, by=cashier)
    close_shift(shift=shift, reasons={"USD": "not counted", "KHR": "not counted"}, by=cashier)
    bank.pay(request.code)
    done = ask_bank(request).request
    invoice.refresh_from_db()
    assert (done.status, done.deposit.shift, invoice.paid) == ("held", None, 0)
    assert [sum.amount for sum in held_for(invoice.patient_id, invoice.family_id)] == [D("10.00")]
    make.shift(cashier)
    take_payment(invoice=invoice, tenders=[usd(10, "deposit")], by=cashier)
    assert not ledger_disagreements()


def evening(shift, cashier, accountant):
    count_shift(shift=shift, counts=make.FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    return close_day(branch=shift.branch, day=today(), by=accountant)


def test_after_the_day_is_closed_the_money_is_held_and_counts_for_the_next_one(
    invoice, shift, cashier, accountant, bank
):
    request = request_qr(invoice=invoice, by=cashier)
    closing = evening(shift, cashier, accountant)
    bank.pay(request.code)
    with clock.freeze(now() + timedelta(seconds=6)):
        assert ask_about_codes() == 1
    request.refresh_from_db()
    entry = Entry.objects.get(source_id=request.deposit_id)
    assert (request.status, request.check_at) == ("held", None)
    assert (entry.date, entry.occurred_at.date()) == (today() + timedelta(days=1), request.deposit.received_at.date())
    assert [row.as_json() for row in figures_of(shift.branch, today())] == closing.figures["movements"]
    assert [sum.amount for sum in held_for(invoice.patient_id, invoice.family_id)] == [D("10.00")]
    assert not ledger_disagreements()


def test_a_shift_opened_after_the_day_was_closed_holds_what_it_asked_for(invoice, shift, cashier, accountant, bank):
    evening(shift, cashier, accountant)
    make.shift(cashier, counts={})  # an empty drawer moves nothing
    request = request_qr(invoice=invoice, by=cashier)
    bank.pay(request.code)
    assert ask_bank(request).request.status == "held"


def test_a_disputed_transfer_is_accepted_though_the_day_is_closed(invoice, shift, cashier, accountant, bank):
    request = request_qr(invoice=invoice, by=cashier)
    bank.pay(request.code, amount=9.99)
    ask_bank(request)
    evening(shift, cashier, accountant)
    assert accept_disputed(request=request, by=accountant).deposit.tenders.get().amount == D("9.99")


def test_a_code_that_cannot_be_settled_stops_no_other_and_is_tried_until_it_can(invoice, cashier, bank, monkeypatch):
    stuck = request_qr(invoice=invoice, by=cashier)
    other = request_qr(invoice=make.invoice(by=cashier), by=cashier)
    bank.pay(stuck.code)
    bank.pay(other.code)
    settle = requests.record_transfer

    def fails_for_one(*, request_id, transfer):
        if request_id == stuck.pk:
            raise RuntimeError("whatever it may be")
        return settle(request_id=request_id, transfer=transfer)

    monkeypatch.setattr(requests, "record_transfer", fails_for_one)
    late = stuck.expires_at + timedelta(hours=2)
    for moment in (now() + timedelta(seconds=6), late):
        with clock.freeze(moment):
            assert ask_about_codes() == (moment is not late)
            stuck.refresh_from_db()
            assert (stuck.status, stuck.check_at) == ("waiting", now() + timedelta(minutes=1))
    other.refresh_from_db()
    assert other.status == "paid"
    monkeypatch.undo()
    with clock.freeze(late + timedelta(minutes=1)):
        assert ask_about_codes() == 1
    stuck.refresh_from_db()
    assert (stuck.status, stuck.check_at) == ("paid", None)


def test_a_dismissed_code_the_bank_calls_about_again_is_not_asked_about_for_ever(invoice, cashier, accountant, bank):
    request = request_qr(invoice=invoice, by=cashier)
    bank.pay(request.code, amount=9.99)
    ask_bank(request)
    dismiss_disputed(request=request, reason="not ours", by=accountant)
    assert ask_soon(request.md5)
    with clock.freeze(request.expires_at + timedelta(hours=2)):
        ask_about_codes()
        assert to_check() == []


def test_paid_in_cash_meanwhile_the_transfer_is_held(invoice, cashier, bank):
    request = request_qr(invoice=invoice, by=cashier)
    take_payment(invoice=invoice, tenders=[usd(6)], by=cashier)
    bank.pay(request.code)
    assert ask_bank(request).request.status == "held"
    invoice.refresh_from_db()
    assert invoice.balance == 4
    assert not ledger_disagreements()


def test_a_code_paid_twice_pays_once_and_holds_the_second(invoice, cashier, bank):
    request = request_qr(invoice=invoice, by=cashier)
    bank.pay(request.code)
    ask_bank(request)
    bank.pay(request.code)
    ask_bank(request)
    assert (Payment.objects.count(), Deposit.objects.count(), QrReceipt.objects.count()) == (1, 1, 2)
    assert not ledger_disagreements()


@pytest.mark.parametrize("lie", [{"amount": 9.99}, {"currency": "KHR", "amount": 10.0}, {"toAccountId": "thief@bank"}])
def test_another_amount_currency_or_account_is_for_a_person_to_decide(invoice, cashier, accountant, bank, lie):
    request = request_qr(invoice=invoice, by=cashier)
    bank.pay(request.code, **lie)
    done = ask_bank(request).request
    assert (done.status, Payment.objects.count(), Deposit.objects.count()) == ("disputed", 0, 0)
    held = accept_disputed(request=done, by=accountant)
    assert held.deposit.tenders.get().amount == D(str(lie.get("amount", 10)))
    with pytest.raises(NotDisputed):
        accept_disputed(request=done, by=accountant)
    with pytest.raises(NotDisputed):
        dismiss_disputed(request=done, reason="x", by=accountant)
    assert not ledger_disagreements()


def test_nonsense_from_the_bank_is_disputed_and_can_be_dismissed(invoice, cashier, accountant, bank):
    request = request_qr(invoice=invoice, by=cashier)
    bank.pay(request.code, amount=-3)
    done = ask_bank(request).request
    assert (done.status, QrReceipt.objects.count()) == ("disputed", 0)
    with pytest.raises(NotDisputed):
        accept_disputed(request=done, by=accountant)
    assert dismiss_disputed(request=done, reason="nothing came", by=accountant).status == "cancelled"


def test_one_transfer_never_pays_two_codes(invoice, cashier, bank):
    other = make.invoice(("10.00", "USD"), by=cashier)
    first, second = request_qr(invoice=invoice, by=cashier), request_qr(invoice=other, by=cashier)
    paid = bank.pay(first.code)
    bank.pay(second.code, hash=paid["hash"])
    ask_bank(first)
    ask_bank(second)
    other.refresh_from_db()
    assert (Payment.objects.count(), other.paid) == (1, 0)


# --- A bank that is slow, away, or does not know us ---


def test_what_the_bank_says_wrongly_moves_nothing(invoice, cashier, bank):
    request = request_qr(invoice=invoice, by=cashier)
    bank.failed.add(request.md5)
    assert not ask_bank(request).found
    bank.failed.clear()
    bank.pay(request.code)
    bank.silent.set()
    with pytest.raises(BankSilent):
        ask_bank(request)
    bank.silent.clear()
    for bank.status, bank.raw in ((500, None), (200, b"no json"), (200, b"[]"), (200, b'{"responseCode": 7}'),
                                  (302, None), (200, b'{"responseCode": 0, "data": {"hash": "", "amount": 1}}'),
                                  (200, b'{"responseCode": 0, "data": {"hash": "ab", "amount": "much"}}')):  # fmt: skip
        with pytest.raises(BankSilent):
            ask_bank(request)
    bank.status, bank.raw = 200, None
    assert (Payment.objects.count(), QrReceipt.objects.count()) == (0, 0)
    assert ask_bank(request).found


def test_a_wrong_key_is_said_and_no_time_is_waited_for_ever(bank, invoice, cashier, monkeypatch):
    request = request_qr(invoice=invoice, by=cashier)
    KhqrAccount.objects.all().delete()
    khqr_account(bank.address, token="old")
    with pytest.raises(BankRefuses):
        ask_bank(request)
    with pytest.raises(bakong.BankUnreachable):
        bakong.find_transfer("http://127.0.0.1:1", TOKEN, request.md5)


def test_the_bank_is_asked_often_at_first_then_seldom_then_not_at_all(invoice, cashier, bank):
    start = now()
    with clock.freeze(start):
        request = request_qr(invoice=invoice, by=cashier)
        assert to_check() == []
    with clock.freeze(start + timedelta(seconds=6)):
        assert to_check() == [request]
        assert ask_about_codes() == 0
        request.refresh_from_db()
        assert (request.status, request.check_at - now()) == ("waiting", timedelta(seconds=5))
    with clock.freeze(start + timedelta(minutes=6)):
        ask_about_codes()
        request.refresh_from_db()
        assert (request.status, request.check_at - now()) == ("expired", timedelta(seconds=10))
    bank.pay(request.code)  # at the very last moment
    with clock.freeze(start + timedelta(minutes=7)):
        assert ask_about_codes() == 1
    request.refresh_from_db()
    assert (request.status, request.check_at) == ("paid", None)
    with clock.freeze(start + timedelta(hours=3)):
        late = request_qr(invoice=make.invoice(by=cashier), by=cashier)
    with clock.freeze(start + timedelta(hours=5)):
        ask_about_codes()
    late.refresh_from_db()
    assert (late.status, late.check_at) == ("expired", None)


def test_a_cancelled_code_that_was_paid_all_the_same_is_found(invoice, cashier, bank):
    request = cancel_qr(request=request_qr(invoice=invoice, by=cashier), by=cashier)
    bank.pay(request.code)
    assert ask_bank(request).request.status == "paid"


# --- What the database refuses ---


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gateways_qrrequest SET amount = 1",
        "UPDATE gateways_qrrequest SET status = 'waiting', payment_id = NULL",
        "UPDATE gateways_qrrequest SET status = 'held'",
        "DELETE FROM gateways_qrrequest",
        "UPDATE gateways_qrreceipt SET amount = 1",
        "DELETE FROM gateways_qrreceipt",
    ],
)
def test_raw_sql_changes_nothing_of_it(invoice, cashier, bank, statement):
    request = request_qr(invoice=invoice, by=cashier)
    bank.pay(request.code)
    ask_bank(request)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- Races ---


@pytest.mark.usefixtures("committed_db")
def test_the_same_transfer_reported_fifty_times_at_once_is_one_payment(samaki, bank, cashier, race):
    make.rate(4100)
    make.shift(cashier)
    bill = make.invoice(("10.00", "USD"), by=cashier)
    request = request_qr(invoice=bill, by=cashier)
    bank.pay(request.code)
    transfer = bakong.find_transfer(bank.address, TOKEN, request.md5)
    outcome = race(lambda: record_transfer(request_id=request.pk, transfer=transfer), times=50)
    assert not outcome.errors
    assert (Payment.objects.count(), Deposit.objects.count(), QrReceipt.objects.count()) == (1, 0, 1)
    assert not ledger_disagreements()


@pytest.mark.usefixtures("committed_db")
def test_transfers_beside_the_closing_are_in_the_days_figures_or_count_for_the_next(
    samaki, bank, cashier, accountant, race
):
    make.rate(4100)
    shift = make.shift(cashier)
    codes = [request_qr(invoice=make.invoice(("10.00", "USD"), by=cashier), by=cashier) for _patient in range(6)]
    count_shift(shift=shift, counts=make.FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    for code in codes:
        bank.pay(code.code)
    close = partial(close_day, branch=shift.branch, day=today(), by=accountant)
    outcome = race(
        *[partial(ask_bank, code) for code in codes[:3]], close, *[partial(ask_bank, code) for code in codes[3:]]
    )
    assert not outcome.errors
    assert {request.status for request in QrRequest.objects.all()} == {"held"}
    assert set(Entry.objects.filter(kind="deposit_taken").values_list("date", flat=True)) <= {
        today(), today() + timedelta(days=1)
    }  # fmt: skip
    figures = DayClosing.objects.get().figures["movements"]
    assert [row.as_json() for row in figures_of(shift.branch, today())] == figures
    assert not ledger_disagreements()


@pytest.mark.usefixtures("committed_db")
def test_a_transfer_and_cash_at_once_pay_the_bill_once_and_lose_no_money(samaki, bank, cashier, cashier2, race):
    make.rate(4100)
    make.shift(cashier)
    make.shift(cashier2, code="D2")
    bill = make.invoice(("10.00", "USD"), by=cashier)
    request = request_qr(invoice=bill, by=cashier)
    bank.pay(request.code)
    transfer = bakong.find_transfer(bank.address, TOKEN, request.md5)
    outcome = race(
        *[lambda: record_transfer(request_id=request.pk, transfer=transfer)] * 10,
        *[lambda: take_payment(invoice=bill, tenders=[usd(10)], by=cashier2)] * 10,
        *[lambda: request_qr(invoice=bill, by=cashier, amount=D(3))] * 5,
    )
    assert {type(error) for error in outcome.errors} <= {InvoiceNotOwing, NothingDue, AmountInvalid}
    request.refresh_from_db()
    bill.refresh_from_db()
    assert (bill.status, Payment.objects.count()) == ("paid", 1)
    by_cash = Payment.objects.get().cashier == cashier2
    assert (request.status, Deposit.objects.count()) == (("held", 1) if by_cash else ("paid", 0))
    assert not ledger_disagreements()


# --- Pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_a_cashier_shows_a_code_and_the_page_goes_on_to_the_receipt(client_for, invoice, cashier, bank):
    desk = client_for("cashier")
    page = desk.get(f"/billing/invoices/{invoice.pk}/pay/").content.decode()
    assert f"/gateways/invoices/{invoice.pk}/khqr/" in page
    sent = desk.post(f"/gateways/invoices/{invoice.pk}/khqr/", once())
    address = sent["Location"]
    assert "<svg" in desk.get(address).content.decode()
    assert desk.get(address, headers={"HX-Request": "true"}).status_code == 200
    assert desk.post(f"{address}check/", once()).status_code == 302
    request = QrRequest.objects.get()
    bank.pay(request.code)
    ask_bank(request)
    moved = desk.get(address, headers={"HX-Request": "true"})
    assert moved["HX-Redirect"] == f"/billing/payments/{Payment.objects.get().pk}/"
    assert "10.00" in desk.get("/gateways/khqr/").content.decode()


def test_another_amount_is_asked_for_on_a_form_of_its_own(client_for, invoice):
    desk, address = client_for("cashier"), f"/gateways/invoices/{invoice.pk}/khqr/other/"
    assert desk.post(address, once(currency="KHR", amount="41001")).status_code == 422
    assert desk.post(address, once(currency="KHR", amount="4100")).status_code == 302
    request = QrRequest.objects.get()
    assert (request.amount, request.currency) == (D(4100), "KHR")
    assert client_for("cashier").post(f"/gateways/khqr/{request.pk}/cancel/", once()).status_code == 302


def test_an_accountant_decides_what_is_disputed(client_for, invoice, cashier, bank):
    request = request_qr(invoice=invoice, by=cashier)
    bank.pay(request.code, amount=9)
    ask_bank(request)
    office, address = client_for("accountant"), f"/gateways/khqr/{request.pk}/"
    assert "The bank reports another amount" in office.get(address).content.decode()
    assert client_for("cashier").post(f"{address}accept/", once()).status_code == 403
    assert office.post(f"{address}accept/", once()).status_code == 302
    assert Deposit.objects.get().tenders.get().amount == D(9)


def test_the_second_screen_shows_amount_and_code_and_no_name(client_for, invoice, shift, cashier, bank, owner):
    screen, key = open_screen(drawer=shift.drawer, by=owner)
    outside, address = client_for(None, surface="queue"), f"/pay/{key}/"
    assert "Welcome" in outside.get(address).content.decode()
    request = request_qr(invoice=invoice, by=cashier)
    page = outside.get(address).content.decode()
    assert "<svg" in page
    assert "41,000" in page
    assert invoice.patient.latin_name not in page
    bank.pay(request.code)
    ask_bank(request)
    assert "Thank you" in outside.get(address, headers={"HX-Request": "true"}).content.decode()
    assert shown_at(shift.drawer) == request
    revoke_screen(screen=screen, by=owner)
    assert outside.get(address).status_code == 404
    assert outside.get("/pay/another-key-of-nobody/").status_code == 404


def test_a_call_of_the_bank_only_makes_us_ask(client_for, invoice, cashier, bank, owner):
    request = request_qr(invoice=invoice, by=cashier)
    key = renew_callback(by=owner)
    outside = client_for(None)
    for body in ({"md5": request.md5, "status": "SUCCESS", "amount": 10}, {"md5": "x" * 32}, {"md5": 3}, [1]):
        called = outside.post(f"/gateways/khqr/calls/{key}/", body, content_type="application/json")
        assert called.status_code == 202
    assert outside.post("/gateways/khqr/calls/wrong/", {}, content_type="application/json").status_code == 404
    request.refresh_from_db()
    assert (request.status, Payment.objects.count()) == ("waiting", 0)
    assert request.check_at <= now()
    assert ask_soon("nothing") is None


def test_an_owner_sets_khqr_up_and_the_key_is_not_shown_again(client_for, samaki):
    office = client_for("owner")
    facts = {"bakong_id": "samaki@bank", "name": "Samaki", "city": "Phnom Penh", "minutes": "5", "is_active": "on"}
    address, bank = "/gateways/setup/khqr/", "https://api-bakong.nbc.gov.kh"
    assert office.post(address, once(**facts, api=bank)).status_code == 422  # no key
    assert office.post(address, once(**{**facts, "bakong_id": "samaki"}, token="k", api=bank)).status_code == 422
    assert office.post(address, once(**facts, token="sealed-key", api=bank)).status_code == 302
    assert "sealed-key" not in office.get(address).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM gateways_khqraccount")
        assert "sealed-key" not in cursor.fetchone()[0]
    assert office.post(address, once(**facts, api="https://relay.example.com")).status_code == 302
    assert KhqrAccount.objects.get().token == "sealed-key"
    assert office.post("/gateways/setup/khqr/calls/", once()).status_code == 302
    assert "/gateways/khqr/calls/" in office.get(address).content.decode()
    assert client_for("cashier").get(address).status_code == 403
    drawer = make.drawer()
    assert office.post("/gateways/setup/screens/", once(drawer=drawer.pk)).status_code == 302
    assert "/pay/" in office.get("/gateways/setup/screens/").content.decode()
    screen = drawer.payer_screens.get()
    assert office.post(f"/gateways/setup/screens/{screen.pk}/revoke/", once()).status_code == 302
