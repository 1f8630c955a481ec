from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django_tenants.utils import get_public_schema_name, schema_context

from terminology.services.loading import load_terminology


class Command(BaseCommand):
    help = "Load ICD-10 and the provinces, districts and communes into the public schema; repeatable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="write every row again")

    def handle(self, *args: Any, force: bool = False, **options: Any) -> None:
        with schema_context(get_public_schema_name()):
            written = load_terminology(force=force)
        lines = [f"{name}: {rows} rows" for name, rows in written.items()] or ["Already loaded."]
        self.stdout.write("\n".join(lines))
