"""What is killed, and when: after so many of all payments have their receipt. Always SIGKILL, without warning."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from demo.chaos.clients import Outcome
from deploy.local.process import Child

Say = Callable[[str], None]
# share of all receipts, process, whether its own children die with it (of the web server alone: one of its workers)
PLAN = (
    (0.05, "web", "one child"),
    (0.15, "worker", "itself"),
    (0.25, "postgres", "itself"),
    (0.45, "web", "all"),
    (0.60, "postgres", "all"),
    (0.75, "worker", "all"),
    (0.85, "web", "one child"),
)


def begin(children: Sequence[Child], outcome: Outcome, payments: int, say: Say) -> threading.Thread:
    """Carry the plan out beside the payments."""
    named = {child.name: child for child in children}
    thread = threading.Thread(target=_carry_out, args=(named, outcome, payments, say), daemon=True)
    thread.start()
    return thread


def _carry_out(named: dict[str, Child], outcome: Outcome, payments: int, say: Say) -> None:
    for share, name, whom in PLAN:
        while len(outcome.receipts) < share * payments:
            if outcome.ended >= payments:
                return
            time.sleep(0.01)
        say(f"{len(outcome.receipts)} receipts: SIGKILL for {name} ({whom})")
        for pid in _victims(named[name], whom):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _victims(child: Child, whom: str) -> list[int]:
    pid = child.pid
    if pid is None:
        return []
    below = [int(one) for one in _children_of(pid)]
    return {"itself": [pid], "one child": below[:1], "all": [pid, *below]}[whom]


def _children_of(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return []
