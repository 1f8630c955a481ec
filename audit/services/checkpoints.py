"""Signed statements of how far a hospital's chain reached, kept outside the database and linked to each other.

Whoever owns the tables may compute a whole chain anew; then it no longer agrees with what was signed and given away.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from audit.models import Seal
from audit.services.chain import seal_pending
from audit.signing import is_signed, key_id, public_pem, sign, signing_key
from audit.stores import AlreadyThere, Store, store_at
from core import clock

FORM = "audit-checkpoint-1"


class ChainContradicted(Exception):
    """The chain no longer agrees with the last checkpoint: nothing new is signed over it."""


@dataclass(frozen=True)
class Checkpoint:
    """One signed file: the chain's length and last digest at a moment, and the hash of the file before it."""

    name: str
    statement: dict[str, Any]
    signature: str
    content: bytes

    @property
    def seq(self) -> int:
        return self.statement["seq"]

    @property
    def number(self) -> int:
        return self.statement["number"]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def write_checkpoint(store: Store | None = None) -> Checkpoint | None:
    """Seal, sign and keep a checkpoint of the present schema; None where another worker was first.

    Raises ChainContradicted, or SigningKeyMissing.
    """
    store = store or store_at()
    while seal_pending():
        pass
    earlier = read_checkpoints(store)
    if earlier and (problem := _disagreement(earlier[-1])):
        raise ChainContradicted(f"{connection.schema_name}: {problem}")
    made = _make(earlier[-1] if earlier else None)
    publish_key(store)
    try:
        store.put_new(made.name, made.content)
    except AlreadyThere:
        return None
    return made


def publish_key(store: Store) -> None:
    """Lay the public key beside the checkpoints it proves; keep another copy where nobody of the hospital writes."""
    key = signing_key().public_key()
    try:
        store.put_new(f"public/{key_id(key)}.pem", public_pem(key))
    except AlreadyThere:
        return


def read_checkpoints(store: Store) -> list[Checkpoint]:
    """The checkpoints kept of the present schema, in their order."""
    return [_read(name, store.read(name)) for name in store.names(connection.schema_name)]


def check_checkpoints(kept: Sequence[Checkpoint], keys: Sequence[Ed25519PublicKey]) -> list[str]:
    """What is wrong with the checkpoints, or with the chain in their light; the first problem first."""
    findings: list[str] = []
    number, previous = 0, ""
    for one in kept:
        if not is_signed(_message(one.statement), one.signature, keys):
            findings.append(f"checkpoint {one.name}: not signed by a trusted key")
            continue
        if one.statement["schema"] != connection.schema_name:
            findings.append(f"checkpoint {one.name}: belongs to {one.statement['schema']}")
            continue
        if one.number != number + 1 or one.statement["previous"] != previous:
            findings.append(f"checkpoint {one.name}: one before it is missing or was replaced")
        number, previous = one.number, one.fingerprint
        if problem := _disagreement(one):
            findings.append(f"checkpoint {one.name}: {problem}")
    return findings


def _make(last: Checkpoint | None) -> Checkpoint:
    seal = Seal.objects.order_by("-seq").first()
    statement = {
        "form": FORM,
        "schema": connection.schema_name,
        "number": last.number + 1 if last else 1,
        "seq": seal.seq if seal else 0,
        "digest": bytes(seal.digest).hex() if seal else "",
        "made_at": clock.now().isoformat(timespec="seconds"),
        "previous": last.fingerprint if last else "",
    }
    key, signature = sign(_message(statement))
    content = json.dumps({"statement": statement, "key": key, "signature": signature}, indent=1).encode() + b"\n"
    return Checkpoint(f"{connection.schema_name}/{statement['number']:08d}.json", statement, signature, content)


def _read(name: str, content: bytes) -> Checkpoint:
    try:
        parts = json.loads(content)
        checkpoint = Checkpoint(name, dict(parts["statement"]), str(parts["signature"]), content)
        int(checkpoint.seq), int(checkpoint.number), checkpoint.statement["previous"], checkpoint.statement["schema"]
    except (ValueError, KeyError, TypeError):
        unreadable = {"seq": 0, "number": 0, "digest": "", "made_at": "", "previous": "", "schema": ""}
        return Checkpoint(name, unreadable, "", content)
    return checkpoint


def _message(statement: dict[str, Any]) -> bytes:
    return json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()


def _disagreement(one: Checkpoint) -> str:
    if one.seq == 0:
        return ""
    seal = Seal.objects.filter(seq=one.seq).first()
    when = one.statement["made_at"]
    if seal is None:
        length = Seal.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        return f"the chain was truncated: on {when} it had {one.seq} links, now it has {length}"
    if bytes(seal.digest).hex() != one.statement["digest"]:
        return f"the chain was rewritten: link {one.seq} is not the one of {when}"
    return ""
