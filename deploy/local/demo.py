"""`make demo`: set-up, database, demo hospitals, then web, worker and beat in the foreground."""

import http.client
import os
import subprocess
import sys
import time

from deploy.local.environment import local_environment, write_environment
from deploy.local.paths import PYTHON, ROOT, LocalDir
from deploy.local.process import Child, StartFailed
from deploy.local.services import AlreadyRunning, Services, hold
from deploy.local.supervisor import Stopped, Supervisor, listen_for_signals
from deploy.local.welcome import welcome

_started = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - _started:5.1f} s] {text}", flush=True)


def prepare_database(environment: dict[str, str]) -> None:
    """Migrate and, where no hospital exists, make the demo's; shows its output."""
    say("Database: migrations of the platform and of every hospital")
    done = subprocess.run(
        [str(PYTHON), "-m", "deploy.local.prepare"],
        cwd=ROOT,
        env={**os.environ, **environment, "USE_OWNER_ROLE": "1"},
        check=False,
    )
    if done.returncode:
        raise StartFailed(f"The database could not be prepared (code {done.returncode})")


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


def run(local: LocalDir, port: int) -> None:
    """Start everything and stay until a signal stops it."""
    services = Services(local)
    processes: list[Child] = []
    try:
        services.start()
        say(
            "PostgreSQL and Valkey are ready"
            if services.children
            else "Using the servers of DATABASE_URL and REDIS_URL"
        )
        environment = local_environment(services, port)
        write_environment(local, environment)
        prepare_database(environment)
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


def main() -> None:
    local, port = LocalDir.from_environment(), int(os.environ.get("PORT", "8000"))
    listen_for_signals()
    try:
        handle = hold(local, patience=5)
        with handle:
            run(local, port)
    except Stopped:
        sys.exit(0)
    except (AlreadyRunning, StartFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
