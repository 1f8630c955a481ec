"""Mails of the cash office to patients. Each asks the gate of consents at the moment of sending."""

from functools import partial
from typing import Any
from uuid import UUID

from billing.dunning import title_of
from billing.links import HOURS, paper_path
from billing.models import Reminder
from billing.papers import MAILED
from core.money import format_money
from notifications import mails
from notifications.addresses import absolute, hospital_name
from patients.consents import may_contact, withhold
from patients.models import Patient
from patients.states import ConsentPurpose


def patient_to_write_to(pk: UUID) -> mails.Recipient | None:
    """The patient while messages may be sent; what is withheld is said in the trail."""
    patient = Patient.objects.filter(pk=pk).first()
    if patient is None:
        return None
    answer = may_contact(patient, ConsentPurpose.REMINDERS)
    if not answer:
        withhold(patient, ConsentPurpose.REMINDERS, answer, "mail")
        return None
    return mails.Recipient(patient.email, patient.preferred_language)


def paper_link(word: str, recipient: mails.Recipient, *, print_id: str) -> dict[str, Any]:
    """The link is made here, in the worker: neither queue nor table holds it."""
    return {"link": absolute(paper_path(word, print_id)), "hours": HOURS, "hospital": hospital_name()}


def debt_reminder(recipient: mails.Recipient, *, reminder_id: str) -> dict[str, Any]:
    """What is overdue of which invoice; nothing of why the patient was here."""
    reminder = Reminder.objects.select_related("invoice").get(pk=reminder_id)
    return {
        "title": title_of(reminder.level),
        "number": reminder.invoice.number,
        "amount": format_money(reminder.money),
        "since": f"{reminder.due_on:%Y-%m-%d}",
        "hospital": hospital_name(),
    }


mails.declare("debt_reminder", context=debt_reminder, recipient=patient_to_write_to)
for paper in MAILED:
    mails.declare(f"{paper}_link", context=partial(paper_link, paper), recipient=patient_to_write_to)
