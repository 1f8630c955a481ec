"""The code an authenticator app would show (RFC 6238, SHA-1, six digits, 30 seconds)."""

import base64
import hashlib
import hmac
import struct
import time


def code(secret: str, moment: float | None = None) -> str:
    step = struct.pack(">Q", int(time.time() if moment is None else moment) // 30)
    digest = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
