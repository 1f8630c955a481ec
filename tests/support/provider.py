"""An OpenID provider that tells the truth unless it is told to lie."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.serving import Handler, Server, serving

CLIENT, SECRET = "samaki-portal", "the-client-s-own-secret-of-the-provider"
Change = Callable[[dict[str, Any]], Any]


@cache
def _key(_name: str) -> rsa.RSAPrivateKey:
    """Made once a process: that takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """Keeps its keys, the codes it gave out, and what it is to say wrongly."""

    def __init__(self) -> None:
        self.key, self.other_key = _key("own"), _key("other")
        self.codes: dict[str, dict[str, str]] = {}
        self.person: dict[str, Any] = {"sub": "person-1"}
        self.userinfo: dict[str, Any] | None = None
        self.about_changes: dict[str, Any] = {}
        self.claims: Change = lambda claims: None
        self.make: Callable[[Provider, dict[str, Any]], str] | None = None
        self.seen: list[dict[str, str]] = []
        self.issuer = ""

    def sign_in(self, address: str) -> dict[str, str]:
        """What the browser brings back after the person agreed at ``address``."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def about(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/leave",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            **self.about_changes,
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        self.seen.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
        }
        self.claims(claims)
        token = self.make(self, claims) if self.make else self.signed(claims)
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": token}

    def signed(self, claims: dict[str, Any], key: Any = None, kid: str = "k1") -> str:
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": kid})


def _handler(provider: Provider) -> type[Handler]:
    class Endpoints(Handler):
        def do_GET(self) -> None:
            answers = {
                "/.well-known/openid-configuration": provider.about,
                "/keys": provider.keys,
                "/userinfo": lambda: provider.userinfo,
            }
            self._answer(answers.get(self.path, lambda: None)())

        def do_POST(self) -> None:
            self._answer(provider.token({**self.form(), "authorization": self.headers.get("Authorization", "")}))

        def _answer(self, found: dict[str, Any] | None) -> None:
            self.send(200 if found else 400, found or {"error": "invalid_grant"})

    return Endpoints


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    with serving(Server(_handler(provider))) as server:
        provider.issuer = server.address
        yield provider
