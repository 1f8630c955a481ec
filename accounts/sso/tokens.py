"""Whether an ID token says what it seems to say: OpenID Connect Core 3.1.3.7, every point of it."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

import jwt
from jwt import PyJWK
from jwt.exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    MissingRequiredClaimError,
    PyJWKError,
    PyJWTError,
)

from core import clock

# Signatures by a key that only the provider has. "none" and the HMACs (whose key is our own secret) are not among them.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
KEY_KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
LEEWAY = 60  # seconds two clocks may differ
OLDEST = 600  # seconds since a token was made

_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (InvalidSignatureError, "signature"),
    (ExpiredSignatureError, "expired"),
    (ImmatureSignatureError, "not_yet"),
    (InvalidIssuerError, "issuer"),
    (InvalidAudienceError, "audience"),
    (MissingRequiredClaimError, "claims"),
    (DecodeError, "malformed"),
)


class TokenRefused(Exception):
    """The token is not to be believed; ``why`` is a stable word for the trail."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def verify_id_token(
    token: str, *, keys: Iterable[dict[str, Any]], issuer: str, client_id: str, nonce: str, access_token: str = ""
) -> dict[str, Any]:
    """Return the claims of a token that this provider made for us, now, in answer to our question."""
    header = _header(token)
    key = _key(header, keys)
    try:
        claims = jwt.decode(
            token,
            key.key,
            algorithms=[header["alg"]],
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )
    except PyJWTError as problem:
        raise TokenRefused(next((why for kind, why in _FAULTS if isinstance(problem, kind)), "claims")) from problem
    _check_party(claims, client_id)
    _check_answer(claims, nonce)
    _check_hash(claims, header["alg"], access_token)
    return claims


def _header(token: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
    except PyJWTError as problem:
        raise TokenRefused("malformed") from problem
    if header.get("alg") not in ALGORITHMS or header.get("crit"):
        raise TokenRefused("algorithm")
    return header


def _key(header: dict[str, Any], keys: Iterable[dict[str, Any]]) -> PyJWK:
    """The provider's signing key of this name and kind; without a name only when there is exactly one."""
    kind = KEY_KINDS[header["alg"][:2]]
    fitting = [key for key in keys if key.get("kty") == kind and key.get("use", "sig") == "sig"]
    if name := header.get("kid"):
        fitting = [key for key in fitting if key.get("kid") == name]
    if len(fitting) != 1:
        raise TokenRefused("key")
    try:
        return PyJWK(fitting[0], algorithm=header["alg"])
    except PyJWKError as problem:
        raise TokenRefused("key") from problem


def _check_party(claims: dict[str, Any], client_id: str) -> None:
    many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if many else client_id) != client_id:
        raise TokenRefused("party")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise TokenRefused("subject")


def _check_answer(claims: dict[str, Any], nonce: str) -> None:
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise TokenRefused("nonce")
    if clock.now().timestamp() - claims["iat"] > OLDEST + LEEWAY:
        raise TokenRefused("old")


def _check_hash(claims: dict[str, Any], algorithm: str, access_token: str) -> None:
    """at_hash binds the access token to this answer (OpenID Connect Core 3.1.3.8)."""
    if "at_hash" not in claims or not access_token:
        return
    size = "512" if algorithm == "EdDSA" else algorithm[2:]
    digest = hashlib.new(f"sha{size}", access_token.encode("ascii", "replace")).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not hmac.compare_digest(half, str(claims["at_hash"]).encode()):
        raise TokenRefused("access_token")
