"""Real parallel work: threads, each with a database connection of its own, and waiting for what others do."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Race:
    """What came of a race: the results of those who got through and the errors of those who did not."""

    results: list[Any] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


def race(*runners: Callable[[], Any], times: int = 1, patience: float = 60.0) -> Race:
    """Run every runner ``times`` times, all at the same moment, in the schema of the caller.

    >>> race(lambda: call_next(queue=queue, room=room, by=doctor), times=8).results
    """
    everyone = [runner for runner in runners for _ in range(times)]
    outcome, barrier, tenant = Race(), threading.Barrier(len(everyone)), connection.tenant

    def run(runner: Callable[[], Any]) -> None:
        try:
            connection.set_tenant(tenant)
            connection.ensure_connection()
            barrier.wait(patience)
            outcome.results.append(runner())
        except Exception as error:
            outcome.errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(runner,), daemon=True) for runner in everyone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    if any(thread.is_alive() for thread in threads):
        raise TimeoutError(f"A race did not end within {patience:.0f} s: a deadlock?")
    return outcome


def eventually(holds: Callable[[], bool], *, patience: float = 20.0) -> bool:
    """Whether a condition that another process brings about (a job, an event) comes true within seconds."""
    end = time.monotonic() + patience
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.1)
    return held
