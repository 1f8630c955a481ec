from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django_tenants.utils import schema_context

from core import crypto, rotation
from core.db import writing


class Command(BaseCommand):
    help = (
        "Give a hospital a new encryption key and encrypt its records and files anew. "
        "May be interrupted and started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("schema")
        parser.add_argument("--resume", action="store_true", help="make no new key, only renew what is left")

    def handle(self, *args: Any, schema: str, resume: bool, **options: Any) -> None:
        with schema_context(schema), writing.context(reason="rotation of the encryption key"):
            if not resume:
                version = crypto.rotate_hospital_key()
                self.stdout.write(f"{schema}: key version {version} is active")
            for model in rotation.encrypted_models():
                self.stdout.write(f"{model._meta.label}: {rotation.renew_rows(model)} values renewed")
            for model in rotation.models_of_files():
                self.stdout.write(f"{model._meta.label}: {rotation.renew_files(model)} files renewed")
