"""URL map of the platform's console."""

from django.contrib import admin
from django.urls import include, path

from config.urls_shared import account_urls, error_handlers, shared_urls

urlpatterns = [
    *shared_urls,
    *account_urls,
    path("admin/", admin.site.urls),
    path("notices/", include("notifications.urls")),
    path("", include("oversight.urls_console")),
    path("", include("hospitals.urls_console")),
]
globals().update(error_handlers)
