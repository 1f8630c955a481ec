import time
from argparse import ArgumentParser
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import get_tenant_model, schema_context

from audit.services.chain import seal_pending, verify_chain
from audit.services.checkpoints import check_checkpoints, read_checkpoints
from audit.signing import SigningKeyMissing, read_public_key, signing_key
from audit.stores import Store, store_at

SHOWN = 20


class Command(BaseCommand):
    help = "Recompute the hash chain of every hospital's trail (or of one), compare it with the signed checkpoints."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--schema", help="only this schema")
        parser.add_argument("--checkpoints", default="", help="directory or s3://bucket/prefix; default: the setting")
        parser.add_argument("--public-key", action="append", default=[], help="PEM file that is trusted instead")

    def handle(self, *args, **options) -> None:
        schemas = [options["schema"]] if options["schema"] else ["public", *self._hospitals()]
        store = store_at(options["checkpoints"])
        files = [Path(name).read_bytes() for name in options["public_key"]]
        try:
            keys = [read_public_key(pem) for pem in files] or [signing_key().public_key()]
        except SigningKeyMissing as error:
            raise CommandError(f"{error}; or give --public-key") from error
        broken = [schema for schema in schemas if not self._verify(schema, store, keys)]
        if broken:
            raise CommandError(f"The trail is not intact in: {', '.join(broken)}")

    def _hospitals(self) -> list[str]:
        return list(get_tenant_model().objects.filter(ready=True).values_list("schema_name", flat=True))

    def _verify(self, schema: str, store: Store, keys: list[Ed25519PublicKey]) -> bool:
        with schema_context(schema):
            while seal_pending():
                pass
            started = time.perf_counter()
            verdict = verify_chain()
            rate = verdict.checked / max(time.perf_counter() - started, 1e-6)
            kept = read_checkpoints(store)
            findings = [*verdict.findings, *check_checkpoints(kept, keys)]
        state = "BROKEN" if findings else "intact"
        self.stdout.write(f"{schema}: {verdict.checked} sealed records, {state}, {rate:,.0f} a second")
        self.stdout.write(f"  {len(kept)} signed checkpoints" if kept else "  no checkpoint: only the chain was proved")
        for finding in findings[:SHOWN]:
            self.stdout.write(f"  {finding}")
        return not findings
