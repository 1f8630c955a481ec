from django.urls import path

from accounts.views import email_codes

app_name = "email-codes"
urlpatterns = [
    path("login/email-code/", email_codes.code_sign_in, name="sign-in"),
    path("account/2fa/email/", email_codes.code_enrol, name="enrol"),
    path("account/2fa/email/off/", email_codes.code_off, name="off"),
]
