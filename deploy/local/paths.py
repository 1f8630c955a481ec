"""Where the run-time state of one local installation lies."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
_LONGEST_SOCKET = 107  # bytes a Unix socket's address may have
_LONGEST_NAME = len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class LocalDir:
    """One directory with everything a local installation writes: databases, media, keys, logs."""

    path: Path

    @classmethod
    def from_environment(cls, *inner: str) -> "LocalDir":
        """LOCAL_DIR (default ``.local``, relative to the checkout), or a directory inside it."""
        return cls((ROOT / os.environ.get("LOCAL_DIR", ".local")).resolve().joinpath(*inner))

    @property
    def postgres(self) -> Path:
        return self.path / "pg18"  # the major version is part of the name: an upgrade never opens old files

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def media(self) -> Path:
        return self.path / "media"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def logs(self) -> Path:
        return self.path / "log"

    @property
    def environment(self) -> Path:
        return self.path / "environment.json"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def sockets(self) -> Path:
        """The sockets' directory; a short one elsewhere when the checkout lies too deep for a socket's address."""
        inside = self.path / "run"
        if len(os.fsencode(inside)) + _LONGEST_NAME <= _LONGEST_SOCKET:
            return inside
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"ihospita-{os.getuid()}-{digest}"

    def make(self) -> None:
        for directory in (self.path, self.valkey, self.media, self.logs):
            directory.mkdir(parents=True, exist_ok=True)
        self.keys.mkdir(mode=0o700, exist_ok=True)
