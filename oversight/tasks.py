from celery import shared_task

from oversight.services.detection import look_at_readings


@shared_task
def watch_readings() -> int:
    """Look at this hospital's new readings; scheduled every five minutes."""
    return len(look_at_readings())
