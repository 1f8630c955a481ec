"""A key service that speaks the protocol of Vault's transit engine; the context takes part in deriving its key."""

import base64
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.support.serving import Handler, Server, serving

TOKEN = "transit-token"


class Transit(Server):
    """``failures`` answers 503 are given first; every answer waits ``delay`` seconds; ``asked`` counts them."""

    def __init__(self) -> None:
        super().__init__(_Keys)
        self.keys = {"hospitals": os.urandom(32)}
        self.asked, self.failures, self.delay = 0, 0, 0.0

    def cipher(self, name: str, context: str) -> AESGCM:
        info = base64.b64decode(context)
        return AESGCM(HKDF(SHA256(), length=32, salt=None, info=info).derive(self.keys[name]))


class _Keys(Handler):
    server: Transit

    def do_POST(self) -> None:
        self.server.asked += 1
        time.sleep(self.server.delay)
        body = json.loads(self.body())
        if self.server.failures > 0:
            self.server.failures -= 1
            return self.send(503, {"errors": ["Vault is sealed"]})
        if self.headers.get("X-Vault-Token") != TOKEN:
            return self.send(403, {"errors": ["permission denied"]})
        _, _, mount, act, name = self.path.split("/")
        if mount != "transit" or name not in self.server.keys:
            return self.send(404, {"errors": []})
        try:
            return self.send(200, {"data": getattr(self, f"_{act}")(name, body)})
        except (InvalidTag, KeyError):
            return self.send(400, {"errors": ["cipher: message authentication failed"]})

    do_PUT = do_POST

    def _encrypt(self, name: str, body: dict[str, str]) -> dict[str, str]:
        nonce = os.urandom(12)
        sealed = self.server.cipher(name, body["context"]).encrypt(nonce, base64.b64decode(body["plaintext"]), None)
        return {"ciphertext": f"vault:v1:{base64.b64encode(nonce + sealed).decode()}"}

    def _decrypt(self, name: str, body: dict[str, str]) -> dict[str, str]:
        raw = base64.b64decode(body["ciphertext"].split(":")[2])
        plain = self.server.cipher(name, body["context"]).decrypt(raw[:12], raw[12:], None)
        return {"plaintext": base64.b64encode(plain).decode()}


@contextmanager
def transit_server() -> Iterator[Transit]:
    with serving(Transit()) as server:
        yield server
