from uuid import UUID

from celery import shared_task

from patients.services import erasures, exports, retention


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


@shared_task
def carry_out_erasure(erasure_id: str) -> bool:
    """Erase or close a record that two people agreed on."""
    return erasures.carry_out(UUID(erasure_id))


@shared_task
def sweep_erasures() -> int:
    """Nightly, per hospital: what was approved and could not be carried out is tried again."""
    return erasures.enqueue_waiting_erasures() + retention.enqueue_released_runs()


@shared_task
def preview_retention() -> int:
    """Nightly, per hospital: find what is beyond its time of keeping; nothing is touched."""
    run = retention.preview_retention()
    return run.records if run else 0


@shared_task
def carry_out_retention(run_id: str) -> int:
    """Erase what a person released."""
    return retention.carry_out_run(UUID(run_id))
