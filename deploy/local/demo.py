"""`make demo`: set-up, database, demo hospitals, then web, worker and beat in the foreground."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.environment import local_environment, write_environment
from deploy.local.paths import PYTHON, ROOT, LocalDir
from deploy.local.postgres import DATABASE, Postgres
from deploy.local.process import Child, StartFailed
from deploy.local.services import AlreadyRunning, Services, hold
from deploy.local.supervisor import Stopped, Supervisor, listen_for_signals
from deploy.local.welcome import welcome

Prepare = Callable[[Services, dict[str, str]], None]
_started = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - _started:5.1f} s] {text}", flush=True)


def prepare_database(services: Services, environment: dict[str, str]) -> None:
    """Migrate and, where no hospital exists, make the demo's; shows its output."""
    unfinished = services.local.path / "database.unfinished"
    if services.postgres:
        _begin(services.postgres, unfinished)
    say("Database: migrations of the platform and of every hospital")
    done = subprocess.run(
        [str(PYTHON), "-m", "deploy.local.prepare"],
        cwd=ROOT,
        env={**os.environ, **environment, "USE_OWNER_ROLE": "1"},
        check=False,
    )
    if done.returncode:
        raise StartFailed(f"The database could not be prepared (code {done.returncode})")
    unfinished.unlink(missing_ok=True)


def _begin(postgres: Postgres, unfinished: Path) -> None:
    """A demo that was interrupted while its data was being made begins again; finished data is never touched."""
    if unfinished.exists():
        say("The demo's data was left unfinished: it is made again")
        postgres.sql(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        postgres.prepare()
    elif not postgres.sql("SELECT to_regclass('public.hospitals_hospital')", DATABASE):
        unfinished.touch()


def children(environment: dict[str, str], local: LocalDir, port: int) -> list[Child]:
    """Web, worker and beat of this installation."""
    bin_directory = PYTHON.parent
    celery = [str(bin_directory / "celery"), "-A", "config", "--skip-checks", "--quiet"]
    schedule = str(local.path / "beat-schedule")
    web_environment = {
        **environment,
        "DATABASE_POOL_SIZE": "8",
        "PROMETHEUS_MULTIPROC_DIR": str(local.path / "metrics"),
    }
    return [
        Child(
            "web",
            [
                str(bin_directory / "gunicorn"),
                "-c",
                "deploy/gunicorn.conf.py",
                "-b",
                f"127.0.0.1:{port}",
                "config.wsgi",
            ],
            web_environment,
            ready=lambda: answers(port),
            patience=60.0,
        ),
        Child(
            "worker",
            [*celery, "worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING", "--without-mingle"],
            environment,
        ),
        Child(
            "beat",
            [*celery, "beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", schedule],
            environment,
        ),
    ]


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def run(local: LocalDir, port: int, prepare: Prepare = prepare_database) -> None:
    """Start everything and stay until a signal stops it."""
    services = Services(local)
    processes: list[Child] = []
    try:
        services.start()
        say(f"Servers: {', '.join(child.name for child in services.children) or 'those of the given addresses'}")
        environment = local_environment(services, port)
        write_environment(local, environment)
        prepare(services, environment)
        processes = children(environment, local, port)
        for child in processes:
            child.start()
            say(f"{child.name} started (process {child.pid})")
        processes[0].wait_ready()
        print(welcome(port, local), flush=True)
        Supervisor([*services.children, *processes], say).watch()
    finally:
        stop(processes, services)


def stop(processes: list[Child], services: Services) -> None:
    say("Stopping")
    for child in processes:
        child.ask_to_stop()  # all at once: they need no order among themselves
    for child in processes:
        child.stop()
    services.stop()
    say("Stopped; the data is kept")


def main(prepare: Prepare = prepare_database) -> None:
    local, port = LocalDir.from_environment(), int(os.environ.get("PORT", "8000"))
    listen_for_signals()
    try:
        handle = hold(local, patience=5)
        with handle:
            run(local, port, prepare)
    except Stopped:
        sys.exit(0)
    except (AlreadyRunning, StartFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
