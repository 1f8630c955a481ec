"""Where a screen is opened."""

from django.conf import settings
from django.http import HttpRequest

from hospitals.models import Domain, Surface


def display_address(request: HttpRequest, key: str) -> str:
    """The address to type into the screen's browser, with the port of the present page."""
    domain = Domain.objects.filter(tenant=request.hospital, surface=Surface.QUEUE).first()
    host = domain.domain if domain else request.get_host().partition(":")[0]
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{host}{port}/display/{key}/"
