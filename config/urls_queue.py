"""URL map of a hospital's queue displays; nobody signs in here."""

from django.urls import include, path

from config.urls_shared import error_handlers, shared_urls

urlpatterns = [
    *shared_urls,
    path("pay/", include("gateways.urls_screen")),
    path("", include("queueing.urls_display")),
]
globals().update(error_handlers)
