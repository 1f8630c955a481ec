"""Encryption at field level with keys of each hospital, and blind indexes to search what is encrypted.

A hospital has two data keys (32 random bytes each) in its own schema: one encrypts, one makes blind indexes. Both are
wrapped by a key provider (core.keys: MASTER_KEY, AWS KMS or Vault), bound to schema, purpose and version, so that a key
row moved to another hospital does not open. Tokens read ``v1:<key version>:<base64url of nonce and AES-256-GCM
ciphertext>``; the hospital's schema is always part of the associated data, so that a ciphertext moved to another
hospital does not open either. Nothing here ever answers with a blank for what it cannot open: it raises.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction

from core import keyring
from core.keyring import KEY_BYTES, NONCE_BYTES, TAG_BYTES, KeyRing, MissingKey, TamperedCiphertext, WrongKey
from core.keys.local import LocalProvider
from core.keys.provider import Context, present_provider, provider_of, unwrap

if TYPE_CHECKING:
    from core.models import DataKey

INDEX_BYTES = 16
PREFIX = "v1"


def encrypt(plain: bytes, *, aad: str) -> str:
    """Return a token that only the same ``aad`` in the same hospital opens. Raises MissingKey without a data key."""
    ring = _ring()
    nonce = os.urandom(NONCE_BYTES)
    sealed = ring.active.encrypt(nonce, plain, _bound(ring.schema, aad))
    return f"{PREFIX}:{ring.active_version}:{urlsafe_b64encode(nonce + sealed).decode('ascii')}"


def decrypt(token: str, *, aad: str) -> bytes:
    """Return what was encrypted. Raises TamperedCiphertext or MissingKey, never answers with a blank."""
    version, raw = _parse(token)
    ring = _ring()
    try:
        return _cipher(ring, version).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(ring.schema, aad))
    except InvalidTag as error:
        raise TamperedCiphertext(f"Does not open as {aad.split('|')[0]} of {ring.schema}") from error


def blind_index(value: str, *, purpose: str) -> bytes:
    """Return 16 bytes that are equal for equal values of one purpose in one hospital, and tell nothing else.

    Normalise the value first (``core.text``): the index knows only equal and different.
    """
    return _digest(value, purpose)[:INDEX_BYTES]


def index_number(value: str, *, purpose: str) -> int:
    """Return the blind index as a signed 64-bit number, for a bigint array. Numbers may collide: check the text."""
    return int.from_bytes(_digest(value, purpose)[:8], "big", signed=True)


def create_hospital_keys() -> None:
    """Make the first keys of the schema in use. Does nothing for a purpose that has its key already."""
    from core.models import DataKey

    for purpose in DataKey.Purpose:
        if not DataKey.objects.filter(purpose=purpose).exists():
            _add_key(purpose, version=1)
    _forget_now_and_after_commit()


def rotate_hospital_key() -> int:
    """Encrypt from now on with a new key; older ciphertexts still open with theirs. Returns the new version."""
    from core.models import DataKey

    with transaction.atomic():
        keys = DataKey.objects.filter(purpose=DataKey.Purpose.ENCRYPTION)
        latest = keys.select_for_update().order_by("-version").first()
        if latest is None:
            raise MissingKey(f"No key to rotate in {connection.schema_name}")
        keys.filter(is_active=True).update(is_active=False)
        _add_key(DataKey.Purpose.ENCRYPTION, version=latest.version + 1)
        _forget_now_and_after_commit()
    return latest.version + 1


def rewrap_hospital_keys(old_master_key: str = "", *, again: bool = False) -> int:
    """Wrap the schema's keys by the present provider; return how many were wrapped anew.

    A key of another provider is opened by that one, a key of a former MASTER_KEY with ``old_master_key``. ``again``
    wraps what the present provider holds already as well, after its own key was renewed. Raises WrongKey and changes
    nothing when one does not open.
    """
    from core.models import DataKey

    with transaction.atomic():
        rows = [row for row in DataKey.objects.select_for_update() if again or not _is_at_home(row)]
        for row in rows:
            context = _context(row.purpose, row.version)
            row.wrapped = present_provider().wrap(_open_formerly(row.wrapped, context, old_master_key), context)
            row.save(update_fields=["wrapped"])
        _forget_now_and_after_commit()
    return len(rows)


def hospital_keys_open() -> None:
    """Ask for every key of the schema in use. Raises a KeyProblem when one is missing or does not open."""
    _ring()


def is_current(token: str) -> bool:
    """Tell whether a token was made with the key that is active now."""
    return _parse(token)[0] == _ring().active_version


def current_prefix() -> str:
    """Return how every token of the active key begins, for a statement that looks for all others."""
    return f"{PREFIX}:{_ring().active_version}:"


def _bound(schema: str, aad: str) -> bytes:
    return f"{schema}|{aad}".encode()


def _digest(value: str, purpose: str) -> bytes:
    return hmac.digest(_ring().index_key, f"{purpose}|{value}".encode(), "sha256")


def _parse(token: str) -> tuple[int, bytes]:
    try:
        prefix, version, body = token.split(":")
        raw = urlsafe_b64decode(body)
        if prefix != PREFIX or len(raw) < NONCE_BYTES + TAG_BYTES:
            raise ValueError(prefix)
        return int(version), raw
    except (ValueError, Base64Error) as error:
        raise TamperedCiphertext("Not a ciphertext") from error


def _ring() -> KeyRing:
    return keyring.ring_of(connection.schema_name, _load_ring)


def _cipher(ring: KeyRing, version: int) -> AESGCM:
    if cipher := ring.ciphers.get(version):
        return cipher
    # another process may have rotated the key since this one read its ring
    keyring.forget_keys(ring.schema)
    if cipher := _ring().ciphers.get(version):
        return cipher
    raise MissingKey(f"{ring.schema} has no key of version {version}")


def _load_ring(schema: str) -> KeyRing:
    from core.models import DataKey

    rows = list(DataKey.objects.order_by("version"))
    raw = {(row.purpose, row.version): _opened(schema, row) for row in rows}
    active = {row.purpose: row.version for row in rows if row.is_active}
    if set(active) != set(DataKey.Purpose.values):
        raise MissingKey(f"{schema} has no active keys")
    encryption, index = DataKey.Purpose.ENCRYPTION, DataKey.Purpose.INDEX
    return KeyRing(
        schema=schema,
        active_version=active[encryption],
        ciphers={version: AESGCM(key) for (purpose, version), key in raw.items() if purpose == encryption},
        index_key=raw[index, active[index]],
    )


def _opened(schema: str, row: "DataKey") -> bytes:
    return keyring.opened_key(schema, row.wrapped, lambda: unwrap(row.wrapped, _context(row.purpose, row.version)))


def _add_key(purpose: str, *, version: int) -> None:
    from core.models import DataKey

    wrapped = present_provider().wrap(os.urandom(KEY_BYTES), _context(purpose, version))
    DataKey.objects.create(purpose=purpose, version=version, wrapped=wrapped)


def _context(purpose: str, version: int) -> Context:
    return {"schema": connection.schema_name, "purpose": str(purpose), "version": str(version)}


def _is_at_home(row: "DataKey") -> bool:
    """Whether the present provider holds this key and opens it."""
    if provider_of(row.wrapped) != settings.KEY_PROVIDER:
        return False
    try:
        unwrap(row.wrapped, _context(row.purpose, row.version))
    except WrongKey:
        return False
    return True


def _open_formerly(wrapped: str, context: Context, old_master_key: str) -> bytes:
    if provider_of(wrapped) == "local" and old_master_key:
        try:
            return LocalProvider(old_master_key).unwrap(wrapped, context)
        except WrongKey:
            if settings.KEY_PROVIDER == "local":
                raise
    return unwrap(wrapped, context)


def _forget_now_and_after_commit() -> None:
    schema = connection.schema_name
    keyring.forget_keys(schema)
    transaction.on_commit(lambda: keyring.forget_keys(schema))
