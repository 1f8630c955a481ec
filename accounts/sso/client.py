"""Speaking with a hospital's OpenID provider: what it says of itself, where people are sent, what it answers."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.core.cache import cache

from accounts.models import SsoProvider
from accounts.sso.tokens import TokenRefused, verify_id_token
from core import fetching
from core.fetching import Unreachable

KEEP_SECONDS = 600
ASK_AGAIN_SECONDS = 60  # an unknown key makes us ask for keys anew, not more often than this
SIGNED_ONLY = {"auth_time", "amr", "acr"}
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def discover(provider: SsoProvider, *, fresh: bool = False) -> dict[str, Any]:
    """What the provider publishes about itself; it must be about this very issuer. Raises Unreachable."""
    place = f"sso.about.{_digest(provider.issuer)}"
    known = None if fresh else cache.get(place)
    if known is None:
        known = fetching.get_json(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if known.get("issuer") != provider.issuer:
            raise Unreachable("speaks of another issuer")
        if any(not isinstance(known.get(name), str) or not fetching.is_allowed(known[name]) for name in NEEDED):
            raise Unreachable("names no usable addresses")
        cache.set(place, known, KEEP_SECONDS)
    return known


def signing_keys(provider: SsoProvider, *, fresh: bool = False) -> list[dict[str, Any]]:
    """The provider's public keys. Raises Unreachable."""
    place = f"sso.keys.{_digest(provider.issuer)}"
    keys = None if fresh else cache.get(place)
    if keys is None:
        found = fetching.get_json(discover(provider)["jwks_uri"]).get("keys")
        keys = [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []
        cache.set(place, keys, KEEP_SECONDS)
    return keys


def question(provider: SsoProvider, *, redirect_uri: str, again: bool) -> tuple[str, dict[str, str]]:
    """The address to send a person to, and the secrets of this one question that the session keeps."""
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    parameters = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(dict.fromkeys(["openid", *provider.scopes.split()])),
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if again else {}),
    }
    return _with(discover(provider)["authorization_endpoint"], parameters), kept


def answer(provider: SsoProvider, *, code: str, redirect_uri: str, kept: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Exchange the code; return the claims that may be believed and the ID token. Raises Unreachable, TokenRefused."""
    about = discover(provider)
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": kept["verifier"],
        "client_id": provider.client_id,
    }
    data |= _secret_in_form(provider, about)
    tokens = fetching.post_form(about["token_endpoint"], data, **_secret(provider, about))
    token, access = tokens.get("id_token"), tokens.get("access_token")
    if not isinstance(token, str):
        raise TokenRefused("missing")
    access = access if isinstance(access, str) else ""
    claims = _believed(provider, token, kept["nonce"], access)
    return _with_userinfo(about, claims, access), token


def leaving(provider: SsoProvider, *, id_token: str, back: str) -> str:
    """Where a person is sent to sign out at the provider as well; nothing when it offers no such address."""
    try:
        address = discover(provider).get("end_session_endpoint", "")
    except Unreachable:
        return ""
    if not address or not fetching.is_allowed(address):
        return ""
    facts = {"id_token_hint": id_token, "client_id": provider.client_id, "post_logout_redirect_uri": back}
    return _with(address, facts)


def _believed(provider: SsoProvider, token: str, nonce: str, access: str) -> dict[str, Any]:
    facts = {"issuer": provider.issuer, "client_id": provider.client_id, "nonce": nonce, "access_token": access}
    try:
        return verify_id_token(token, keys=signing_keys(provider), **facts)
    except TokenRefused as refused:
        unknown = refused.why in {"key", "signature"}  # the provider may have changed its keys a minute ago
        if not unknown or not cache.add(f"sso.asked.{_digest(provider.issuer)}", 1, ASK_AGAIN_SECONDS):
            raise
    return verify_id_token(token, keys=signing_keys(provider, fresh=True), **facts)


def _with_userinfo(about: dict[str, Any], claims: dict[str, Any], access: str) -> dict[str, Any]:
    """Claims that stand only in the provider's userinfo; the signed ones win, and it must speak of the same person.

    When and how somebody proved who they are is believed of the signed token alone.
    """
    address = about.get("userinfo_endpoint")
    if not access or not isinstance(address, str) or not fetching.is_allowed(address):
        return claims
    try:
        more = fetching.get_json(address, Authorization=f"Bearer {access}")
    except Unreachable:
        return claims
    if more.get("sub") != claims["sub"]:
        raise TokenRefused("userinfo")
    return {**{name: value for name, value in more.items() if name not in SIGNED_ONLY}, **claims}


def _by_header(about: dict[str, Any]) -> bool:
    ways = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" in ways


def _secret(provider: SsoProvider, about: dict[str, Any]) -> dict[str, str]:
    if not provider.client_secret or not _by_header(about):
        return {}
    pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _secret_in_form(provider: SsoProvider, about: dict[str, Any]) -> dict[str, str]:
    if not provider.client_secret or _by_header(about):
        return {}
    return {"client_secret": provider.client_secret}


def _with(address: str, parameters: dict[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(parameters)}"


def _digest(issuer: str) -> str:
    return hashlib.sha256(issuer.encode()).hexdigest()[:24]
