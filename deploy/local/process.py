"""One child process of the launcher: started, watched, stopped."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deploy.local.paths import ROOT
from deploy.local.privileges import SAME_USER, Identity, before_exec


class StartFailed(RuntimeError):
    """A child did not become ready."""


@dataclass
class Child:
    """A direct child. Its output goes to ``log``, or to the terminal with its name in front where ``log`` is None."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    identity: Identity = SAME_USER
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGTERM
    ready: Callable[[], bool] = lambda: True
    patience: float = 20.0
    process: subprocess.Popen[bytes] | None = None
    asked_to_stop: bool = False

    def start(self) -> None:
        """Start; must be called in the main thread, for the kernel binds the child to the thread that forked it."""
        self.asked_to_stop = False
        output = subprocess.PIPE if self.log is None else self.log.open("ab")
        self.process = subprocess.Popen(
            list(self.command),
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=before_exec(self.identity, self.death_signal),
        )
        if self.log is None:
            threading.Thread(target=_relay, args=(self.name, self.process.stdout), daemon=True).start()
        else:
            output.close()  # type: ignore[union-attr]

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def exited(self) -> int | None:
        """The exit code once the child is gone (and reaped), else None."""
        return self.process.poll() if self.process else None

    def wait_ready(self) -> None:
        """Return when the child answers; raise StartFailed when it exits or takes longer than its patience."""
        deadline = time.monotonic() + self.patience
        while not self.ready():
            if self.exited() is not None:
                raise StartFailed(f"{self.name} stopped with code {self.exited()} while starting.{self._tail()}")
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.name} did not answer within {self.patience:.0f} s.{self._tail()}")
            time.sleep(0.03)

    def ask_to_stop(self) -> None:
        """Send the polite signal, once: some programs take a second one for impatience."""
        if self.process and self.exited() is None and not self.asked_to_stop:
            self.asked_to_stop = True
            self.process.send_signal(self.stop_signal)

    def stop(self, patience: float = 15.0) -> None:
        """Ask the child to end, insist after the patience; returns when it is gone."""
        if self.process is None or self.exited() is not None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _tail(self) -> str:
        if self.log is None or not self.log.exists():
            return ""
        return "\n" + "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def _relay(name: str, stream: IO[bytes]) -> None:
    for line in stream:
        sys.stdout.write(f"{name:>8} | {line.decode(errors='replace').rstrip()}\n")
        sys.stdout.flush()
