from django.urls import path

from accounts.views import sso

app_name = "sso"
urlpatterns = [
    path("", sso.sso_start, name="start"),
    path("callback/", sso.sso_callback, name="callback"),
]
