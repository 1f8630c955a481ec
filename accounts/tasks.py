from celery import shared_task

from accounts.services.email_codes import forget_old_codes
from accounts.services.sessions import forget_old_sessions


@shared_task
def forget_sessions() -> int:
    """Nightly: drop sessions that ended long ago, and codes that open nothing any more."""
    forget_old_codes()
    return forget_old_sessions()
