from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db.models.functions import TruncHour
from django.utils import timezone

from audit.models import Record
from core import clock
from core.preferences import preference
from oversight.rules.findings import Finding, Reading, Readings, grouped
from oversight.states import Rule

HISTORY = timedelta(days=30)
KNOWN_DAYS = 5  # somebody with fewer days in the trail has no usual hours yet
USUAL_DAYS = 2  # days of the month on which an hour was worked, to be called usual
LEAST_READINGS = 3


def unusual_hours(readings: Readings) -> Iterator[Finding]:
    """Reading in the evening or at night by somebody who was not at work at such an hour in the month before."""
    if not preference("oversight.unusual_hours"):
        return
    for actor, rows in readings.by_actor.items():
        late = [one for one in rows if _is_late(one)]
        for day, daily in grouped(late, "day").items():
            usual = _usual_hours(actor, day)
            strange = [one for one in daily if usual is not None and one.local.hour not in usual]
            if len(strange) >= LEAST_READINGS:
                hours = sorted({one.local.hour for one in strange})
                yield Finding(Rule.UNUSUAL_HOURS, f"{day}", strange, {"times": len(strange), "hours": hours})


def _is_late(one: Reading) -> bool:
    return not preference("oversight.day_begins") <= one.local.time() < preference("oversight.day_ends")


def _usual_hours(actor: UUID, day: date) -> set[int] | None:
    """The hours, and those beside them, on which the person was seen; None while too little is known."""
    until = clock.day_bounds(day)[0]
    seen = Record.objects.filter(actor_id=str(actor), at__gte=until - HISTORY, at__lt=until)
    days: dict[int, set[date]] = defaultdict(set)
    for moment in seen.annotate(hour=TruncHour("at")).values_list("hour", flat=True).distinct():
        local = timezone.localtime(moment)
        days[local.hour].add(local.date())
    if len(set().union(*days.values())) < KNOWN_DAYS:
        return None
    usual = {hour for hour, dates in days.items() if len(dates) >= USUAL_DAYS}
    return {(hour + step) % 24 for hour in usual for step in (-1, 0, 1)}
