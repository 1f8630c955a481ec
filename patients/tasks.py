from uuid import UUID

from celery import shared_task

from patients.services import exports


@shared_task(acks_late=True)
def put_together(export_id: str) -> bool:
    """Make the archive of a patient's data."""
    return exports.make_export(UUID(export_id))


@shared_task
def sweep_exports() -> int:
    """Every ten minutes, per hospital: archives that never reached a worker are asked for again."""
    return exports.enqueue_stalled_exports()


@shared_task
def forget_exports() -> int:
    """Nightly, per hospital: archives whose days are over are removed."""
    return exports.expire_exports()
