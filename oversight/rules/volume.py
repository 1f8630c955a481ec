from collections import Counter, deque
from collections.abc import Iterator
from datetime import timedelta

from core.preferences import preference
from oversight.models import Alert
from oversight.rules.findings import Finding, Reading, Readings, grouped, readings_between
from oversight.states import Rule

WINDOW = timedelta(hours=1)


def many_patients(readings: Readings) -> Iterator[Finding]:
    """Records of more patients within an hour than anybody's work explains; once per hour and person."""
    limit = preference("oversight.many_patients")
    actors = [str(actor) for actor in readings.by_actor]
    before = readings_between(readings.since - WINDOW, readings.until, actor_id__in=actors)
    for actor, rows in grouped(before, "actor").items():
        widest = _widest(rows)
        patients = len({one.patient for one in widest})
        told = Alert.objects.filter(
            rule=Rule.MANY_PATIENTS, concerned_id=actor, window_end__gte=widest[0].at - WINDOW
        ).exists()
        if patients > limit and not told:
            key = f"{widest[0].local:%Y-%m-%dT%H:%M}"
            yield Finding(Rule.MANY_PATIENTS, key, widest, {"patients": patients, "limit": limit})


def _widest(rows: list[Reading]) -> list[Reading]:
    """The readings of the hour that saw most patients."""
    window: deque[Reading] = deque()
    seen: Counter = Counter()
    best: list[Reading] = []
    most = 0
    for one in rows:
        window.append(one)
        seen[one.patient] += 1
        while one.at - window[0].at > WINDOW:
            gone = window.popleft()
            seen[gone.patient] -= 1
            if not seen[gone.patient]:
                del seen[gone.patient]
        if len(seen) > most:
            most, best = len(seen), list(window)
    return best
