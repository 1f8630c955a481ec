"""`make demo` on one machine: kill -9 of anything loses no committed row, one Ctrl-C ends everything."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.paths import ROOT, LocalDir
from deploy.local.postgres import DATABASE, OWNER, Postgres
from deploy.local.process import StartFailed
from tests.support.web import answers, free_port

PATIENCE = 60.0
NAMES = {"postgres": "postgres", "valkey": "valkey-server", "web": "gunicorn", "worker": " worker ", "beat": " beat "}


def eventually(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"not within {PATIENCE:.0f} s: {what}"
        time.sleep(0.1)


class Demo:
    """A demo of the test's own, started as a process of its own."""

    def __init__(self, directory: Path) -> None:
        self.local, self.port = LocalDir(directory), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.deploy.small_demo"],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=(self.local.path.parent / "demo.log").open("ab"),
            stderr=subprocess.STDOUT,
        )
        eventually(self.is_ready, "the demo answers")

    def environment(self) -> dict[str, str]:
        ours = ("DATABASE_", "REDIS_", "CELERY_", "DJANGO_", "CACHE_", "MEDIA_", "MASTER_", "SECRET_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**kept, "LOCAL_DIR": str(self.local.path), "PORT": str(self.port), "WEB_WORKERS": "1"}

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.local.path.parent / "demo.log").read_text()[-3000:]
        return answers(self.port, "/health/ready")

    def processes(self) -> dict[str, int]:
        """Name and id of the supervisor's direct children."""
        assert self.process is not None
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        commands = {int(pid): f" {_command(int(pid))} " for pid in pids}
        return {name: pid for name, part in NAMES.items() for pid, command in commands.items() if part in command}

    def write(self, number: int) -> bool:
        """Whether the row was committed: the database said so."""
        try:
            Postgres(self.local).sql(f"INSERT INTO written VALUES ({number})", DATABASE, OWNER)
        except StartFailed:
            return False
        return True

    def written(self) -> set[int]:
        return {int(row) for row in Postgres(self.local).sql("SELECT n FROM written", DATABASE, OWNER).split()}

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _lives(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.fixture
def demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory() as directory:
        own = Demo(Path(directory) / "local")
        yield own
        if own.process and own.process.poll() is None:
            own.stop()


def test_nothing_committed_is_lost_a_second_demo_is_refused_and_one_signal_ends_everything(demo):
    """One life of a demo, for a start takes a while."""
    demo.start()
    committed = _written_while_everything_is_killed(demo)
    assert len(committed) >= 20
    everybody = demo.processes()
    demo.stop(signal.SIGKILL)
    eventually(lambda: not any(map(_lives, everybody.values())), "nobody outlives the supervisor")
    demo.start()
    assert demo.written() >= committed
    second = subprocess.run(
        [sys.executable, "-m", "tests.deploy.small_demo"],
        cwd=ROOT,
        env=demo.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (second.returncode, "already runs" in second.stderr) == (1, True)
    everybody = demo.processes()
    assert set(everybody) == set(NAMES)
    assert demo.stop(signal.SIGINT) == 0
    assert not any(map(_lives, everybody.values()))


def _written_while_everything_is_killed(demo: Demo) -> set[int]:
    """Numbers that the database said were committed, before and after each of the processes was killed."""
    Postgres(demo.local).sql("CREATE TABLE written (n int PRIMARY KEY)", DATABASE, OWNER)
    committed = {number for number in range(5) if demo.write(number)}
    for turn, name in enumerate(NAMES, start=1):
        before = demo.processes()[name]
        os.kill(before, signal.SIGKILL)
        committed |= {number for number in range(10 * turn, 10 * turn + 5) if demo.write(number)}
        eventually(lambda name=name, before=before: demo.processes().get(name, before) != before, f"{name} runs again")
        eventually(demo.is_ready, f"the demo answers after {name} was killed")
    return committed


def test_a_directory_too_deep_for_a_socket_gets_one_elsewhere(tmp_path):
    deep = LocalDir(tmp_path / ("d" * 100))
    assert not deep.sockets.is_relative_to(deep.path)
    assert deep.sockets == LocalDir(tmp_path / ("d" * 100)).sockets
