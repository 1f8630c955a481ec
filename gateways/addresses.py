"""Where the bank calls and where a drawer's second screen is opened."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from hospitals.models import Domain, Surface


def callback_address(request: HttpRequest, key: str) -> str:
    """The address to give to the bank."""
    return _whole(request, Surface.PORTAL, reverse("gateways:khqr-callback", args=[key]))


def screen_address(request: HttpRequest, key: str) -> str:
    """The address to type into the browser of a drawer's second screen."""
    return _whole(request, Surface.QUEUE, f"/pay/{key}/")


def events_address(request: HttpRequest) -> str:
    """The address Stripe sends its events to."""
    return _whole(request, Surface.PORTAL, reverse("gateways:stripe-events"))


def _whole(request: HttpRequest, surface: str, path: str) -> str:
    domain = Domain.objects.filter(tenant=request.hospital, surface=surface).first()
    host = domain.domain if domain else request.get_host().partition(":")[0]
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{host}{port}{path}"
