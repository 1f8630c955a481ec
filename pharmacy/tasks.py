"""Jobs of the pharmacy; beat sends them to every open hospital (config/schedule.py)."""

from celery import shared_task

from pharmacy.services.timers import expire_prescriptions, release_overdue


@shared_task
def release_reservations() -> int:
    return release_overdue()


@shared_task
def expire_old_prescriptions() -> int:
    return expire_prescriptions()
