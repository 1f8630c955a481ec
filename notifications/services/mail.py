from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from core import clock
from notifications import mails
from notifications.models import MailLog
from notifications.states import MailStatus

# A mail still queued after this long was lost on its way to the worker and is asked for again.
STRANDED_AFTER = timedelta(minutes=10)
MAX_ATTEMPTS = 8


@transaction.atomic
def send_mail_later(template: str, to_user_id: UUID, params: dict[str, Any] | None = None) -> MailLog:
    """Ask for a mail; it is sent by a worker once this transaction has been committed, and retried.

    `template` is a name declared with notifications.mails.declare; `params` are ids and numbers only.
    """
    mails.find(template)
    log = MailLog.objects.create(template=template, user_id=to_user_id, params=params or {})
    transaction.on_commit(partial(_enqueue, log.pk), robust=True)  # a dead broker does not undo the act
    return log


def deliver_mail(log_id: UUID) -> bool:
    """Send one queued mail; True when it went out now. Sent, failed and unknown ones are left alone."""
    with transaction.atomic():
        queued = MailLog.objects.select_for_update(skip_locked=True)
        log = queued.filter(pk=log_id, status=MailStatus.QUEUED).first()
        user = mails.find(log.template).recipient(log.user_id) if log else None
        if log is None:
            return False
        if user is None or not user.email:
            _finish(log, MailStatus.FAILED, problem="NoAddress")
            return False
        mails.compose(log.template, user, log.params).send()
        _finish(log, MailStatus.SENT)
        return True


@transaction.atomic
def record_failure(log_id: UUID, error: Exception) -> bool:
    """Note a failed attempt; True while another one is worth it. Only the kind of error is kept."""
    log = MailLog.objects.select_for_update().get(pk=log_id)
    exhausted = log.attempts + 1 >= MAX_ATTEMPTS
    _finish(log, MailStatus.FAILED if exhausted else MailStatus.QUEUED, problem=type(error).__name__)
    return not exhausted


def enqueue_stranded_mail() -> int:
    """Ask again for mails whose message to the worker was lost; returns how many."""
    stranded = MailLog.objects.filter(status=MailStatus.QUEUED, updated_at__lt=clock.now() - STRANDED_AFTER)
    ids = list(stranded.values_list("pk", flat=True)[:500])
    for log_id in ids:
        _enqueue(log_id)
    return len(ids)


def _finish(log: MailLog, status: str, *, problem: str = "") -> None:
    log.status, log.problem = status, problem[:80]
    log.attempts = F("attempts") + 1
    log.sent_at = clock.now() if status == MailStatus.SENT else None
    log.save(update_fields=["status", "problem", "attempts", "sent_at", "updated_at"])


def _enqueue(log_id: UUID) -> None:
    from notifications.tasks import send_mail  # the task calls back into this module

    send_mail.delay(str(log_id))
