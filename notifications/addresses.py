"""Addresses that leave the house in a mail: absolute, of the right hospital's portal or of the console."""

from django.conf import settings
from django.db import connection
from django_tenants.utils import get_public_schema_name

from hospitals.models import Domain, Hospital, Surface


def absolute(path: str) -> str:
    """The full address of a path of the present hospital's portal; of the console outside any hospital."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{_host()}{port}{path}"


def hospital_name() -> str:
    """The present hospital's name; nothing outside of one."""
    hospital = Hospital.objects.filter(schema_name=connection.schema_name).first()
    return hospital.name if hospital else ""


def _host() -> str:
    if connection.schema_name == get_public_schema_name():
        return settings.CONSOLE_HOST
    portals = Domain.objects.filter(tenant__schema_name=connection.schema_name, surface=Surface.PORTAL)
    return portals.order_by("-is_primary", "id").values_list("domain", flat=True).first() or settings.BASE_DOMAIN
