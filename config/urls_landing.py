"""URL map of the public landing page."""

from django.urls import include, path

from config.urls_shared import error_handlers, shared_urls

urlpatterns = [*shared_urls, path("", include("hospitals.urls_landing"))]
globals().update(error_handlers)
