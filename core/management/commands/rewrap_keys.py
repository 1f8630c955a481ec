from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django_tenants.utils import get_tenant_model, schema_context

from core import crypto


class Command(BaseCommand):
    help = "Wrap every hospital's keys with the new MASTER_KEY; the former one is read from OLD_MASTER_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        hospitals = get_tenant_model().objects.exclude(schema_name="public").values_list("schema_name", flat=True)
        for schema in ["public", *hospitals]:
            with schema_context(schema):
                count = crypto.rewrap_hospital_keys(settings.OLD_MASTER_KEY)
                self.stdout.write(f"{schema}: {count} keys wrapped anew")
