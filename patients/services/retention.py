"""What is beyond its time of keeping: found every night, shown as a preview, erased after a person released it."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.queries import staff_who_may
from core import clock
from core.preferences import preference, remembered
from notifications.services import notify
from patients.errors import PreviewReplaced, ReasonTooShort
from patients.hindrances import hindered
from patients.holdings import holdings
from patients.models import Erasure, Patient, RetentionItem, RetentionRun, Visit
from patients.models.erasure import OPEN
from patients.retention import due_since, kept_until
from patients.services.erasures import SHORTEST_REASON, carry_out, may_be_erased
from patients.states import RETENTION_FLOW, ErasureKind, ErasureStatus, RetentionStatus

MOST_RECORDS = 500  # of one preview: as many as a person can look through; the rest follows the next night
LOOKED_AT = 5_000  # candidates of one night
REASON = "The time of keeping is over."


@transaction.atomic
def preview_retention() -> RetentionRun | None:
    """Find whose time is over and replace the former preview by a new one; None where nobody's is.

    Nothing is touched. Counts say how many rows of which table belong to the records.
    """
    former = RetentionRun.objects.select_for_update().filter(status=RetentionStatus.PREVIEW).first()
    if former:
        RETENTION_FLOW.move(former, "replace")
    due = dict(_due()[:MOST_RECORDS])
    if not due:
        return None
    run = RetentionRun.objects.create(records=len(due), oldest=min(due.values()), counts=_counts(list(due)))
    RetentionItem.objects.bulk_create(
        RetentionItem(run=run, patient_id=pk, last_contact=last) for pk, last in due.items()
    )
    if former is None or former.records != run.records:
        _tell()
    return run


@transaction.atomic
def release_run(*, run: RetentionRun, reason: str, by: User) -> RetentionRun:
    """Let the records of a preview be erased, by a job after the commit. Raises ReasonTooShort, PreviewReplaced."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort()
    locked = RetentionRun.objects.select_for_update().get(pk=run.pk)
    if not RETENTION_FLOW.can("release", locked.status):
        raise PreviewReplaced()
    RETENTION_FLOW.move(locked, "release", released_by=by, released_at=clock.now(), reason=reason.strip())
    transaction.on_commit(lambda: _enqueue(locked.pk), robust=True)
    return locked


def carry_out_run(run_id: UUID) -> int:
    """Erase the records of a released run, each in a transaction of its own; return how many.

    A record that meanwhile came back to life (a visit, a hold) is left out and found again when it is due.
    """
    run = RetentionRun.objects.select_related("released_by").filter(pk=run_id, status=RetentionStatus.RELEASED).first()
    if run is None:
        return 0
    erasures = (_approved(run, patient_id) for patient_id in run.items.values_list("patient", flat=True))
    done = sum(carry_out(erasure.pk) for erasure in erasures if erasure)
    with transaction.atomic():
        locked = RetentionRun.objects.select_for_update().get(pk=run_id)
        if RETENTION_FLOW.can("finish", locked.status):
            RETENTION_FLOW.move(locked, "finish")
    return done


def enqueue_released_runs() -> int:
    """Ask again for runs whose message or worker was lost; returns how many."""
    ids = list(RetentionRun.objects.filter(status=RetentionStatus.RELEASED).values_list("pk", flat=True))
    for run_id in ids:
        _enqueue(run_id)
    return len(ids)


@transaction.atomic
def _approved(run: RetentionRun, patient_id: UUID) -> Erasure | None:
    """The erasure of one record of the run, decided by who released it; None where the record may not go (any more).

    The patient's row is locked: of two workers the second finds what the first made.
    """
    patient = Patient.objects.select_for_update(of=("self",)).get(pk=patient_id)
    made = Erasure.objects.filter(run=run, patient=patient).first()
    asked = Erasure.objects.filter(patient=patient, status__in=OPEN).exists()
    if made or asked or not may_be_erased(patient):
        return made
    erasure = Erasure.objects.create(patient_id=patient_id, kind=ErasureKind.ERASE, reason=REASON, run=run)
    erasure.status, erasure.decided_by, erasure.decided_at = ErasureStatus.APPROVED, run.released_by, clock.now()
    erasure.save()
    return erasure


def _due() -> list[tuple[UUID, date]]:
    """Patients whose record may go today with the day of their last contact, longest ago first."""
    candidates = list(_candidates()[:LOOKED_AT])
    contacts = _last_contacts(candidates)
    kept, today = hindered(list(contacts)), clock.today()
    with remembered():  # the rules are read once
        over = [one.pk for one in candidates if one.pk not in kept and kept_until(one, last=contacts[one.pk]) <= today]
    return sorted(((pk, contacts[pk]) for pk in over), key=lambda pair: (pair[1], pair[0]))


def _candidates() -> QuerySet[Patient]:
    """Not erased, not asked about, and without contact since the hospital's time of keeping."""
    since = due_since(preference("patients.keep_years"))
    came = Visit.objects.filter(patient=OuterRef("pk"), date__gt=since)
    asked = Erasure.objects.filter(patient=OuterRef("pk"), status__in=OPEN)
    old = Patient.objects.filter(erased_at=None, created_at__lt=clock.day_bounds(since)[1])
    return old.filter(~Exists(came), ~Exists(asked)).order_by("id")


def _last_contacts(patients: Collection[Patient]) -> dict[UUID, date]:
    visits = Visit.objects.filter(patient__in=patients).order_by().values_list("patient").annotate(last=Max("date"))
    last = dict(visits)
    return {one.pk: max(last.get(one.pk, one.created_at.date()), one.created_at.date()) for one in patients}


def _counts(patients: list[UUID]) -> dict[str, int]:
    """Rows of every table about these patients; one statement a table."""
    counts = {one.table: one.about(patients).count() for one in holdings() if one.loses}
    return {table: rows for table, rows in counts.items() if rows}


def _tell() -> None:
    notify(
        users=staff_who_may("retention:release"),
        kind="retention",
        text=gettext_noop("Records are beyond their time of keeping: look at the preview."),
        url=reverse("patients:retention", urlconf="config.urls_portal"),
    )


def _enqueue(run_id: UUID) -> None:
    from patients.tasks import carry_out_retention  # the task calls back into this module

    carry_out_retention.delay(str(run_id))
