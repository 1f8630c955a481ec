from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django_tenants.utils import get_tenant_model, schema_context

from core import crypto
from core.db import writing


class Command(BaseCommand):
    help = (
        "Wrap every hospital's keys by KEY_PROVIDER: after MASTER_KEY was replaced (the former one is read from "
        "OLD_MASTER_KEY), or to move from one provider to another. May be started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="also what KEY_PROVIDER wrapped, after its key was renewed there"
        )

    def handle(self, *args: Any, again: bool, **options: Any) -> None:
        hospitals = get_tenant_model().objects.exclude(schema_name="public").values_list("schema_name", flat=True)
        for schema in ["public", *hospitals]:
            with schema_context(schema), writing.context(reason=f"keys wrapped by {settings.KEY_PROVIDER}"):
                count = crypto.rewrap_hospital_keys(settings.OLD_MASTER_KEY, again=again)
                self.stdout.write(f"{schema}: {count} keys wrapped anew")
