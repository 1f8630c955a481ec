"""Servers that several processes use at once and that end with the last of them: the test suite's.

A user holds a shared lock on the file ``users``; the kernel lets go of it however the user ends. The keeper, a process
of its own, stops the servers as soon as it can take that lock for itself.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from deploy.local.environment import write_environment
from deploy.local.paths import ROOT, LocalDir
from deploy.local.postgres import CARELESS, Postgres
from deploy.local.process import StartFailed
from deploy.local.services import AlreadyRunning, Services, hold

_MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of our own in it, whose owner is looked at
_ROOM = 4 * 1024**3  # bytes


def _locked(path: Path, how: int) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a+")
    fcntl.flock(handle, how)
    return handle


@contextmanager
def lease(local: LocalDir) -> Iterator[dict[str, str]]:
    """Give the servers' environment for the duration of a block; they are started where nobody uses them yet."""
    with _locked(local.path / "users", fcntl.LOCK_SH):
        with _locked(local.path / "starting", fcntl.LOCK_EX):
            if not Postgres(local).answers():
                _start_keeper(local)
        yield json.loads(local.environment.read_text())


def _start_keeper(local: LocalDir) -> None:
    local.environment.unlink(missing_ok=True)
    local.make()
    with (local.logs / "keeper.log").open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.shared", str(local.path)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + 60
    while not local.environment.exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise StartFailed(f"The test servers did not start; see {local.logs}")
        time.sleep(0.02)


def _remember_in_memory(local: LocalDir) -> None:
    """Put the cluster into memory where there is room: copying a database is then twenty times quicker."""
    digest = hashlib.sha256(os.fsencode(local.path)).hexdigest()[:16]
    place = _MEMORY / f"ihospita-{os.getuid()}-{digest}"
    if local.postgres.is_symlink() or not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ROOM:
        return
    place.mkdir(exist_ok=True)
    if place.stat().st_uid == os.getuid():
        shutil.rmtree(local.postgres, ignore_errors=True)  # the suite's own, made anew in seconds
        local.postgres.symlink_to(place / local.postgres.name)


def keep(local: LocalDir) -> None:
    """Run the servers until nobody holds a lease."""
    with hold(local, patience=20):
        _remember_in_memory(local)
        services = Services(local, CARELESS, given=False)
        services.start()
        write_environment(local, services.environment())
        try:
            with _unused(local.path / "users"):
                services.stop()  # while the lock is ours, so that a new user waits for a fresh start
        finally:
            services.stop()


@contextmanager
def _unused(users: Path) -> Iterator[None]:
    """Wait until the file can be locked alone."""
    with users.open("a+") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.25)
        yield


def main() -> None:
    os.environ.pop("DATABASE_URL", None)
    try:
        keep(LocalDir(Path(sys.argv[1])))
    except (AlreadyRunning, StartFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
