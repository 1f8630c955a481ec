from typing import Any

from django.core.management.base import BaseCommand
from django_tenants.utils import get_tenant_model, schema_context

from config import env
from core import crypto


class Command(BaseCommand):
    help = "Wrap every hospital's keys with the new MASTER_KEY; the former one is read from OLD_MASTER_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        old = env.text("OLD_MASTER_KEY")
        schemas = [
            "public",
            *get_tenant_model().objects.exclude(schema_name="public").values_list("schema_name", flat=True),
        ]
        for schema in schemas:
            with schema_context(schema):
                self.stdout.write(f"{schema}: {crypto.rewrap_hospital_keys(old)} keys wrapped anew")
