"""Payment links sent to patients: by mail with consent, once, and read back without signing in."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail as outbox
from django_tenants.utils import schema_context

from audit.models import Record
from billing.errors_debts import NoAddress, NotToBeWritten
from billing.models import Payment
from billing.services.payments import take_payment
from core import clock
from core.clock import now
from core.ids import new_id
from core.rates import kind_of
from gateways.errors import LinkEnded, LinkJustSent, NothingDue
from gateways.links import HOURS, checkout_of, pay_path, state_path
from gateways.models import Checkout, StripeAccount
from gateways.services.checkouts import link_for_deposit, link_for_invoice, work_off_event
from gateways.services.sending import ask_online, send_link
from gateways.views.checkouts import checkout_send, online_ask
from notifications.models import MailLog
from notifications.services.mail import deliver_mail
from patients.models import Patient
from patients.queries.consents import current_texts
from patients.services.consents import record_consent
from tests.factories import billing as make
from tests.factories.patients import patient
from tests.support.stripe import signature


@pytest.fixture(autouse=True)
def no_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    outbox.outbox = []


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def person(samaki):
    return patient(email="kunthea@example.com", preferred_language="en")


@pytest.fixture
def invoice(stripe, shift, person, cashier):
    """Ten dollars of a telemedicine visit."""
    visit = make.new_visit(patient=person, kind="telemedicine")
    return make.invoice(("10.00", "USD"), visit=visit, by=cashier)


@pytest.fixture
def checkout(invoice, cashier):
    return link_for_invoice(invoice=invoice, words="Invoice", by=cashier)


def once(**fields):
    return {"_once": str(new_id()), **fields}


def pay(stripe, checkout):
    stripe.pay(checkout.session_id)
    payload = stripe.event(checkout.session_id)
    work_off_event(payload=payload, signature=signature(payload, now()))


def refuse(person, by):
    text = current_texts()["reminders"]
    record_consent(patient=person, text=text, decision="deny", method="paper", by=by)


# --- The mail ---


def test_a_link_is_mailed_and_leads_to_stripe(checkout, cashier, client_for, person):
    log = send_link(checkout=checkout, by=cashier)
    assert log.params == {"checkout_id": str(checkout.pk)}
    assert deliver_mail(log.pk)
    [sent] = outbox.outbox
    assert sent.to == ["kunthea@example.com"]
    assert "USD 10.00" in sent.body
    assert checkout.invoice.number not in sent.body
    assert person.family_name not in sent.body
    link = re.search(r"https?://\S+", sent.body)[0]
    assert checkout.session_id not in link
    opened = client_for(None).get(urlsplit(link).path)
    assert (opened.status_code, opened["Location"]) == (302, checkout.url)
    assert (opened["Referrer-Policy"], opened["Cache-Control"]) == ("no-referrer", "no-store")
    noted = Record.objects.get(kind="event", row_id=str(checkout.pk), after__event="payment_link_sent")
    assert noted.after["person"] == cashier.username


@pytest.mark.parametrize(("language", "words"), [("en", "payment link"), ("km", "តំណ"), ("zh-hans", "付款")])
def test_the_mail_is_in_the_patients_language(checkout, cashier, person, language, words):
    Patient.objects.filter(pk=person.pk).update(preferred_language=language)
    deliver_mail(send_link(checkout=checkout, by=cashier).pk)
    assert words in outbox.outbox[0].subject + outbox.outbox[0].body


def test_nobody_is_written_to_against_their_will_even_at_the_last_moment(checkout, cashier, person, receptionist):
    log = send_link(checkout=checkout, by=cashier)
    refuse(person, receptionist)
    assert not deliver_mail(log.pk)
    assert outbox.outbox == []
    with clock.freeze(now() + timedelta(minutes=3)), pytest.raises(NotToBeWritten):
        send_link(checkout=checkout, by=cashier)
    person.email = ""
    person.save()
    with pytest.raises(NoAddress):
        send_link(checkout=checkout, by=cashier)


def test_a_link_is_not_sent_again_at_once_nor_when_nobody_can_pay_it(checkout, cashier, stripe):
    send_link(checkout=checkout, by=cashier)
    with pytest.raises(LinkJustSent):
        send_link(checkout=checkout, by=cashier)
    other = link_for_invoice(invoice=checkout.invoice, words="Invoice", by=cashier)
    with pytest.raises(LinkJustSent):
        send_link(checkout=other, by=cashier)
    with clock.freeze(now() + timedelta(minutes=3)):
        send_link(checkout=checkout, by=cashier)
    with clock.freeze(now() + timedelta(hours=13)), pytest.raises(LinkEnded):
        send_link(checkout=checkout, by=cashier)
    pay(stripe, checkout)
    with pytest.raises(LinkEnded):
        send_link(checkout=checkout, by=cashier)
    assert MailLog.objects.filter(template="payment_link").count() == 2


def test_a_link_over_a_deposit_is_sent_too(invoice, cashier, stripe, person):
    made = link_for_deposit(
        patient=person, branch=invoice.branch, amount=invoice.balance, currency="USD", words="Deposit", by=cashier
    )
    send_link(checkout=made, by=cashier)
    assert deliver_mail(MailLog.objects.get(template="payment_link").pk)


# --- Telemedicine ---


def test_one_press_asks_for_what_is_due_and_a_second_uses_the_same_link(invoice, cashier, stripe):
    made = ask_online(invoice=invoice, by=cashier)
    assert (made.amount, made.invoice, made.shift) == (10, invoice, invoice.checkouts.get().shift)
    with pytest.raises(LinkJustSent):
        ask_online(invoice=invoice, by=cashier)
    with clock.freeze(now() + timedelta(minutes=3)):
        assert ask_online(invoice=invoice, by=cashier) == made
    with clock.freeze(now() + timedelta(hours=11, minutes=45)):
        assert ask_online(invoice=invoice, by=cashier) != made
    assert len(stripe.asked) == 2
    pay(stripe, made)
    with clock.freeze(now() + timedelta(hours=13)), pytest.raises(NothingDue):
        ask_online(invoice=invoice, by=cashier)


def test_stripe_is_not_asked_for_somebody_who_may_not_be_written_to(invoice, cashier, stripe, person, receptionist):
    refuse(person, receptionist)
    with pytest.raises(NotToBeWritten):
        ask_online(invoice=invoice, by=cashier)
    assert (stripe.asked, Checkout.objects.count()) == ([], 0)


@pytest.mark.usefixtures("committed_db")
def test_many_at_once_send_one_mail(samaki, stripe, cashier, cashier2, race):
    make.rate(4100)
    make.shift(cashier)
    make.shift(cashier2, code="D2")
    visit = make.new_visit(patient=patient(email="kunthea@example.com"), kind="telemedicine")
    bill = make.invoice(("10.00", "USD"), visit=visit, by=cashier)
    race(*[lambda: ask_online(invoice=bill, by=cashier)] * 4, *[lambda: ask_online(invoice=bill, by=cashier2)] * 4)
    assert MailLog.objects.filter(template="payment_link").count() == 1


def test_the_invoice_and_the_visit_offer_it_for_telemedicine_only(client_for, invoice, cashier, stripe):
    desk, address = client_for("cashier"), f"/gateways/invoices/{invoice.pk}/ask/"
    for page in (f"/billing/invoices/{invoice.pk}/", f"/billing/visits/{invoice.visit_id}/"):
        assert address in desk.get(page).content.decode()
    form = once()
    shown = desk.post(address, form)
    assert desk.post(address, form)["Location"] == shown["Location"]
    assert (Checkout.objects.count(), MailLog.objects.filter(template="payment_link").count()) == (1, 1)
    page = desk.get(shown["Location"]).content.decode()
    assert "Sent to the patient" in page
    assert 'data-copy="pay-link"' in page
    outpatient = make.invoice(("5.00", "USD"), by=cashier)
    assert "/ask/" not in desk.get(f"/billing/invoices/{outpatient.pk}/").content.decode()
    assert desk.post(f"/gateways/invoices/{outpatient.pk}/ask/", once()).status_code == 404
    StripeAccount.objects.update(is_active=False)
    assert "/ask/" not in desk.get(f"/billing/invoices/{invoice.pk}/").content.decode()
    assert client_for("doctor").post(address, once()).status_code == 403


def test_why_nothing_was_sent_is_said(client_for, checkout, person):
    desk, address = client_for("cashier"), f"/gateways/links/{checkout.pk}/"
    person.email = ""
    person.save()
    assert "no email address" in desk.post(f"{address}send/", once(), follow=True).content.decode()
    asked = desk.post(f"/gateways/invoices/{checkout.invoice_id}/ask/", once(), follow=True)
    assert "no email address" in asked.content.decode()
    assert not MailLog.objects.filter(template="payment_link").exists()


def test_a_link_of_a_stranger_is_not_sent(client_for, checkout, royal):
    assert client_for("doctor").post(f"/gateways/links/{checkout.pk}/send/", once()).status_code == 403
    assert client_for("cashier").post(f"/gateways/links/{new_id()}/send/", once()).status_code == 404


def test_sending_has_a_rate_of_its_own(rf, cashier):
    request = rf.post("/")
    request.user = cashier
    assert {kind_of(request, view) for view in (checkout_send, online_ask)} == {"mail"}


# --- What the payer sees ---


def test_the_payer_sees_pending_then_paid_in_three_languages_and_nothing_of_the_patient(
    client_for, checkout, stripe, person
):
    outside = client_for(None)
    back = urlsplit(stripe.asked[0]["success_url"]).path
    assert back == urlsplit(stripe.asked[0]["cancel_url"]).path
    assert back.startswith("/gateways/stripe/thanks/")
    assert checkout_of(back.split("/")[-2]) == checkout.pk
    waiting = outside.get(back).content.decode()
    assert "not confirmed yet" in waiting
    assert checkout.url in waiting
    pay(stripe, checkout)
    paid = outside.get(back)
    text = paid.content.decode()
    for code, words in (("en", "Paid. Thank you."), ("km", "អរគុណ"), ("zh-hans", "谢谢")):
        assert f'lang="{code}"' in text
        assert words in text
    for secret in (person.family_name, person.mrn, checkout.invoice.number, "10.00", checkout.url):
        assert secret not in text
    assert "hx-get" not in text
    assert (paid["Cache-Control"], paid["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "Paid. Thank you." in outside.get(pay_path(checkout.pk)).content.decode()
    assert Payment.objects.count() == 1
    part = outside.get(back, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_a_link_that_ended_says_so(client_for, checkout):
    with clock.freeze(now() + timedelta(hours=13)):
        assert "no longer valid" in client_for(None).get(pay_path(checkout.pk)).content.decode()


def test_a_link_over_what_was_paid_otherwise_is_neither_sent_nor_opened(client_for, checkout, cashier):
    take_payment(invoice=checkout.invoice, tenders=[make.usd(10)], by=cashier)
    with pytest.raises(LinkEnded):
        send_link(checkout=checkout, by=cashier)
    assert "no longer valid" in client_for(None).get(pay_path(checkout.pk)).content.decode()


def test_an_address_is_good_for_one_link_of_one_hospital_and_some_days(client_for, checkout, royal, monkeypatch):
    outside, address = client_for(None), state_path(checkout.pk)
    for wrong in (f"{address[:-3]}xx/", state_path(new_id()), "/gateways/stripe/pay/x/"):
        assert outside.get(wrong).status_code == 404
    with schema_context(royal.schema_name):
        foreign = state_path(checkout.pk)
        assert checkout_of(address.split("/")[-2]) is None
    assert outside.get(foreign).status_code == 404
    later = now().timestamp() + HOURS * 3600 + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert outside.get(address).status_code == 404


def test_a_link_over_more_than_is_still_due_is_neither_sent_nor_opened(checkout, invoice, cashier, client_for):
    take_payment(invoice=invoice, tenders=[make.usd(8)], by=cashier)
    checkout = Checkout.objects.get(pk=checkout.pk)
    assert not checkout.is_payable
    with pytest.raises(LinkEnded):
        send_link(checkout=checkout, by=cashier)
    assert ask_online(invoice=invoice, by=cashier).amount == 2
