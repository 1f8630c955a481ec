"""What every surface with signed-in people shares: sign-in, second factor, language, error pages."""

from allauth.account import views as account
from django.urls import include, path

from core import views as core_views

error_handlers = {
    "handler400": "core.views.bad_request",
    "handler403": "core.views.permission_denied",
    "handler404": "core.views.page_not_found",
    "handler500": "core.views.server_error",
}

shared_urls = [
    path("set-language/", core_views.set_language, name="set-language"),
    path("", include("core.shell_urls")),
]

account_urls = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/password/reset/", account.password_reset, name="account_reset_password"),
    path("account/password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "account/password/reset/key/<str:uidb36>-<str:key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/sessions/", include("accounts.urls_sessions")),
    path("", include("accounts.urls_email")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("welcome/", include("accounts.urls_welcome")),
]
