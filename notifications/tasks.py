from uuid import UUID

from celery import shared_task

from notifications.services import mail


@shared_task(bind=True, max_retries=mail.MAX_ATTEMPTS)
def send_mail(self, log_id: str) -> None:
    """Send one mail, again with growing pauses (30 s to 1 h) while the server refuses it."""
    try:
        mail.deliver_mail(UUID(log_id))
    except Exception as error:
        if not mail.record_failure(UUID(log_id), error):
            raise
        raise self.retry(exc=error, countdown=min(30 * 2**self.request.retries, 3600)) from error


@shared_task
def sweep_mail() -> int:
    """Every ten minutes, per hospital: mails that never reached the worker are asked for again."""
    return mail.enqueue_stranded_mail()
