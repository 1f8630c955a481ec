"""The first page of nurses and doctors: whom to triage, whom to see, what to sign."""

from typing import Any

from django.http import HttpRequest

from clinical.queries.worklists import doctors_day, doctors_queues, notes_to_sign, waiting_for_triage
from core import home
from queueing.queries import counted


def to_triage(request: HttpRequest) -> dict[str, Any] | None:
    """Doctors see in their own line who has not been measured."""
    branch = request.workplace.branch
    if branch is None or request.user.may("encounter:conduct"):
        return None
    return {"rows": home.first(waiting_for_triage(request.user, branch))}


def my_patients(request: HttpRequest) -> dict[str, Any] | None:
    branch = request.workplace.branch
    if branch is None:
        return None
    day = doctors_day(request.user, branch)
    return {
        "rows": home.first_of(day.in_room, day.called, day.returning, day.waiting),
        "queues": counted(home.first(doctors_queues(request.user, branch))),
    }


def to_sign(request: HttpRequest) -> dict[str, Any]:
    return {"rows": home.first(notes_to_sign(request.user))}


home.register("clinical/home/triage.html", order=10, permission="vitals:record", context=to_triage)
home.register("clinical/home/patients.html", order=10, permission="encounter:conduct", context=my_patients)
home.register("clinical/home/notes.html", order=50, permission="note:write", context=to_sign)
