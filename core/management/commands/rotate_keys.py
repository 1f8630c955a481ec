import getpass
import time
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django_tenants.utils import schema_context

from core import crypto, rotation
from core.db import writing

PASSES = 5
PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Give a hospital a new encryption key and encrypt its records and files anew, while it goes on working. "
        "Ends when every process has heard of the new key. May be interrupted: --resume goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("schema")
        parser.add_argument("--resume", action="store_true", help="make no new key, only renew what is left")
        parser.add_argument("--by", default="", help="whose order it is, for the trail; else the shell's user")

    def handle(self, *args: Any, schema: str, resume: bool, by: str, **options: Any) -> None:
        who = by or f"{getpass.getuser()} (shell)"
        with schema_context(schema), writing.context(actor=who, reason="rotation of the encryption key"):
            began = time.monotonic()
            if not resume:
                version = crypto.rotate_hospital_key()
                self.stdout.write(f"{schema}: key version {version} is active")
            self._renew_all()
            self._wait_for_others(began)
            left = self._renew_all()
            for _ in range(PASSES):
                if not left.held:
                    break
                time.sleep(PAUSE_SECONDS)
                left = self._renew_all()
            self.stdout.write(
                f"{schema}: done, {left.frozen} rows that may not change keep their former key"
                if not left.held
                else f"{schema}: {left.held} rows are still held by others: run again with --resume"
            )

    def _renew_all(self) -> rotation.Renewal:
        total = rotation.Renewal()
        for model in rotation.encrypted_models():
            name = model._meta.label
            done = rotation.renew_rows(model, partial(self._say, name))
            if done.renewed or done.frozen or done.held:
                self.stdout.write(f"{name}: {done.renewed} values renewed, {done.frozen} rows frozen")
            total += done
        for model in rotation.models_of_files():
            if count := rotation.renew_files(model):
                self.stdout.write(f"{model._meta.label}: {count} files renewed")
        return total

    def _say(self, name: str, so_far: rotation.Renewal) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{name}: {so_far.renewed} values", ending="")

    def _wait_for_others(self, began: float) -> None:
        """A process may write with the former key until its ring grows old; then nothing new is left behind."""
        seconds = settings.KEY_RING_SECONDS - (time.monotonic() - began)
        if seconds > 0:
            self.stdout.write(f"waiting {seconds:.0f} s until every process has read the new key")
            self.stdout.flush()
            time.sleep(seconds)
