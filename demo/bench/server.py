"""The real gunicorn with the real configuration, on ports of its own, and what its workers weigh."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from demo.bench.client import Browser, Request
from deploy.local.paths import LocalDir
from deploy.local.process import Child


@dataclass
class Server:
    """A running web server."""

    port: int
    child: Child

    def workers(self) -> list[int]:
        """Process ids of its workers."""
        children = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def processor_seconds(self) -> float:
        """Processor time its workers have used so far; unlike the clock on the wall it hardly feels the neighbours."""
        spent = 0
        for pid in self.workers():
            for task in Path(f"/proc/{pid}/task").iterdir():
                with suppress(OSError):  # a thread may end while we look
                    spent += int((task / "schedstat").read_text().split()[0])
        return spent / 1e9

    def memory(self) -> list[tuple[float, float]]:
        """Resident and proportional set size of each worker in MB; what workers share counts once in the second."""
        return [(_megabytes(f"/proc/{pid}/status", "VmRSS"), _pss(pid)) for pid in self.workers()]


def _megabytes(file: str, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(file).read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _pss(pid: int) -> float:
    try:
        return _megabytes(f"/proc/{pid}/smaps_rollup", "Pss")
    except OSError:
        return 0.0


@contextmanager
def serving(name: str, application: str, probe: str, host: str) -> Iterator[Server]:
    """Run an application under deploy/gunicorn.conf.py, as `make demo` does, until the block ends."""
    local, port = LocalDir.from_environment(), _free_port()
    local.logs.mkdir(parents=True, exist_ok=True)
    environment = {
        "DATABASE_POOL_SIZE": "8",
        "PROMETHEUS_MULTIPROC_DIR": str(local.path / f"metrics-{name}"),
        "PUBLIC_PORT": str(port),
        "USE_OWNER_ROLE": "0",
        **dict.fromkeys(("RATE_READ", "RATE_ACT", "RATE_PAPER", "RATE_STRANGER"), "1000000"),
    }
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    command = [gunicorn, "-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{port}", application]
    child = Child(
        name,
        command,
        {**os.environ, **environment},
        log=local.logs / f"{name}.log",
        ready=lambda: _answers(port, probe, host),
        patience=60.0,
    )
    child.start()
    try:
        child.wait_ready()
        yield Server(port, child)
    finally:
        child.stop()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _answers(port: int, probe: str, host: str) -> bool:
    try:
        return Browser(port, host).send(Request(probe)).status == 200
    except OSError:
        return False
