"""Who waits for whom today."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import Branch, DepartmentKind, User
from accounts.queries import within_places
from clinical.access import TRIAGE_KINDS, to_triage
from clinical.models import Encounter, Note, VitalSigns
from clinical.queries.encounters import encounters_in_line, encounters_to_triage, visible_encounters
from clinical.states import OPEN, EncounterStatus, NoteStatus, RecordStatus
from core.clock import today
from core.db.kept import kept
from core.db.lean import showing
from patients.access import sight_of
from patients.rows import described
from queueing.models import Queue
from queueing.queries import callable_queues, todays_queues
from queueing.states import RANK, TicketStatus

_RANK_ORDER = Case(
    *(When(priority=priority, then=Value(rank)) for priority, rank in RANK.items()), output_field=IntegerField()
)
_ROW = ("status", "priority", "arrived_at", "triaged_at", "ticket__label", *described())  # what every list shows
LONGEST_LIST = 200  # a doctor's line of one day; beyond it somebody else should help


def waiting_for_triage(user: User, branch: Branch) -> QuerySet[Encounter]:
    """Today's patients of a branch who wait and have not been triaged, most urgent first."""
    waiting = encounters_to_triage(user).filter(
        within_places(user),
        branch=branch,
        date=today(),
        status=EncounterStatus.WAITING,
        triaged_at__isnull=True,
        department__kind__in=TRIAGE_KINDS,
    )
    shown = showing(waiting, *_ROW, "department__name", "practitioner__full_name", "practitioner__username")
    return shown.order_by(_RANK_ORDER, "arrived_at")


def triaged_today(user: User, branch: Branch, limit: int = 10) -> list[Encounter]:
    """Today's patients of a branch who were triaged last, newest first, with their vital signs."""
    triaged = visible_encounters(user).filter(
        within_places(user), branch=branch, date=today(), triaged_at__isnull=False
    )
    return with_vitals(showing(triaged, *_ROW).order_by("-triaged_at")[:limit])


def with_vitals(encounters: QuerySet[Encounter]) -> list[Encounter]:
    """The encounters, each with its valid vital signs, newest first: `encounter.valid_vitals`."""
    found = list(encounters)
    if not found:
        return found
    measured: dict[UUID, list[VitalSigns]] = defaultdict(list)
    for vitals in _valid_vitals([encounter.pk for encounter in found]):
        measured[vitals.encounter_id].append(vitals)
    for encounter in found:
        setattr(encounter, "valid_vitals", measured[encounter.pk])  # noqa: B010  as a prefetch would
    return found


@kept
def _valid_vitals(encounters: list[UUID]) -> QuerySet[VitalSigns]:
    valid = VitalSigns.objects.filter(encounter__id__any=encounters, status=RecordStatus.ACTIVE)
    return valid.order_by("-taken_at", "-id")


@dataclass
class DoctorsDay:
    """A doctor's line of today, sorted into what to do next."""

    in_room: list[Encounter] = field(default_factory=list)
    called: list[Encounter] = field(default_factory=list)
    returning: list[Encounter] = field(default_factory=list)
    waiting: list[Encounter] = field(default_factory=list)
    away: list[Encounter] = field(default_factory=list)
    skipped: list[Encounter] = field(default_factory=list)

    @classmethod
    def sort(cls, encounters: Iterable[Encounter], user: User) -> "DoctorsDay":
        day = cls()
        for encounter in encounters:
            day._place(encounter, user).append(encounter)
        return day

    def _place(self, encounter: Encounter, user: User) -> list[Encounter]:
        ticket = encounter.ticket.status if encounter.ticket else ""
        if encounter.status == EncounterStatus.IN_PROGRESS:
            return self.in_room
        if ticket in (TicketStatus.CALLED, TicketStatus.SERVING):
            return self.called
        if ticket == TicketStatus.SKIPPED:
            return self.skipped
        if encounter.status == EncounterStatus.RETURNING:
            return self.returning
        return self.away if encounter.status == EncounterStatus.AWAITING_RESULTS else self.waiting


def doctors_queues(user: User, branch: Branch) -> QuerySet[Queue]:
    """Today's lines the user may call from in a branch, care departments only."""
    queues = callable_queues(user).filter(branch=branch, department__kind__in=[*TRIAGE_KINDS, DepartmentKind.INPATIENT])
    return todays_queues(queues)


def doctors_day(user: User, branch: Branch) -> DoctorsDay:
    """Everybody in the user's lines today, and whom the user is seeing, in calling order; two queries."""
    mine = Q(practitioner=user) | Q(practitioner__isnull=True, department__kind__in=TRIAGE_KINDS)
    mine &= within_places(user) | Q(practitioner=user)
    encounters = encounters_in_line(user).filter(mine, branch=branch, date=today(), status__in=OPEN)
    shown = showing(encounters, *_ROW, "ticket__status", "ticket__priority", "ticket__room__name")
    ordered = shown.order_by(_ticket_rank(), "ticket__queued_at", "ticket__number")
    return DoctorsDay.sort(with_vitals(ordered[:LONGEST_LIST]), user)


def _ticket_rank() -> Case:
    ranks = (When(ticket__priority=priority, then=Value(rank)) for priority, rank in RANK.items())
    return Case(*ranks, default=Value(len(RANK)), output_field=IntegerField())


def notes_to_sign(user: User) -> QuerySet[Note]:
    """Drafts this doctor has not signed, the oldest first; the one being written is among them."""
    drafts = Note.objects.filter(sight_of(user).of("encounter__patient"), author=user, status=NoteStatus.DRAFT)
    drafts = drafts.exclude(encounter__status=EncounterStatus.ENTERED_IN_ERROR)
    return drafts.select_related("encounter__patient", "encounter__department").order_by("created_at")


def count_waiting_for_triage(user: User) -> int:
    """How many wait for triage in the places where the person works."""
    return Encounter.objects.filter(to_triage(user)).count()


def count_waiting_for_me(user: User) -> int:
    """How many of the user's own patients wait, those with results included."""
    return Encounter.objects.filter(
        practitioner=user, date=today(), status__in=[EncounterStatus.WAITING, EncounterStatus.RETURNING]
    ).count()
