from collections.abc import Iterator
from datetime import timedelta

from accounts.models import User
from core import clock
from core.preferences import preference
from oversight.rules.findings import Finding, Reading, Readings, grouped, readings_between
from oversight.states import Rule
from patients.models import Visit

RECENT = timedelta(days=90)
CARE = {"outpatient", "emergency", "inpatient"}


def other_departments(readings: Readings) -> Iterator[Finding]:
    """Somebody who belongs to one department reads, over a day, patients who only ever came to others."""
    limit = preference("oversight.department_patients")
    for actor, rows in readings.by_actor.items():
        user = readings.people.get(actor)
        if user is None or _home(user) is None:
            continue
        for day in grouped(rows, "day"):
            start, end = clock.day_bounds(day)
            foreign = _foreign(user, list(readings_between(start, end, actor_id=str(actor))))
            patients = len({one.patient for one in foreign})
            if patients > limit:
                yield Finding(Rule.OTHER_DEPARTMENT, f"{day}", foreign, {"patients": patients, "limit": limit})


def _home(user: User):
    """The department of care the person belongs to; laboratory, pharmacy and desks serve everybody."""
    home = getattr(getattr(user, "profile", None), "home_department", None)
    return home if home is not None and home.kind in CARE else None


def _foreign(user: User, rows: list[Reading]) -> list[Reading]:
    since = clock.today() - RECENT
    visits = Visit.objects.filter(patient__in={one.patient for one in rows}, date__gte=since)
    known = set(visits.values_list("patient", flat=True))
    ours = set(visits.filter(department=_home(user)).values_list("patient", flat=True))
    ours |= set(visits.filter(practitioner=user).values_list("patient", flat=True))
    return [one for one in rows if one.patient in known - ours]
