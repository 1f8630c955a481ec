from celery import shared_task

from accounts.services.sessions import forget_old_sessions


@shared_task
def forget_sessions() -> int:
    """Nightly: drop sessions that ended long ago."""
    return forget_old_sessions()
