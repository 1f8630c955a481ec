"""How many units of a service charged by time were begun. Pure; docs in billing.pricing hold for it, too."""

import datetime

UNITS = {"day": datetime.timedelta(days=1), "hour": datetime.timedelta(hours=1)}


def units_begun(elapsed: datetime.timedelta, *, unit: str, grace: datetime.timedelta) -> int:
    """How many days (of 24 hours) or hours were begun; what goes over by no more than `grace` begins none.

    The first one is begun at once, however short it was. Raises ValueError for less than no time.
    """
    if elapsed < datetime.timedelta(0):
        raise ValueError("Nothing ends before it begins")
    over = elapsed - grace
    whole, rest = divmod(over, UNITS[unit])
    return max(1, whole + bool(rest))
