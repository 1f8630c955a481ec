"""Handing a patient everything that is known: asked for, put together by a job, fetched for some days, forgotten."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import User
from audit.services import record_export
from core import clock
from core.db import writing
from core.ids import new_id
from core.preferences import preference
from hospitals.models import Hospital
from notifications.services import notify
from patients.archive import record_of, sealed
from patients.errors import ExportUnderWay, PassphraseWeak, ReasonTooShort
from patients.holdings import exported
from patients.models import DataExport, ExportFile, Patient
from patients.passphrases import is_passphrase
from patients.queries import visible_patients
from patients.states import EXPORT_FLOW, ExportStatus

SHORTEST_REASON = 10
OPEN = [ExportStatus.QUEUED, ExportStatus.RUNNING]
STALLED_AFTER = timedelta(minutes=30)  # longer than any archive takes: then its worker is dead


@transaction.atomic
def ask_for_export(*, patient: Patient, reason: str, language: str, passphrase: str, by: User) -> DataExport:
    """Note who wants what and why, and let a job put it together after the commit.

    The patient's row is locked, so that of two requests at once the second is told. Raises ReasonTooShort,
    PassphraseWeak for one of another form than ours, ExportUnderWay.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort()
    if not is_passphrase(passphrase):
        raise PassphraseWeak()
    locked = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=patient.pk)
    if DataExport.objects.filter(patient=locked, status__in=OPEN).exists():
        raise ExportUnderWay()
    export = DataExport.objects.create(
        patient=locked,
        reason=reason.strip(),
        language=language,
        passphrase=passphrase,
        total=len(list(exported())),
        asked_by=by,
    )
    transaction.on_commit(lambda: _enqueue(export.pk), robust=True)
    return export


def make_export(export_id: UUID) -> bool:
    """Put one archive together; True when it is ready. What is not waiting any more is left alone."""
    export = _claim(export_id)
    if export is None:
        return False
    user = export.asked_by
    with writing.context(actor_id=str(user.pk), actor=user.get_username(), role=user.role_line, reason="export"):
        try:
            _make(export)
        except Exception as error:
            _give_up(export, error)
            raise
    return True


def enqueue_stalled_exports() -> int:
    """Ask again for archives whose message or worker was lost; returns how many."""
    lost = DataExport.objects.filter(status__in=OPEN, updated_at__lt=clock.now() - STALLED_AFTER)
    ids = list(lost.values_list("pk", flat=True)[:100])
    for export_id in ids:
        _enqueue(export_id)
    return len(ids)


def expire_exports() -> int:
    """Remove the archives whose days are over, file and row; that there was one stays. Returns how many."""
    over = DataExport.objects.filter(status=ExportStatus.READY, expires_at__lte=clock.now())
    ids = list(over.values_list("pk", flat=True)[:500])
    for export_id in ids:
        expire_export(export_id)
    return len(ids)


@transaction.atomic
def expire_export(export_id: UUID) -> None:
    """Remove one archive that is ready."""
    export = DataExport.objects.select_for_update(of=("self",)).get(pk=export_id)
    if not EXPORT_FLOW.can("expire", export.status):
        return
    file = ExportFile.objects.get(export=export)
    EXPORT_FLOW.move(export, "expire")
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(file.name))


@transaction.atomic
def _claim(export_id: UUID) -> DataExport | None:
    """Take an archive that waits, or whose worker has died."""
    waiting = DataExport.objects.select_for_update(skip_locked=True, of=("self",)).select_related("patient", "asked_by")
    export = waiting.filter(pk=export_id, status__in=OPEN).first()
    if export is None or (export.status == ExportStatus.RUNNING and export.updated_at > clock.now() - STALLED_AFTER):
        return None
    EXPORT_FLOW.move(export, "start", done=0)
    return export


def _make(export: DataExport) -> None:
    patient = visible_patients(export.asked_by).get(pk=export.patient_id)
    hospital = Hospital.objects.get(schema_name=connection.schema_name)
    pdf, attachments, sections = record_of(
        patient, user=export.asked_by, hospital=hospital, language=export.language, tell=partial(_progress, export)
    )
    content = sealed(pdf, attachments, passphrase=export.passphrase)
    with transaction.atomic():
        name = f"exports/{new_id().hex}"
        ExportFile.objects.create(export=export, name=name, content_type="application/pdf", size=len(content))
        EXPORT_FLOW.move(
            export,
            "finish",
            passphrase="",
            rows=sum(len(section.rows) for section in sections),
            left_out=sum(section.left_out for section in sections),
            expires_at=clock.now() + timedelta(days=preference("patients.export_days")),
        )
        record_export("export", patient_id=export.patient_id, rows=export.rows, archive=str(export.pk))
        _tell(export)
        default_storage.save(name, ContentFile(content))


def _tell(export: DataExport) -> None:
    notify(
        users=[export.asked_by],
        kind="export",
        text=gettext_noop("The archive of %(mrn)s is ready to be fetched."),
        params={"mrn": export.patient.mrn},
        url=reverse("patients:export-detail", args=[export.pk], urlconf="config.urls_portal"),
    )


def _progress(export: DataExport, done: int) -> None:
    DataExport.objects.filter(pk=export.pk).update(done=done, updated_at=clock.now())
    export.done = done


def _give_up(export: DataExport, error: Exception) -> None:
    with transaction.atomic():
        export.refresh_from_db(fields=["status"])  # what failed was rolled back
        EXPORT_FLOW.move(export, "fail", passphrase="", problem=type(error).__name__[:80])


def _enqueue(export_id: UUID) -> None:
    from patients.tasks import put_together  # the task calls back into this module

    put_together.delay(str(export_id))
