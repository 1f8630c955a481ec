"""The installation's Ed25519 key: signs checkpoints of the trail; its public half proves them anywhere."""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

SEED_BYTES = 32


class SigningKeyMissing(Exception):
    """AUDIT_SIGNING_KEY is not set, or is not the base64 of 32 bytes."""


def signing_key() -> Ed25519PrivateKey:
    try:
        seed = b64decode(settings.AUDIT_SIGNING_KEY, validate=True)
    except Base64Error as error:
        raise SigningKeyMissing("AUDIT_SIGNING_KEY is not base64") from error
    if len(seed) != SEED_BYTES:
        raise SigningKeyMissing("AUDIT_SIGNING_KEY must be the base64 of 32 random bytes")
    return Ed25519PrivateKey.from_private_bytes(seed)


def key_id(key: Ed25519PublicKey) -> str:
    """The first sixteen signs of the public key's hash: which key of several made a signature."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def read_public_key(pem: bytes) -> Ed25519PublicKey:
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise SigningKeyMissing("The public key is not an Ed25519 key")
    return key


def sign(message: bytes) -> tuple[str, str]:
    """Return the key's id and the signature in base64."""
    key = signing_key()
    return key_id(key.public_key()), b64encode(key.sign(message)).decode("ascii")


def is_signed(message: bytes, signature: str, keys: Iterable[Ed25519PublicKey]) -> bool:
    """Whether one of the trusted keys made this signature over exactly this message."""
    try:
        raw = b64decode(signature, validate=True)
    except Base64Error:
        return False
    return any(_verifies(key, raw, message) for key in keys)


def _verifies(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
