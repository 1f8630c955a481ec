"""Who may see which patient: the rules of the hospital, in one place.

=================  =====================================================================================
normal             whoever may read patients at all (the permission of the page)
restricted         whoever may ``patient:view_restricted``, or treats the patient
very restricted    only who treats the patient
any of them        whoever has broken the glass (patients.services.glass), to read, until the grant expires
=================  =====================================================================================

Who treats a patient is said by relations. This room knows visits and registrations; rooms above add theirs from their
``access`` module (attending, ordering, measuring, holding the ticket)::

    relates(lambda user, since: Encounter.objects.filter(practitioner=user, ...).values("patient"))

Outside one's sight a record does not exist: every ``visible_<noun>s(user)`` narrows its rows by
``sight_of(user).of(path)``. Steps that need the identity of somebody who stands at the desk (triage, specimens,
medicines, money) are opened by the rooms themselves, each in its ``access`` module, for the rows of that step only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from core import clock
from core.logs import current_request
from core.preferences import preference
from patients.models import AccessGrant, Patient, Visit
from patients.states import Confidentiality, VisitStatus

Relation = Callable[[Any, date], QuerySet]
READING = ("GET", "HEAD", "OPTIONS")
AT_ONCE = 2_000  # guarded patients one person treats within the window; beyond it the newest count
MOST_STATEMENTS = 5_000
_relations: list[Relation] = []
_statements: dict[tuple[Any, ...], tuple[str, tuple[Any, ...]]] = {}


def relates(relation: Relation) -> Relation:
    """Add a way of treating patients: given a user and the first day that counts, ids of patients (one column)."""
    if relation not in _relations:
        _relations.append(relation)
    return relation


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


def treated_by(user: Any, path: str = "") -> Q:
    """Rows of the patients this person treats, whatever their confidentiality."""
    since = clock.today() - timedelta(days=preference("patients.treating_days"))
    found = Q(pk__in=[])
    for relation in _relations:
        found |= Q(**{f"{path or 'pk'}__in": relation(user, since)})
    return found


def _treated_guarded(user: Any) -> tuple[UUID, ...]:
    sql, parameters = _statement(user)
    if not sql:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return tuple(pk for (pk,) in cursor.fetchall())


def _statement(user: Any) -> tuple[str, tuple[Any, ...]]:
    """The statement that reads whom this person treats: put together once a day, for that takes longer than to run it.

    The key names all that relations may ask of a person, the day and the hospital's rules; rows are read each time.
    """
    rules = (preference("patients.treating_days"), preference("patients.department_treats"))
    profile = getattr(user, "profile", None)
    homes = (profile.home_department_id if profile else None, *(assignment.department_id for assignment in user.held))
    key = (connection.schema_name, user.pk, frozenset(user.granted), homes, clock.today(), rules)
    if key not in _statements:
        if len(_statements) >= MOST_STATEMENTS:
            _statements.clear()
        guarded = Patient.objects.exclude(confidentiality=Confidentiality.NORMAL).filter(treated_by(user))
        try:
            _statements[key] = guarded.order_by("-pk").values_list("pk", flat=True)[:AT_ONCE].query.sql_with_params()
        except EmptyResultSet:
            _statements[key] = ("", ())
    return _statements[key]


def is_acting() -> bool:
    """Whether the present request wants to change something."""
    request = current_request.get()
    return request is not None and request.method not in READING


def _opened(user: Any) -> tuple[UUID, ...]:
    """Patients behind broken glass: to be read in a page, never where something is to be changed."""
    request = current_request.get()
    if request is None or is_acting() or not user.may("record:break_glass"):
        return ()
    return tuple(open_grants(user).values_list("patient_id", flat=True))


def open_grants(user: Any) -> QuerySet[AccessGrant]:
    """The person's grants that have not expired."""
    now = clock.now()
    return AccessGrant.objects.filter(user=user, opened_at__lte=now, expires_at__gt=now)


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


@relates
def of_visits(user: Any, since: date) -> QuerySet:
    """The practitioner of an open or recent visit."""
    recent = Q(status=VisitStatus.OPEN) | Q(date__gte=since)
    return Visit.objects.filter(recent, practitioner=user).exclude(status=VisitStatus.CANCELLED).values("patient")


@relates
def of_own_registrations(user: Any, since: date) -> QuerySet:
    """Whoever registered the person today and may restrict a record still sees what was typed."""
    if not user.may("patient:restrict"):
        return Patient.objects.none().values("pk")
    guarded = Patient.objects.exclude(confidentiality=Confidentiality.NORMAL)
    start, _end = clock.day_bounds(clock.today())
    return guarded.filter(registered_by=user, created_at__gte=start).values("pk")


@relates
def of_department(user: Any, since: date) -> QuerySet:
    """Members of the department of an open visit, where the hospital says that they all treat."""
    if not preference("patients.department_treats"):
        return Visit.objects.none().values("patient")
    profile = getattr(user, "profile", None)
    homes = {profile.home_department_id} if profile else set()
    homes |= {assignment.department_id for assignment in user.held}
    return Visit.objects.filter(status=VisitStatus.OPEN, department__in=homes - {None}).values("patient")
