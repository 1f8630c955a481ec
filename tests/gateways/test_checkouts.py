"""Stripe's hosted checkout against a server that speaks its protocol: events are believed by signature, once."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import DatabaseError, connection, transaction

from billing.models import Deposit, Entry, Payment
from billing.queries.comparing import ledger_disagreements
from billing.queries.deposits import held_for
from billing.services.payments import take_payment
from billing.services.shifts import close_shift, count_shift
from cashoffice.services.days import close_day
from core.clock import now, today
from core.ids import new_id
from gateways.clients.stripe import SignatureWrong
from gateways.errors import AmountInvalid, GatewayOff, NotDisputed, NothingDue, StripeSays, StripeSilent
from gateways.models import Checkout, StripeAccount, StripeEvent
from gateways.services.accounts import save_stripe_account
from gateways.services.checkouts import (
    accept_disputed_checkout,
    ask_stripe,
    cancel_checkout,
    dismiss_checkout,
    link_for_deposit,
    link_for_invoice,
    work_off_event,
)
from tests.factories import billing as make
from tests.factories.billing import usd
from tests.support.stripe import signature


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def invoice(stripe, shift, cashier):
    return make.invoice(("10.00", "USD"), by=cashier)


def link(invoice, cashier):
    return link_for_invoice(invoice=invoice, words="Invoice", by=cashier)


def deposit_link(patient, branch, cashier, amount="25.00", currency="USD"):
    return link_for_deposit(
        patient=patient, branch=branch, amount=D(amount), currency=currency, words="Deposit", by=cashier,
    )  # fmt: skip


def tell(payload, **signing):
    return work_off_event(payload=payload, signature=signature(payload, signing.pop("at", None) or now(), **signing))


def test_a_link_over_an_invoice_paid_becomes_one_payment(invoice, shift, cashier, stripe):
    checkout = link(invoice, cashier)
    assert checkout.url.startswith(stripe.address)
    assert stripe.asked[0]["line_items[0][price_data][unit_amount]"] == "1000"
    assert stripe.asked[0]["client_reference_id"] == str(checkout.pk)
    stripe.pay(checkout.session_id)
    payload = stripe.event(checkout.session_id)
    assert tell(payload)
    assert not tell(payload)  # the same event again
    assert tell(stripe.event(checkout.session_id, "checkout.session.async_payment_succeeded"))  # and another about it
    checkout.refresh_from_db()
    invoice.refresh_from_db()
    payment = Payment.objects.get()
    assert (checkout.status, checkout.payment, payment.shift, invoice.status) == ("paid", payment, shift, "paid")
    assert payment.tenders.get().reference == f"pi_{checkout.session_id}"
    assert not Deposit.objects.exists()
    assert not ledger_disagreements()


def test_riel_travel_in_hundredths_like_every_currency_of_stripes_with_decimals(stripe, shift, cashier):
    visit = make.new_visit()
    deposit_link(visit.patient, visit.branch, cashier, "41000", "KHR")
    assert stripe.asked[0]["line_items[0][price_data][unit_amount]"] == "4100000"


def test_a_deposit_by_link_is_held_for_the_patient(stripe, shift, cashier):
    visit = make.new_visit()
    checkout = deposit_link(visit.patient, visit.branch, cashier)
    stripe.pay(checkout.session_id)
    tell(stripe.event(checkout.session_id))
    checkout.refresh_from_db()
    assert (checkout.status, checkout.deposit.gateway, checkout.deposit.shift) == ("held", "stripe", None)
    assert [sum.amount for sum in held_for(visit.patient_id, None)] == [D(25)]
    assert not ledger_disagreements()


def test_what_was_paid_otherwise_meanwhile_is_held(invoice, cashier, stripe):
    checkout = link(invoice, cashier)
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    stripe.pay(checkout.session_id)
    tell(stripe.event(checkout.session_id))
    checkout.refresh_from_db()
    assert checkout.status == "held"
    assert not ledger_disagreements()


def test_a_link_of_somebody_without_a_shift_is_held_for_the_next_payment(invoice, cashier2, stripe):
    checkout = link(invoice, cashier2)
    stripe.pay(checkout.session_id)
    tell(stripe.event(checkout.session_id))
    checkout.refresh_from_db()
    assert (checkout.shift, checkout.status) == (None, "held")


def test_a_link_paid_after_the_day_was_closed_is_held_and_counts_for_the_next_one(
    invoice, shift, cashier, accountant, stripe
):
    checkout = link(invoice, cashier)
    count_shift(shift=shift, counts=make.FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    close_day(branch=shift.branch, day=today(), by=accountant)
    stripe.pay(checkout.session_id)
    tell(stripe.event(checkout.session_id))
    checkout.refresh_from_db()
    entry = Entry.objects.get(source_id=checkout.deposit_id)
    assert (checkout.status, entry.date) == ("held", today() + timedelta(days=1))
    assert not ledger_disagreements()


def test_an_event_that_says_completed_but_not_paid_moves_nothing(invoice, cashier, stripe):
    checkout = link(invoice, cashier)
    tell(stripe.event(checkout.session_id))
    checkout.refresh_from_db()
    assert (checkout.status, Payment.objects.count()) == ("waiting", 0)
    stripe.pay(checkout.session_id)
    tell(stripe.event(checkout.session_id, "checkout.session.async_payment_succeeded"))
    assert Payment.objects.count() == 1


def test_an_expired_link_expires_and_events_about_others_are_only_written_down(invoice, cashier, stripe):
    checkout = link(invoice, cashier)
    tell(stripe.event(checkout.session_id, "checkout.session.expired"))
    checkout.refresh_from_db()
    assert checkout.status == "expired"
    other = {**stripe.sessions[checkout.session_id], "id": "cs_of_somebody_else", "payment_status": "paid"}
    stripe.sessions["other"] = other
    assert tell(stripe.event("other"))
    assert tell(stripe.event(checkout.session_id, "charge.refunded"))
    assert (StripeEvent.objects.count(), Payment.objects.count()) == (3, 0)


# --- What is not believed ---


def test_an_event_is_believed_only_with_our_signature_fresh_and_over_this_very_text(invoice, cashier, stripe):
    checkout = link(invoice, cashier)
    stripe.pay(checkout.session_id)
    payload = stripe.event(checkout.session_id)
    good = signature(payload, now())
    stamp = good.split(",")[0]
    wrong = [
        "", "nonsense", stamp, "t=,v1=", f"{stamp},v1=", good.replace("t=", "t=1"), f"t=0,{good.partition(',')[2]}",
        signature(payload, now(), "another-secret"), signature(payload + b" ", now()),
        signature(payload, now() - timedelta(seconds=301)), signature(payload, now() + timedelta(seconds=400)),
        f"{stamp},v0={good[-64:]}", f"{stamp},v1=\u17e0",
    ]  # fmt: skip
    for header in wrong:
        with pytest.raises(SignatureWrong):
            work_off_event(payload=payload, signature=header)
    for text in (b"no json", b"[]", b"{}"):
        with pytest.raises(SignatureWrong):
            tell(text)
    assert (StripeEvent.objects.count(), Payment.objects.count()) == (0, 0)
    assert work_off_event(payload=payload, signature=good)


@pytest.mark.parametrize("lie", [{"amount_total": 999}, {"currency": "khr"}, {"currency": "eur"}])
def test_another_amount_or_currency_is_for_a_person_to_decide(invoice, cashier, accountant, stripe, lie):
    checkout = link(invoice, cashier)
    stripe.pay(checkout.session_id, **lie)
    tell(stripe.event(checkout.session_id))
    checkout.refresh_from_db()
    assert (checkout.status, Payment.objects.count(), Deposit.objects.count()) == ("disputed", 0, 0)
    if lie.get("currency") == "eur":
        with pytest.raises(NotDisputed):
            accept_disputed_checkout(checkout=checkout, by=accountant)
        assert dismiss_checkout(checkout=checkout, reason="euros", by=accountant).status == "cancelled"
    else:
        accept_disputed_checkout(checkout=checkout, by=accountant)
        assert Deposit.objects.get().tenders.get().amount == (D("9.99") if "amount_total" in lie else D(10))
    assert not ledger_disagreements()


# --- Asking Stripe ---


def test_where_no_event_comes_we_ask(invoice, cashier, stripe):
    checkout = link(invoice, cashier)
    assert ask_stripe(checkout).status == "waiting"
    stripe.pay(checkout.session_id)
    assert ask_stripe(checkout).status == "paid"
    tell(stripe.event(checkout.session_id))
    assert Payment.objects.count() == 1


def test_a_cancelled_link_cannot_be_paid_and_a_paid_one_not_cancelled(invoice, cashier, stripe):
    first = cancel_checkout(checkout=link(invoice, cashier), by=cashier)
    assert (first.status, stripe.sessions[first.session_id]["status"]) == ("cancelled", "expired")
    second = link(invoice, cashier)
    stripe.pay(second.session_id)
    with pytest.raises(StripeSays):
        cancel_checkout(checkout=second, by=cashier)


def test_what_is_refused(invoice, cashier, stripe, owner):
    with pytest.raises(AmountInvalid):
        deposit_link(invoice.patient, invoice.branch, cashier, "0.001")
    with pytest.raises(StripeSays, match="amount_too_small"):
        deposit_link(invoice.patient, invoice.branch, cashier, "0.10")
    stripe.status = 500
    with pytest.raises(StripeSilent):
        link(invoice, cashier)
    stripe.status = 302
    with pytest.raises(StripeSilent):
        link(invoice, cashier)
    stripe.status = 200
    save_stripe_account(by=owner, secret_key="sk_wrong")
    with pytest.raises(StripeSays, match="api_key_invalid"):
        link(invoice, cashier)
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    with pytest.raises(NothingDue):
        link(invoice, cashier)
    StripeAccount.objects.update(is_active=False)
    with pytest.raises(GatewayOff):
        deposit_link(invoice.patient, invoice.branch, cashier)
    assert not Checkout.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gateways_checkout SET amount = 1",
        "UPDATE gateways_checkout SET status = 'waiting', payment_id = NULL",
        "DELETE FROM gateways_checkout",
        "DELETE FROM gateways_stripeevent",
    ],
)
def test_raw_sql_changes_nothing_of_it(invoice, cashier, stripe, statement):
    checkout = link(invoice, cashier)
    stripe.pay(checkout.session_id)
    tell(stripe.event(checkout.session_id))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("committed_db")
def test_the_same_event_and_cash_many_times_at_once_pay_the_bill_once(samaki, stripe, cashier, cashier2, race):
    make.rate(4100)
    make.shift(cashier)
    make.shift(cashier2, code="D2")
    bill = make.invoice(("10.00", "USD"), by=cashier)
    checkout = link(bill, cashier)
    stripe.pay(checkout.session_id)
    first = stripe.event(checkout.session_id)
    second = stripe.event(checkout.session_id, "checkout.session.async_payment_succeeded")
    outcome = race(
        *[lambda: tell(first)] * 10,
        *[lambda: tell(second)] * 5,
        *[lambda: take_payment(invoice=bill, tenders=[usd(10)], by=cashier2)] * 5,
    )
    assert sum(result is True for result in outcome.results) == 2  # two events, each worked off once
    bill.refresh_from_db()
    checkout.refresh_from_db()
    assert (bill.status, Payment.objects.count()) == ("paid", 1)
    assert checkout.status in ("paid", "held")
    assert Deposit.objects.count() == (checkout.status == "held")
    assert not ledger_disagreements()


# --- Pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_a_cashier_makes_a_link_and_stripes_call_settles_it(client_for, invoice, stripe):
    desk, outside = client_for("cashier"), client_for(None)
    assert f"/gateways/invoices/{invoice.pk}/link/" in desk.get(f"/billing/invoices/{invoice.pk}/pay/").content.decode()
    address = desk.post(f"/gateways/invoices/{invoice.pk}/link/", once())["Location"]
    assert stripe.address in desk.get(address).content.decode()
    checkout = Checkout.objects.get()
    stripe.pay(checkout.session_id)
    payload = stripe.event(checkout.session_id)
    events = "/gateways/stripe/events/"
    assert outside.post(events, payload, content_type="application/json").status_code == 400
    for _again in range(2):
        header = {"Stripe-Signature": signature(payload, now())}
        assert outside.post(events, payload, content_type="application/json", headers=header).status_code == 200
    moved = desk.get(address, headers={"HX-Request": "true"})
    assert moved["HX-Redirect"] == f"/billing/payments/{Payment.objects.get().pk}/"
    assert invoice.number in desk.get("/gateways/links/").content.decode()
    assert "Thank you" in outside.get("/gateways/stripe/thanks/").content.decode()


def test_a_deposit_link_is_made_from_the_patients_deposits(client_for, invoice, stripe):
    desk, patient = client_for("cashier"), invoice.patient
    address = f"/gateways/patients/{patient.pk}/link/"
    assert address in desk.get(f"/billing/patients/{patient.pk}/deposits/").content.decode()
    assert desk.post(address, once(amount="", currency="USD")).status_code == 422
    shown = desk.post(address, once(amount="30", currency="USD"))["Location"]
    assert desk.post(f"{shown}check/", once()).status_code == 302
    assert desk.post(f"{shown}cancel/", once()).status_code == 302
    assert Checkout.objects.get().status == "cancelled"


def test_an_owner_sets_stripe_up_and_no_secret_is_shown_again(client_for, samaki):
    office, address = client_for("owner"), "/gateways/setup/stripe/"
    facts = {"api": "https://api.stripe.com", "hours": "12", "is_active": "on"}
    assert office.post(address, once(**facts)).status_code == 422
    sent = once(**facts, secret_key="sk_sealed", webhook_secret="whsec_sealed")
    assert office.post(address, sent).status_code == 302
    page = office.get(address).content.decode()
    assert "sk_sealed" not in page
    assert "whsec_sealed" not in page
    assert "/gateways/stripe/events/" in page
    assert office.post(address, once(**facts)).status_code == 302
    assert StripeAccount.objects.get().webhook_secret == "whsec_sealed"
    assert client_for("accountant").get(address).status_code == 403
