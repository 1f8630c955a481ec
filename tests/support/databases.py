"""Databases of the suite: one template per state of the schema, cheap copies of it for those who write."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.paths import ROOT, LocalDir
from deploy.local.postgres import APPLICATION, OWNER, Postgres
from deploy.local.shared import lease
from deploy.local.valkey import Valkey

_KEPT_TEMPLATES = 2
# What a template's content depends on.
_SOURCES = (
    "*/migrations/*.py",
    "*/permissions.py",
    "*/apps.py",
    "*/sql.py",
    "*/install.py",
    "*/registry.py",
    "*/loaders.py",
    "*/catalogue*/**/*",
    "*/data/**/*",
    "config/settings/base.py",
    "config/settings/test.py",
    "core/db/*.py",
    "core/crypto.py",
    "hospitals/services/*.py",
    "accounts/services/*.py",
    "deploy/postgres/*.sql",
    "tests/cast.py",
    "tests/support/template.py",
)


def fingerprint() -> str:
    """A short hash over everything that decides what a fresh hospital's database looks like."""
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class Databases:
    """Makes and drops databases on the suite's server."""

    def __init__(self, local: LocalDir) -> None:
        self.local = local
        self.server = Postgres(local)
        self.valkey = Valkey(local)
        self.template = f"master_{fingerprint()}"

    def environment(self, database: str) -> dict[str, str]:
        """The variables under which a process of its own works on a database, with its own corner of the cache."""
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": self.server.url(APPLICATION, database),
            "DATABASE_OWNER_URL": self.server.url(OWNER, database),
            "REDIS_URL": self.valkey.cache_url(),
            "CELERY_BROKER_URL": self.valkey.broker_url(),
            "CACHE_PREFIX": database,
            "MEDIA_ROOT": str(self.local.path / "media" / database),
        }

    @staticmethod
    def prepare_aside(local: LocalDir) -> None:
        """Start the servers and build the template in a process aside, while the tests are still being collected."""
        command = [sys.executable, "-m", "tests.support.databases", str(local.path)]
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)

    def ensure_template(self) -> None:
        """Build the template unless it stands already; of several processes one builds and the others wait."""
        with (self.local.path / "template.lock").open("a+") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if self.template not in self._names("master_%"):
                self._drop_leftovers()
                self._build()

    def _build(self) -> None:
        print(f"\nBuilding the suite's template database ({self.template}), once", file=sys.stderr, flush=True)
        making = f"making_{self.template}"
        self.drop(making)
        self.server.prepare(making)
        environment = {**os.environ, **self.environment(making), "USE_OWNER_ROLE": "1"}
        subprocess.run([sys.executable, "-m", "tests.support.template"], cwd=ROOT, env=environment, check=True)
        self.server.sql(f'ALTER DATABASE "{making}" RENAME TO "{self.template}"')

    def _drop_leftovers(self) -> None:
        """Databases of earlier processes that were killed, and templates of states long past."""
        for name in self._names("suite_%"):
            if not Path(f"/proc/{name.split('_')[1]}").exists():
                self.drop(name)
        for name in self._names("master_%")[_KEPT_TEMPLATES - 1 :]:
            self.drop(name)

    def _names(self, pattern: str) -> list[str]:
        """Matching databases, youngest first."""
        return self.server.sql(
            f"SELECT datname FROM pg_database WHERE datname LIKE '{pattern}' ORDER BY oid DESC"
        ).split()

    def drop(self, name: str) -> None:
        self.server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def copy(self, label: str) -> Iterator[str]:
        """A copy of the template, dropped afterwards; its name."""
        name = f"suite_{os.getpid()}_{label}"
        self.drop(name)
        self.server.sql(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}" STRATEGY FILE_COPY OWNER "{OWNER}"')
        self.server.sql(
            f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC; GRANT CONNECT ON DATABASE "{name}" TO "{APPLICATION}"'
        )
        try:
            yield name
        finally:
            self.drop(name)


if __name__ == "__main__":
    with lease(LocalDir(Path(sys.argv[1]))):
        Databases(LocalDir(Path(sys.argv[1]))).ensure_template()
