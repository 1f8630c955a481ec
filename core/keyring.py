"""This process's opened keys, by hospital."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LIFETIME_SECONDS = 300  # so that a rotated key is taken up by every process without a restart


class MissingKey(Exception):
    """A key is not there: MASTER_KEY is unset or the hospital has no data key of that version."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The opened keys of one schema."""

    schema: str
    active_version: int
    ciphers: Mapping[int, AESGCM] = field(repr=False)
    index_key: bytes = field(repr=False)
    loaded_at: float = field(default_factory=time.monotonic)

    @property
    def active(self) -> AESGCM:
        return self.ciphers[self.active_version]

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.loaded_at < LIFETIME_SECONDS


_rings: dict[str, KeyRing] = {}
_loading = threading.Lock()


def ring_of(schema: str, load: Callable[[str], KeyRing]) -> KeyRing:
    """Return the ring of exactly this schema, loading it when this process has none or an old one."""
    ring = _rings.get(schema)
    if ring is not None and ring.is_fresh:
        return ring
    loaded = load(schema)
    with _loading:
        _rings[schema] = loaded
    return loaded


def forget_keys(schema: str | None = None) -> None:
    """Drop the opened keys of one schema, or of all."""
    with _loading:
        _rings.clear() if schema is None else _rings.pop(schema, None)
