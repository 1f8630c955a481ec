"""The product as it runs outside: gunicorn and a Celery worker on a database of their own."""

import http.client
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.paths import PYTHON
from deploy.local.process import Child
from tests.support.clients import host_of
from tests.support.databases import Databases


@dataclass(frozen=True)
class Web:
    """A running web server and where it writes its mail."""

    port: int
    database: str
    mailbox: Path
    children: tuple[Child, ...]

    def url(self, path: str = "/", hospital: str = "samaki", surface: str = "portal") -> str:
        return f"http://{host_of(hospital, surface)}:{self.port}{path}"

    def mails(self) -> list[str]:
        """Every mail sent so far, oldest first."""
        return [file.read_text(encoding="utf-8") for file in sorted(self.mailbox.iterdir())]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int, path: str = "/health/live") -> bool:
    """Whether the server says 200; it is asked by address, for Python does not resolve *.localhost."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def web_child(port: int, environment: Mapping[str, str], log: Path) -> Child:
    command = [str(PYTHON.parent / "gunicorn"), "-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{port}"]
    return Child("web", [*command, "config.wsgi"], environment, log=log, ready=lambda: answers(port), patience=60)


def worker_child(environment: Mapping[str, str], log: Path) -> Child:
    command = [str(PYTHON.parent / "celery"), "-A", "config", "--skip-checks", "worker", "--pool", "threads"]
    return Child(
        "worker", [*command, "--concurrency", "2", "--loglevel", "WARNING", "--without-mingle"], environment, log=log
    )


@contextmanager
def running_web(databases: Databases, label: str, **extra: str) -> Iterator[Web]:
    """Start both on a fresh copy of the template; everything is gone afterwards."""
    logs, port = databases.local.logs, free_port()
    with databases.copy(label) as database, tempfile.TemporaryDirectory() as mailbox:
        environment = {
            **databases.environment(database),
            "PUBLIC_PORT": str(port),
            "CELERY_TASK_ALWAYS_EAGER": "0",
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": mailbox,
            "WEB_WORKERS": "2",
            **extra,
        }
        web = web_child(port, {**environment, "DATABASE_POOL_SIZE": "8"}, logs / f"{label}-web.log")
        worker = worker_child(environment, logs / f"{label}-worker.log")
        try:
            web.start()
            worker.start()
            web.wait_ready()
            yield Web(port, database, Path(mailbox), (web, worker))
        finally:
            for child in (web, worker):
                child.stop(patience=2)  # a browser's idle connection would be waited for
