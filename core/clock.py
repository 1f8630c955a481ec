"""The one place that knows what time it is; tests freeze it here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.utils import timezone


class FrozenClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def advance(self, **duration: float) -> None:
        """Move forward by a timedelta's arguments: ``clock.advance(minutes=5)``."""
        self.moment += timedelta(**duration)


_frozen: FrozenClock | None = None  # for the whole process: threads of a test share the frozen moment


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return _frozen.moment if _frozen else timezone.now()


def today() -> date:
    """Return the hospital's calendar date (TIME_ZONE, Asia/Phnom_Penh); before seven o'clock it is not yet UTC's."""
    return timezone.localdate(now())


def day_of(moment: datetime) -> date:
    """Return the hospital's calendar date of a moment."""
    return timezone.localdate(moment)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of the hospital's day and the first moment of the next: ``start <= moment < end``."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    return start, end


@contextmanager
def freeze(moment: datetime | str) -> Iterator[FrozenClock]:
    """Stop the clock within a ``with`` block, at a moment or its ISO text (the hospital's time without an offset)."""
    global _frozen
    before = _frozen
    moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    _frozen = FrozenClock(timezone.make_aware(moment) if timezone.is_naive(moment) else moment)
    try:
        yield _frozen
    finally:
        _frozen = before
