"""The clock of jobs: beat sends a hospital's jobs only while the hospital is open."""

import logging
from typing import Any

from celery.beat import ScheduleEntry
from django.db import DatabaseError, close_old_connections
from django.db.models import QuerySet
from django_tenants.utils import get_public_schema_name, get_tenant_model, schema_context
from tenant_schemas_celery.scheduler import TenantAwarePersistentScheduler

from hospitals.states import OPEN

logger = logging.getLogger(__name__)


class HospitalScheduler(TenantAwarePersistentScheduler):
    """Skips hospitals that are being made or are suspended, and outlives a database that is away for a while."""

    @classmethod
    def get_queryset(cls) -> QuerySet:
        return get_tenant_model().objects.filter(ready=True, status__in=OPEN)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        close_old_connections()
        try:
            schemas = self._schemas(entry)
        except DatabaseError as error:
            logger.warning("beat: the database does not answer, %s is left out once: %s", entry.name, error)
            return
        for schema in schemas:
            self._send(entry, schema, producer)

    def _schemas(self, entry: ScheduleEntry) -> list[str]:
        schema = entry.options["headers"].get("_schema_name")
        if schema == get_public_schema_name():
            return [schema]
        hospitals = self.get_queryset().exclude(schema_name=get_public_schema_name())
        if schema:
            hospitals = hospitals.filter(schema_name=schema)
        return list(hospitals.values_list("schema_name", flat=True))

    def _send(self, entry: ScheduleEntry, schema: str, producer: Any) -> None:
        with schema_context(schema):
            try:
                self.apply_async(entry, producer=producer, advance=False)
            except Exception:
                logger.exception("beat: %s could not be sent to %s", entry.name, schema)
