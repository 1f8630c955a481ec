"""A step of signing in between the password and the portal: the code by email."""

from allauth.account.authentication import get_authentication_records
from allauth.account.stages import LoginStage
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import CodePurpose, User
from accounts.services.email_codes import has_email_factor, send_code

ASKED = "email_code"  # in the session: the id of the code that was asked for last


class EmailCodeStage(LoginStage):
    """Asks for the code of a mail where it is the person's only second factor; the app and the key come first."""

    key = "email_code"
    urlname = "email-codes:sign-in"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user is None or _gave_second_factor(self.request, user) or not has_email_factor(user):
            return None, True
        if is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
            return None, True
        ask_for_code(self.request, user, CodePurpose.SIGN_IN)
        return redirect(self.urlname), True


def ask_for_code(request: HttpRequest, user: User, purpose: str) -> None:
    """Have a code sent for this session; where none is sent now, the last one stays good for it."""
    code = send_code(user=user, purpose=purpose)
    if code is not None:
        request.session[ASKED] = str(code.pk)


def _gave_second_factor(request: HttpRequest, user: User) -> bool:
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
