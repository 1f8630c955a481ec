"""A finished visit: its moves, ticket and encounter, with the minutes a real one takes."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from accounts.models import User
from clinical.models import Encounter, EncounterMove
from clinical.services.encounters import CHARGE_SOURCE
from demo.cases import Case, Drug
from demo.past.ground import Ground
from demo.past.sheets import Sheets
from patients.models import Patient, Visit, VisitMove
from queueing.models import Queue, Ticket, TicketMove

CONSULTATION = "CONS-OPD"
CALLED = 22  # minutes after which nobody waits whose turn it is


@dataclass(frozen=True)
class Item:
    """Something done in a visit that is charged."""

    kind: str
    source_id: UUID
    code: str  # of the service
    by: User
    moment: datetime
    quantity: int = 1
    text: str = ""


@dataclass
class Coming:
    """One patient coming on one day: who, why, to whom, and when each step happened.

    ``waited`` is by how many minutes the doctor was late. What is ordered and prescribed is not always all of the case.
    """

    patient: Patient
    case: Case
    doctor: User
    arrived: datetime
    chance: Random
    waited: int = 0
    panels: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    drugs: tuple[Drug, ...] = ()
    visit: Visit = None  # type: ignore[assignment]
    encounter: Encounter = None  # type: ignore[assignment]
    items: list[Item] = field(default_factory=list)

    def after(self, minutes: float) -> datetime:
        late = self.waited if minutes >= CALLED else 0
        return self.arrived + timedelta(minutes=minutes + late)

    @property
    def triaged(self) -> datetime:
        return self.after(8)

    @property
    def started(self) -> datetime:
        return self.after(24)

    @property
    def finished(self) -> datetime:
        return self.after(38)

    @property
    def paid(self) -> datetime:
        return self.after(47)

    @property
    def left(self) -> datetime:
        return self.after(51 if self.drugs else 47)


def add_visit(sheets: Sheets, ground: Ground, coming: Coming, queue: Queue, day: date, number: int) -> None:
    """Visit, ticket and encounter with their histories; ``number`` is the visit's running number."""
    reception = ground.people["receptionist"]
    coming.visit = visit = sheets.add(
        Visit,
        coming.arrived,
        number=ground.visit_format.format(number=number, date=day),
        patient=coming.patient,
        kind="outpatient",
        status="closed",
        branch=ground.branch,
        department=ground.opd,
        practitioner=coming.doctor,
        reason=coming.case.complaint,
        date=day,
        opened_at=coming.arrived,
        opened_by=reception,
        closed_at=coming.left,
        version=2,
    )
    sheets.add(VisitMove, coming.arrived, visit=visit, to_status="open", by=reception)
    sheets.add(VisitMove, coming.left, visit=visit, from_status="open", to_status="closed")
    ticket = _add_ticket(sheets, ground, coming, queue)
    _add_encounter(sheets, ground, coming, ticket, day)
    coming.items.append(Item(CHARGE_SOURCE, coming.encounter.pk, CONSULTATION, reception, coming.arrived))


def _add_ticket(sheets: Sheets, ground: Ground, coming: Coming, queue: Queue) -> Ticket:
    queue.last_number += 1
    room = ground.rooms[ground.doctors.index(coming.doctor) % len(ground.rooms)]
    ticket = sheets.add(
        Ticket,
        coming.arrived,
        queue=queue,
        visit=coming.visit,
        patient=coming.patient,
        number=queue.last_number,
        label=queue.label(queue.last_number),
        status="done",
        queued_at=coming.arrived,
        room=room,
        called_by=coming.doctor,
        call_count=1,
        called_at=coming.after(CALLED),
        started_at=coming.started,
        ended_at=coming.finished,
    )
    moves = [
        ("issue", "", "waiting", coming.arrived, ground.people["receptionist"]),
        ("call", "waiting", "called", coming.after(CALLED), coming.doctor),
        ("start", "called", "serving", coming.started, coming.doctor),
        ("finish", "serving", "done", coming.finished, coming.doctor),
    ]
    for verb, before, status, moment, by in moves:
        sheets.add(
            TicketMove,
            moment,
            ticket=ticket,
            verb=verb,
            from_status=before,
            to_status=status,
            at=moment,
            by_id=str(by.pk),
            by_name=str(by),
            room=None if verb == "issue" else room,
        )
    return ticket


def _add_encounter(sheets: Sheets, ground: Ground, coming: Coming, ticket: Ticket, day: date) -> None:
    coming.encounter = sheets.add(
        Encounter,
        coming.arrived,
        visit=coming.visit,
        patient=coming.patient,
        branch=ground.branch,
        department=ground.opd,
        practitioner=coming.doctor,
        ticket=ticket,
        date=day,
        status="finished",
        arrived_at=coming.arrived,
        triaged_at=coming.triaged,
        started_at=coming.started,
        finished_at=coming.finished,
        disposition="home",
        version=4,
    )
    moves = [
        ("enrol", "", "waiting", coming.arrived, ground.people["receptionist"]),
        ("triage", "waiting", "waiting", coming.triaged, ground.people["nurse"]),
        ("start", "waiting", "in_progress", coming.started, coming.doctor),
        ("finish", "in_progress", "finished", coming.finished, coming.doctor),
    ]
    for verb, before, status, moment, by in moves:
        sheets.add(
            EncounterMove,
            moment,
            encounter=coming.encounter,
            verb=verb,
            from_status=before,
            to_status=status,
            at=moment,
            by_id=str(by.pk),
            by_name=str(by),
        )
