"""Erasing and closing records: asked by one person, decided by another, carried out by a job; legal holds stop it."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from audit.services import record_event
from core import clock
from core.db import writing
from core.errors import DomainError
from patients.errors import (
    ErasureHindered,
    ErasureTooEarly,
    ErasureUnderWay,
    HoldLifted,
    HoldStands,
    PatientIsErased,
    ReasonTooShort,
    SecondPersonNeeded,
)
from patients.hindrances import hindrances_of
from patients.models import Erasure, LegalHold, Patient
from patients.models.erasure import OPEN
from patients.retention import kept_until
from patients.services.erasing import erase_record
from patients.states import ERASURE_FLOW, Confidentiality, ErasureKind, ErasureStatus

SHORTEST_REASON = 10
STALLED_AFTER = timedelta(minutes=30)


@transaction.atomic
def ask_for_erasure(*, patient: Patient, kind: str, reason: str, by: User) -> Erasure:
    """Note who wants a record erased, or closed, and why.

    The patient's row is locked, so that of two requests at once the second is told. Raises ReasonTooShort,
    PatientIsErased, ErasureUnderWay, ErasureTooEarly with the day, and ErasureHindered with what is in the way.
    """
    _require_reason(reason)
    locked = _locked(patient.pk)
    if Erasure.objects.filter(patient=locked, status__in=OPEN).exists():
        raise ErasureUnderWay()
    _require_possible(locked, kind)
    return Erasure.objects.create(patient=locked, kind=kind, reason=reason.strip(), asked_by=by)


@transaction.atomic
def approve_erasure(*, erasure: Erasure, reason: str, by: User) -> Erasure:
    """Let a request be carried out, after the commit. Raises SecondPersonNeeded, and what asking raises."""
    locked = _decided(erasure, "approve", reason, by)
    transaction.on_commit(lambda: _enqueue(locked.pk), robust=True)
    return locked


@transaction.atomic
def refuse_erasure(*, erasure: Erasure, reason: str, by: User) -> Erasure:
    """Refuse a request, with the reason that is told to the patient. Raises SecondPersonNeeded for who asked."""
    return _decided(erasure, "refuse", reason, by)


@transaction.atomic
def take_back_erasure(*, erasure: Erasure, by: User) -> Erasure:
    """Take a request back before it is carried out. Raises core.states.MoveNotAllowed."""
    locked = _locked_erasure(erasure.pk)
    ERASURE_FLOW.move(locked, "take_back")
    return locked


def carry_out(erasure_id: UUID) -> bool:
    """Do what was approved; True when it is done. What is not approved (any more) is left alone.

    What stands in the way meanwhile leaves the request approved: the nightly job tries again.
    """
    erasure = Erasure.objects.select_related("decided_by").filter(pk=erasure_id, status=ErasureStatus.APPROVED).first()
    decider = erasure.decided_by if erasure else None
    if erasure is None or decider is None:
        return False
    facts = {"actor_id": str(decider.pk), "actor": decider.get_username(), "role": decider.role_line}
    with writing.context(**facts, reason="erasure"):
        try:
            return _carry_out(erasure.pk)
        except Exception as error:
            _give_back(erasure, error)
            if not isinstance(error, (ErasureHindered, ErasureTooEarly)):
                raise
    return False


def enqueue_waiting_erasures() -> int:
    """Ask again for what was approved and not carried out; returns how many."""
    waiting = Erasure.objects.filter(status=ErasureStatus.APPROVED, updated_at__lt=clock.now() - STALLED_AFTER)
    ids = list(waiting.values_list("pk", flat=True)[:100])
    for erasure_id in ids:
        _enqueue(erasure_id)
    return len(ids)


@transaction.atomic
def set_hold(*, patient: Patient, reason: str, by: User) -> LegalHold:
    """Keep the record from being erased. Raises ReasonTooShort, HoldStands, PatientIsErased."""
    _require_reason(reason)
    locked = _locked(patient.pk)
    if locked.erased_at:
        raise PatientIsErased()
    if LegalHold.objects.filter(patient=locked, lifted_at=None).exists():
        raise HoldStands()
    try:
        with transaction.atomic():
            return LegalHold.objects.create(patient=locked, reason=reason.strip(), set_by=by)
    except IntegrityError as error:
        raise ErasureUnderWay() from error


@transaction.atomic
def lift_hold(*, hold: LegalHold, reason: str, by: User) -> LegalHold:
    """End a hold, with the reason. Raises ReasonTooShort, HoldLifted."""
    _require_reason(reason)
    locked = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if locked.lifted_at:
        raise HoldLifted()
    locked.lifted_at, locked.lifted_by, locked.lift_reason = clock.now(), by, reason.strip()
    locked.save()
    return locked


def may_be_erased(patient: Patient) -> bool:
    """Whether the time of keeping is over and nothing stands in the way."""
    try:
        _require_possible(patient, ErasureKind.ERASE)
    except DomainError:
        return False
    return True


def _decided(erasure: Erasure, verb: str, reason: str, by: User) -> Erasure:
    _require_reason(reason)
    patient = _locked(erasure.patient_id)
    locked = _locked_erasure(erasure.pk)
    ERASURE_FLOW.check(verb, locked.status)
    if locked.asked_by_id == by.pk:
        raise SecondPersonNeeded()
    if verb == "approve":
        _require_possible(patient, locked.kind)
    ERASURE_FLOW.move(locked, verb, decided_by=by, decided_at=clock.now(), decision_reason=reason.strip())
    return locked


@transaction.atomic
def _carry_out(erasure_id: UUID) -> bool:
    """All or nothing: the patient's row stays locked until everything is done. False where another worker was first."""
    patient = _locked(Erasure.objects.values_list("patient", flat=True).get(pk=erasure_id))
    erasure = _locked_erasure(erasure_id)
    if not ERASURE_FLOW.can("start", erasure.status):
        return False
    _require_possible(patient, erasure.kind)
    ERASURE_FLOW.move(erasure, "start", problem="")
    counts = erase_record(erasure, patient) if erasure.kind == ErasureKind.ERASE else _close(patient)
    ERASURE_FLOW.move(erasure, "finish", counts=counts, finished_at=clock.now())
    name = "record_erased" if erasure.kind == ErasureKind.ERASE else "record_closed"
    record_event(name, Patient._meta.db_table, patient.pk, erasure=str(erasure.pk), rows=sum(counts.values()))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the books object to is known now
    return True


def _close(patient: Patient) -> dict[str, int]:
    """Nobody but who treats the patient reads the record, and nothing is sent or shared."""
    patient.confidentiality, patient.closed_at = Confidentiality.VERY_RESTRICTED, clock.now()
    patient.touch_version()
    patient.save()
    return {Patient._meta.db_table: 1}


@transaction.atomic
def _give_back(erasure: Erasure, error: Exception) -> None:
    """What a person asked for is tried again; what only the calendar asked for is found again when it is due."""
    locked = _locked_erasure(erasure.pk)
    locked.problem = type(error).__name__[:80]
    if locked.run_id and isinstance(error, DomainError):
        ERASURE_FLOW.move(locked, "take_back", problem=locked.problem)
    else:
        locked.save(update_fields=["problem", "updated_at"])


def _require_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort()


def _require_possible(patient: Patient, kind: str) -> None:
    if patient.erased_at:
        raise PatientIsErased()
    if kind != ErasureKind.ERASE:
        return
    if (day := kept_until(patient)) > clock.today():
        raise ErasureTooEarly(day=day.isoformat())
    if found := hindrances_of(patient):
        raise ErasureHindered(" ".join(found))


def _locked(patient_id: UUID) -> Patient:
    return Patient.objects.select_for_update(of=("self",)).get(pk=patient_id)


def _locked_erasure(erasure_id: UUID) -> Erasure:
    return Erasure.objects.select_for_update(of=("self",)).get(pk=erasure_id)


def _enqueue(erasure_id: UUID) -> None:
    from patients.tasks import carry_out_erasure  # the task calls back into this module

    carry_out_erasure.delay(str(erasure_id))
