"""PostgreSQL and Valkey of one local directory, started together; only one launcher may own a directory."""

import fcntl
import os
import time
from collections.abc import Mapping
from typing import IO

from deploy.local.keys import audit_signing_key, master_key, secret_key
from deploy.local.paths import LocalDir
from deploy.local.postgres import APPLICATION, OWNER, Postgres
from deploy.local.process import Child, StartFailed
from deploy.local.valkey import Valkey


class AlreadyRunning(RuntimeError):
    """Another launcher holds the directory."""


def hold(local: LocalDir, patience: float = 0.0) -> IO[str]:
    """Lock the directory for this process; the kernel lets go of it however the process ends."""
    local.path.mkdir(parents=True, exist_ok=True)
    handle = local.lock.open("a+")
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() >= deadline:
                handle.close()
                raise AlreadyRunning(f"Another process already runs in {local.path}") from None
            time.sleep(0.1)


class Services:
    """The servers that no address was given for. What DATABASE_URL and REDIS_URL name is left to whoever runs it."""

    def __init__(self, local: LocalDir, settings: Mapping[str, str] | None = None, *, given: bool = True) -> None:
        self.local = local
        self.postgres = None if given and os.environ.get("DATABASE_URL") else Postgres(local, settings)
        self.valkey = None if given and os.environ.get("REDIS_URL") else Valkey(local)
        self.children: list[Child] = []

    def start(self) -> None:
        self.local.make()
        for server in (self.postgres, self.valkey):
            if server:
                child = server.child()
                child.start()
                self.children.append(child)
        try:
            for child in self.children:
                child.wait_ready()
            if self.postgres:
                self.postgres.prepare()
        except StartFailed:
            self.stop()
            raise

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()

    def environment(self) -> dict[str, str]:
        """The environment variables under which Django finds these servers, its keys and its files."""
        found = {
            "SECRET_KEY": secret_key(self.local),
            "MASTER_KEY": master_key(self.local),
            "AUDIT_SIGNING_KEY": audit_signing_key(self.local),
            "MEDIA_ROOT": str(self.local.media),
        }
        if self.postgres:
            found["DATABASE_URL"] = self.postgres.url(APPLICATION)
            found["DATABASE_OWNER_URL"] = self.postgres.url(OWNER)
            found["DATABASE_APP_ROLE"] = APPLICATION
        if self.valkey:
            found["REDIS_URL"] = self.valkey.cache_url()
            found["CELERY_BROKER_URL"] = self.valkey.broker_url()
        return found
