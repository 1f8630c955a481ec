"""MASTER_KEY of this installation, 32 bytes in base64, given by the environment or a secret's file."""

import os
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from core.keyring import KEY_BYTES, NONCE_BYTES, MissingKey, WrongKey
from core.keys.provider import Context


class LocalProvider:
    """AES-256-GCM with MASTER_KEY, or with another master key that is given (the former one, while keys move)."""

    def __init__(self, master_key: str | None = None) -> None:
        self._given = master_key

    def wrap(self, key: bytes, context: Context) -> str:
        nonce = os.urandom(NONCE_BYTES)
        return urlsafe_b64encode(nonce + self._cipher().encrypt(nonce, key, _bound(context))).decode("ascii")

    def unwrap(self, wrapped: str, context: Context) -> bytes:
        try:
            raw = urlsafe_b64decode(wrapped)
            return self._cipher().decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(context))
        except (InvalidTag, Base64Error) as error:
            raise WrongKey("A data key does not open: wrong MASTER_KEY, or a key of another hospital") from error

    def _cipher(self) -> AESGCM:
        return _master(settings.MASTER_KEY if self._given is None else self._given)


def _bound(context: Context) -> bytes:
    return f"{context['schema']}|{context['purpose']}|{context['version']}".encode()


@lru_cache(maxsize=4)
def _master(master_key: str) -> AESGCM:
    try:
        key = b64decode(master_key, validate=True)
    except (ValueError, Base64Error) as error:
        raise MissingKey("MASTER_KEY is not base64") from error
    if len(key) != KEY_BYTES:
        raise MissingKey("MASTER_KEY must be the base64 of 32 bytes")
    return AESGCM(key)
