"""URL map of a hospital's portal."""

from django.urls import include, path

from config.urls_shared import account_urls, error_handlers, shared_urls

urlpatterns = [
    *shared_urls,
    *account_urls,
    path("login/visit/", include("accounts.urls_visit")),
    path("login/sso/", include("accounts.urls_sso")),
    path("", include("reports.urls")),
    path("staff/", include("accounts.urls")),
    path("notices/", include("notifications.urls")),
    path("patients/", include("patients.urls")),
    path("members/", include("crm.urls")),
    path("insurance/", include("insurance.urls")),
    path("billing/", include("billing.urls")),
    path("cash/", include("cashoffice.urls")),
    path("gateways/", include("gateways.urls")),
    path("queue/", include("queueing.urls")),
    path("clinic/", include("clinical.urls")),
    path("claims/", include("claims.urls")),
    path("laboratory/", include("laboratory.urls")),
    path("pharmacy/", include("pharmacy.urls")),
    path("oversight/", include("oversight.urls")),
]
globals().update(error_handlers)
