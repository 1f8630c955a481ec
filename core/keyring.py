"""This process's opened keys, by hospital."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32


class KeyProblem(Exception):
    """Something encrypted cannot be opened, or nothing can be encrypted. Never answered with a blank."""


class MissingKey(KeyProblem):
    """A key is not there: MASTER_KEY is unset or the hospital has no data key of that version."""


class KeyServiceDown(KeyProblem):
    """Whoever keeps the key that wraps the data keys does not answer; it may later."""


class TamperedCiphertext(KeyProblem):
    """The ciphertext was changed, moved to another row, column or hospital, or is none at all."""


class WrongKey(TamperedCiphertext):
    """A wrapped data key does not open with the key that is there."""


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
        return time.monotonic() - self.loaded_at < settings.KEY_RING_SECONDS


_rings: dict[str, KeyRing] = {}
_opened: dict[tuple[str, str], bytes] = {}  # by schema and wrapped text: a provider is asked once in a process's life
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
    if schema is None:
        _opened.clear()


def opened_key(schema: str, wrapped: str, unwrap: Callable[[], bytes]) -> bytes:
    """Return the key behind a wrapped text, asking its provider only when this process has not opened it yet."""
    key = _opened.get((schema, wrapped))
    if key is None:
        key = _opened[schema, wrapped] = unwrap()
    return key
