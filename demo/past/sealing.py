"""Seals the trail of what was written in bulk, as beat would do by and by."""

from audit.services.chain import seal_pending

AT_ONCE = 50_000


def seal_all() -> None:
    while seal_pending(AT_ONCE) == AT_ONCE:
        pass
