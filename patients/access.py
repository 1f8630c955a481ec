"""Who may see which patient: the rules of the hospital, in one place.

=================  =====================================================================================
normal             whoever may read patients at all (the permission of the page)
restricted         whoever may ``patient:view_restricted``, or treats the patient
very restricted    only who treats the patient
any of them        whoever has broken the glass (patients.services.glass), to read, until the grant expires
=================  =====================================================================================

Who treats a patient is said by relations. This room knows visits and registrations; rooms above add theirs from their
``access`` module (attending, ordering, measuring, holding the ticket)::

    @relates()
    def attending(person, days):
        return Encounter.objects.filter(practitioner=person, date__gte=days.since).values("patient")

Every page asks for them, so their statement is put together once in a process and filled in for each person.

A consultation of a protected specialisation (accounts.models.Specialty) is seen, within the levels, only by whoever
works in that specialisation or treats the patient: ``specialty_in_sight``. The glass does not open it: who must act in
an emergency treats.

Outside one's sight a record does not exist: every ``visible_<noun>s(user)`` narrows its rows by
``sight_of(user).of(path)``. Steps that need the identity of somebody who stands at the desk (triage, specimens,
medicines, money) are opened by the rooms themselves, each in its ``access`` module, for the rows of that step only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Assignment, StaffProfile
from audit.services import patients_noted
from core import clock
from core.db.kept import kept
from core.logs import current_request
from core.methods import only_reads
from core.preferences import preference
from patients.models import AccessGrant, Patient, Visit
from patients.states import Confidentiality, VisitStatus

AT_ONCE = 2_000  # guarded patients one person treats within the window; beyond it the newest count


@dataclass(frozen=True)
class Days:
    """Since when work counts as treating (the day, and its first moment), and when today began."""

    since: date
    since_at: datetime
    today_at: datetime


Relation = Callable[[UUID, Days], QuerySet]
Condition = Callable[[Any], bool]
_relations: dict[Relation, Condition | None] = {}
# Stand-ins in the statements that are kept; no person and no day of ours equals them.
_PERSON = UUID(int=0)
_DAYS = Days(date(1901, 1, 1), datetime(1901, 1, 1, tzinfo=UTC), datetime(1901, 1, 2, tzinfo=UTC))


def relates(only: Condition | None = None) -> Callable[[Relation], Relation]:
    """Add a way of treating patients: ids of patients (one column) of a person's id; ``only`` says for whom it counts.

    The function is called once in a process: it may put nothing but its two arguments into the query's changing parts.
    """

    def register(relation: Relation) -> Relation:
        _relations[relation] = only
        return relation

    return register


@cache
def _statement(relation: Relation) -> tuple[str, tuple[Any, ...]]:
    """SQL and parameters of one relation, with the stand-ins."""
    return relation(_PERSON, _DAYS).order_by().query.sql_with_params()


@dataclass(frozen=True)
class Sight:
    """What one person sees of the patients: whole levels, and single guarded patients by id."""

    levels: tuple[str, ...]
    treated: tuple[UUID, ...] = ()
    opened: tuple[UUID, ...] = ()

    @property
    def known(self) -> tuple[UUID, ...]:
        return (*self.treated, *self.opened)

    def of(self, path: str = "") -> Q:
        """Rows whose patient, reached by ``path`` (empty: the row itself), is within sight."""
        level = f"{path}__confidentiality__in" if path else "confidentiality__in"
        seen = Q(**{level: self.levels})
        return seen | Q(**{f"{path or 'pk'}__in": self.known}) if self.known else seen

    def sees(self, patient: Patient) -> bool:
        return patient.confidentiality in self.levels or patient.pk in self.known


def levels_of(user: Any) -> tuple[str, ...]:
    """The levels this person sees without treating the patient."""
    if user.may("patient:view_restricted"):
        return (Confidentiality.NORMAL.value, Confidentiality.RESTRICTED.value)
    return (Confidentiality.NORMAL.value,)


def sight_of(user: Any) -> Sight:
    """What the user sees now. Of who makes the present request it is read once."""
    if not getattr(user, "is_present", False):
        return _sight_of(user)
    if getattr(user, "sight_now", None) is None:
        user.sight_now = _sight_of(user)
    return user.sight_now


def _sight_of(user: Any) -> Sight:
    """One statement for what is treated; a second one only where the glass was broken within the hour."""
    return Sight(levels_of(user), treated=_treated_guarded(user), opened=_opened(user))


def specialty_in_sight(user: Any, patient: str = "patient", column: str = "specialty") -> Q:
    """Rows of no protected specialisation, of one this person works in, or of patients they treat.

    ``patient`` and ``column`` are the paths to the patient and to the specialisation.
    """
    own = Q(**{f"{column}__in": ["", *specialties_of(user)]})
    return own | treated_by(user, patient)


def specialties_of(user: Any) -> list[str]:
    """The protected specialisations a person works in, as their profile says."""
    profile = getattr(user, "profile", None)
    return list(profile.specialties) if profile else []


def treated_by(user: Any, path: str = "") -> Q:
    """Rows of the patients this person treats, whatever their confidentiality."""
    sql, values = _treated_sql(user)
    return Q(**{f"{path or 'pk'}__in": RawSQL(sql, values)})  # noqa: S611  made of the relations' own statements


def _treated_sql(user: Any) -> tuple[str, tuple[Any, ...]]:
    """One statement for all relations that count for this person, and its values."""
    today, since = clock.today(), clock.today() - timedelta(days=preference("patients.treating_days"))
    days = Days(since, clock.day_bounds(since)[0], clock.day_bounds(today)[0])
    real = {_PERSON: user.pk, _DAYS.since: days.since, _DAYS.since_at: days.since_at, _DAYS.today_at: days.today_at}
    parts, values = [], []
    for relation, only in _relations.items():
        if only is None or only(user):
            sql, stood_in = _statement(relation)
            parts.append(sql)
            values += [real.get(value, value) for value in stood_in]
    return " UNION ALL ".join(parts), tuple(values)


def _treated_guarded(user: Any) -> tuple[UUID, ...]:
    sql, values = _treated_sql(user)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {Patient._meta.db_table} WHERE NOT (confidentiality = '{Confidentiality.NORMAL}') "
            f"AND id IN ({sql}) ORDER BY id DESC LIMIT {AT_ONCE}",
            values,
        )
        return tuple(row[0] for row in cursor.fetchall())


def is_acting() -> bool:
    """Whether the present request changes something, or shows the form for it (views marked by @exactly_once)."""
    request = current_request.get()
    if request is None:
        return False
    match = request.resolver_match
    return not only_reads(request) or (match is not None and getattr(match.func, "acts_once", False))


def _opened(user: Any) -> tuple[UUID, ...]:
    """Patients behind broken glass: to be read in a page, never where something is to be changed."""
    request = current_request.get()
    if request is None or is_acting() or not user.may("record:break_glass"):
        return ()
    return tuple(_opened_to(user.pk, clock.now()))


@kept
def _opened_to(person: UUID, now: datetime) -> QuerySet:
    return _grants(person, now).values_list("patient_id", flat=True)


def open_grants(user: Any) -> QuerySet[AccessGrant]:
    """The person's grants that have not expired."""
    return _grants(user.pk, clock.now())


def _grants(person: UUID, now: datetime) -> QuerySet[AccessGrant]:
    return AccessGrant.objects.filter(user=person, opened_at__lte=now, expires_at__gt=now)


def present_grant(patient: Patient) -> AccessGrant | None:
    """The grant by which the present request reads this patient, where nothing else lets the person in."""
    request = current_request.get()
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not hasattr(user, "may"):
        return None
    sight = sight_of(user)
    if patient.pk not in sight.opened or patient.pk in sight.treated or patient.confidentiality in sight.levels:
        return None
    return open_grants(user).filter(patient=patient).order_by("-expires_at").first()


def grant_behind() -> AccessGrant | None:
    """The grant by which the present request has read a record (as it noted in the trail), else None."""
    request = current_request.get()
    sight = getattr(getattr(request, "user", None), "sight_now", None)
    opened = {str(pk) for pk in sight.opened} & patients_noted() if sight else set()
    found = (present_grant(patient) for patient in Patient.objects.filter(pk__in=opened)) if opened else ()
    return next(filter(None, found), None)


@relates()
def of_visits(person: UUID, days: Days) -> QuerySet:
    """The practitioner of an open or recent visit."""
    recent = Q(status=VisitStatus.OPEN) | Q(date__gte=days.since)
    return Visit.objects.filter(recent, practitioner=person).exclude(status=VisitStatus.CANCELLED).values("patient")


@relates(only=lambda user: user.may("patient:restrict"))
def of_own_registrations(person: UUID, days: Days) -> QuerySet:
    """Whoever registered the person today and may restrict a record still sees what was typed."""
    guarded = Patient.objects.exclude(confidentiality=Confidentiality.NORMAL)
    return guarded.filter(registered_by=person, created_at__gte=days.today_at).values("pk")


@relates(only=lambda user: preference("patients.department_treats"))
def of_department(person: UUID, days: Days) -> QuerySet:
    """Members of the department of an open visit, where the hospital says that they all treat."""
    home = StaffProfile.objects.filter(user=person).values("home_department")
    bound = Assignment.objects.filter(user=person, department__isnull=False).values("department")
    return Visit.objects.filter(Q(department__in=home) | Q(department__in=bound), status=VisitStatus.OPEN).values(
        "patient"
    )
