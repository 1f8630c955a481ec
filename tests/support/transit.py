"""A key service that speaks the protocol of Vault's transit engine; the context takes part in deriving its key."""

import base64
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN = "transit-token"


class Transit(ThreadingHTTPServer):
    """``failures`` answers 503 are given first; every answer waits ``delay`` seconds; ``asked`` counts them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.keys = {"hospitals": os.urandom(32)}
        self.asked, self.failures, self.delay = 0, 0, 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked had no patience."""

    def cipher(self, name: str, context: str) -> AESGCM:
        info = base64.b64decode(context)
        return AESGCM(HKDF(SHA256(), length=32, salt=None, info=info).derive(self.keys[name]))


class _Handler(BaseHTTPRequestHandler):
    server: Transit

    def do_POST(self) -> None:
        self.server.asked += 1
        time.sleep(self.server.delay)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.failures > 0:
            self.server.failures -= 1
            return self._answer(503, {"errors": ["Vault is sealed"]})
        if self.headers.get("X-Vault-Token") != TOKEN:
            return self._answer(403, {"errors": ["permission denied"]})
        _, _, mount, act, name = self.path.split("/")
        if mount != "transit" or name not in self.server.keys:
            return self._answer(404, {"errors": []})
        try:
            return self._answer(200, {"data": getattr(self, f"_{act}")(name, body)})
        except (InvalidTag, KeyError):
            return self._answer(400, {"errors": ["cipher: message authentication failed"]})

    do_PUT = do_POST

    def _encrypt(self, name: str, body: dict[str, str]) -> dict[str, str]:
        nonce = os.urandom(12)
        sealed = self.server.cipher(name, body["context"]).encrypt(nonce, base64.b64decode(body["plaintext"]), None)
        return {"ciphertext": f"vault:v1:{base64.b64encode(nonce + sealed).decode()}"}

    def _decrypt(self, name: str, body: dict[str, str]) -> dict[str, str]:
        raw = base64.b64decode(body["ciphertext"].split(":")[2])
        plain = self.server.cipher(name, body["context"]).decrypt(raw[:12], raw[12:], None)
        return {"plaintext": base64.b64encode(plain).decode()}

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said on the terminal."""


@contextmanager
def transit_server() -> Iterator[Transit]:
    server = Transit()
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
