"""Looks at what was read since the last time, and raises an alert for what is unusual."""

from datetime import timedelta

from django.db import transaction

from core import clock
from oversight.models import Alert, Mark
from oversight.rules import RULES, Readings
from oversight.services.alerts import raise_alert

OVERLAP = timedelta(minutes=10)  # a reading's transaction may end a little after its time
STEP = timedelta(hours=1)
FIRST_LOOK = timedelta(days=1)


@transaction.atomic
def look_at_readings() -> list[Alert]:
    """Look once; what was looked at twice raises no second alert. Of two jobs at once the second finds nothing left."""
    now = clock.now()
    Mark.objects.get_or_create(pk=1, defaults={"seen_until": now - FIRST_LOOK})
    mark = Mark.objects.select_for_update().get(pk=1)
    raised: list[Alert] = []
    since = mark.seen_until - OVERLAP
    while since < now:  # hour by hour: after a long stop of the jobs no list grows without bounds
        until = min(since + STEP, now)
        readings = Readings(since, until)
        found = [finding for rule in RULES for finding in rule(readings)] if readings.new else []
        raised += [alert for finding in found if (alert := raise_alert(**finding.facts()))]
        since = until
    mark.seen_until = max(mark.seen_until, now)
    mark.save()
    return raised
