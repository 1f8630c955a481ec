"""Keeps a set of child processes alive until it is asked to stop."""

import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from deploy.local.process import Child, StartFailed

_CALM = 30.0  # seconds a child must live for its restarts to be forgotten
_LONGEST_PAUSE = 10.0


class Stopped(Exception):
    """SIGINT or SIGTERM arrived."""


def _raise_stopped(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the stopping
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def listen_for_signals() -> None:
    """From now on SIGINT, SIGTERM and SIGHUP raise Stopped in the main thread."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stopped)


class Supervisor:
    """Restarts whatever ends by itself, with a growing pause while it keeps ending."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self.children = list(children)
        self.say = say
        self._failures = dict.fromkeys((child.name for child in children), 0)
        self._started = dict.fromkeys((child.name for child in children), time.monotonic())
        self._due: dict[str, float] = {}

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Look after the children until the answer is yes; by default until Stopped ends it."""
        while not until():
            for child in self.children:
                self._look_after(child)
            time.sleep(0.2)

    def _look_after(self, child: Child) -> None:
        code = child.exited()
        if code is None:
            return
        if child.name not in self._due:
            self._due[child.name] = time.monotonic() + self._pause(child)
            self.say(f"{child.name} ended ({code}); it is started again")
        elif time.monotonic() >= self._due[child.name]:
            del self._due[child.name]
            self._restart(child)

    def _pause(self, child: Child) -> float:
        """Seconds to wait: none after a calm life, doubling up to ten while it keeps failing."""
        if time.monotonic() - self._started[child.name] > _CALM:
            self._failures[child.name] = 0
        self._failures[child.name] += 1
        return (
            min(_LONGEST_PAUSE, 0.25 * 2 ** (self._failures[child.name] - 1)) if self._failures[child.name] > 1 else 0
        )

    def _restart(self, child: Child) -> None:
        self._started[child.name] = time.monotonic()
        child.start()
        try:
            child.wait_ready()
        except StartFailed as error:
            self.say(str(error).splitlines()[0])
            child.stop()
        else:
            self.say(f"{child.name} runs again (process {child.pid})")

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
