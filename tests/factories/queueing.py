"""Queues and tickets as a morning leaves them."""

import itertools
from datetime import date
from typing import Any

from accounts.models import Branch, Department, Room, User
from patients.models import Family, Patient, Visit
from patients.services.visits import open_visit
from queueing.models import Queue, Ticket
from queueing.services.queues import open_queue
from queueing.services.tickets import issue_ticket

_numbers = itertools.count(1)


def make_patient(**fields: Any) -> Patient:
    """A grown woman of an own family; any field can be given."""
    number = next(_numbers)
    family = fields.pop("family", None) or Family.objects.create(number=f"TF-{number:06d}")
    facts = {
        "mrn": f"T-{number:06d}",
        "family": family,
        "family_name": "Chea",
        "given_name": f"Sothy {number}",
        "sex": "female",
        "birth_date": date(1986, 5, 4),
        "phone": f"0120{number:05d}",
        "registered_by": fields.pop("by", None) or User.objects.get(username="receptionist"),
    }
    return Patient.objects.create(**{**facts, **fields})


def department(code: str = "OPD") -> Department:
    return Department.objects.get(code=code)


def room(code: str = "1") -> Room:
    return Room.objects.get(code=code)


def make_visit(*, by: User, patient: Patient | None = None, code: str = "OPD", **fields: Any) -> Visit:
    facts = {"kind": "outpatient", "branch": Branch.objects.order_by("code").first(), "department": department(code)}
    return open_visit(patient=patient or make_patient(by=by), by=by, **{**facts, **fields})


def make_queue(*, practitioner: User | None = None, code: str = "OPD", date: Any = None) -> Queue:
    return open_queue(branch=Branch.objects.get(), department=department(code), practitioner=practitioner, date=date)


def make_ticket(*, by: User, practitioner: User | None = None, code: str = "OPD", **fields: Any) -> Ticket:
    """One more patient in a line."""
    visit = fields.pop("visit", None) or make_visit(by=by, code=code, practitioner=practitioner)
    return issue_ticket(visit=visit, department=department(code), practitioner=practitioner, by=by, **fields)
