"""Secrets of a local installation: made once, kept in files only their owner can read."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from deploy.local.paths import LocalDir


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The file's content; made first when missing. It appears whole or not at all, for a lost key is lost data."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        making = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        making.rename(path)
    return path.read_text().strip()


def secret_key(local: LocalDir) -> str:
    return _kept(local.keys / "secret_key", lambda: secrets.token_urlsafe(48))


def audit_signing_key(local: LocalDir) -> str:
    """Base64 of 32 random bytes: the Ed25519 key that signs checkpoints of the trail."""
    return _kept(local.keys / "audit_signing_key", lambda: base64.b64encode(secrets.token_bytes(32)).decode())


def master_key(local: LocalDir) -> str:
    """Base64 of 32 random bytes: the key that wraps every hospital's own keys."""
    return _kept(local.keys / "master_key", lambda: base64.b64encode(secrets.token_bytes(32)).decode())
