"""Reminding of overdue debts: a mail to who may be written to, else a letter that somebody prints."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from billing.dues import level_due
from billing.models import Invoice, Reminder, ReminderWay
from billing.queries.debts import overdue_of, owing_with_due_day
from billing.services.drafts import lock_invoice
from core.clock import now, today
from core.preferences import preference
from notifications.services import send_mail_later
from patients.consents import Answer, may_contact_all, withhold
from patients.states import ConsentPurpose

LEVELS = (1, 2, 3)
CHUNK = 200


def limits() -> list[int]:
    """From how many days overdue on each level is due; 0 where the hospital sends no such reminder."""
    return [preference(f"billing.reminder_{level}") for level in LEVELS]


def remind_overdue() -> int:
    """Every night: one reminder for each overdue debt that has reached a new level; returns how many."""
    after = limits()
    shortest = min((limit for limit in after if limit), default=0)
    if not shortest:
        return 0
    due = Q(next_due__lte=today() - datetime.timedelta(days=shortest))
    found = owing_with_due_day(Invoice.objects.select_related("patient")).filter(due).order_by("id")
    ids = list(found.values_list("pk", flat=True))
    chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    return sum(_remind_all(list(found.filter(pk__in=chunk)), after) for chunk in chunks)


def _remind_all(invoices: list[Any], after: list[int]) -> int:
    known = set(Reminder.objects.filter(invoice__in=invoices).values_list("invoice", "due_on", "level"))
    due = [(one, level_due((today() - one.next_due).days, after)) for one in invoices]
    new = [(one, level) for one, level in due if level and (one.pk, one.next_due, level) not in known]
    answers = may_contact_all([one.patient for one, _level in new], ConsentPurpose.REMINDERS)
    return sum(_remind(one, level, answers[one.patient_id]) for one, level in new)


@transaction.atomic
def _remind(invoice: Any, level: int, answer: Answer) -> bool:
    """Write the reminder down and send it; False when it was written meanwhile or is paid."""
    if not lock_invoice(invoice).is_owing:
        return False
    overdue = overdue_of(invoice, today())
    by_mail = bool(answer and invoice.patient.email)
    reminder, made = Reminder.objects.get_or_create(
        invoice_id=invoice.pk,
        due_on=invoice.next_due,
        level=level,
        defaults={
            "way": ReminderWay.MAIL if by_mail else ReminderWay.LETTER,
            "currency": overdue.currency,
            "amount": overdue.amount,
        },
    )
    if made and by_mail:
        send_mail_later("debt_reminder", invoice.patient_id, {"reminder_id": str(reminder.pk)})
    elif made and not answer:
        withhold(invoice.patient, ConsentPurpose.REMINDERS, answer, "debt_reminder")
    return made


@transaction.atomic
def record_letter(*, reminder: Reminder, by: Any) -> Reminder:
    """The letter is printed; printed again it stays with the first."""
    reminder = Reminder.objects.select_for_update(of=("self",), no_key=True).get(pk=reminder.pk)
    if reminder.printed_at is None:
        reminder.printed_by, reminder.printed_at = by, now()
        reminder.save(update_fields=["printed_by", "printed_at", "updated_at"])
    return reminder
