"""Payment links sent to patients by mail, and online payment asked for in one step."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit.services import record_event
from billing.errors_debts import NoAddress, NotToBeWritten
from billing.models import Invoice
from core.clock import now
from gateways.errors import LinkEnded, LinkJustSent
from gateways.mails import PAYMENT_LINK
from gateways.models import Checkout
from gateways.queries.checkouts import mails_about, open_link
from gateways.services.checkouts import link_for_invoice
from notifications.models import MailLog
from notifications.services import send_mail_later
from notifications.states import MailStatus
from patients.consents import may_contact
from patients.models import Patient
from patients.states import ConsentPurpose

AGAIN_AFTER = timedelta(minutes=2)


@transaction.atomic
def send_link(*, checkout: Checkout, by: Any) -> MailLog:
    """Mail a link to its patient. Of two at once, or soon after each other, about the same debt only one goes.

    Raises LinkEnded, NoAddress, NotToBeWritten, LinkJustSent.
    """
    patient = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=checkout.patient_id)
    checkout = Checkout.objects.select_related("invoice").get(pk=checkout.pk)
    if not checkout.is_payable:
        raise LinkEnded()
    check_can_write(patient)
    recent = mails_about(checkout).filter(created_at__gt=now() - AGAIN_AFTER).exclude(status=MailStatus.FAILED)
    if recent.exists():
        raise LinkJustSent()
    record_event("payment_link_sent", Checkout._meta.db_table, checkout.pk, person=by.get_username())
    return send_mail_later(PAYMENT_LINK, patient.pk, {"checkout_id": str(checkout.pk)})


def ask_online(*, invoice: Invoice, by: Any) -> Checkout:
    """Mail a link over what is due on an invoice: the one that is open over just this, else a new one.

    Raises what send_link and link_for_invoice raise; where the patient may not be written to, Stripe is not asked.
    """
    invoice = Invoice.objects.select_related("patient").get(pk=invoice.pk)
    check_can_write(invoice.patient)
    checkout = open_link(invoice) or _made(invoice, by)
    send_link(checkout=checkout, by=by)
    return checkout


def check_can_write(patient: Patient) -> None:
    """Raises NoAddress, NotToBeWritten."""
    if not patient.email:
        raise NoAddress()
    answer = may_contact(patient, ConsentPurpose.REMINDERS)
    if not answer:
        raise NotToBeWritten(why=answer.why)


def _made(invoice: Invoice, by: Any) -> Checkout:
    with translation.override(invoice.patient.preferred_language):
        words = _("Invoice %(number)s") % {"number": invoice.number}
    return link_for_invoice(invoice=invoice, words=words, by=by)
