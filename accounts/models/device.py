"""Joins the two sign-in libraries: what allauth enrolled (TOTP, recovery codes) counts as verified for django-otp."""

from allauth.mfa.models import Authenticator
from django.db import models
from django_otp.models import Device, ThrottlingMixin


class AuthenticatorDevice(ThrottlingMixin, Device):
    """The one django-otp device of a person; it holds no secret and asks allauth's authenticators."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="accounts_one_device_per_user")]

    with_codes = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)

    def get_throttle_factor(self) -> int:
        return 1

    def verify_token(self, token: str) -> bool:
        """Whether the token is a valid, unused code of one of the person's authenticators; failures are slowed."""
        allowed, _reason = self.verify_is_allowed()
        if not allowed:
            return False
        for authenticator in Authenticator.objects.filter(user_id=self.user_id, type__in=self.with_codes):
            if authenticator.wrap().validate_code(token):
                authenticator.record_usage()
                self.throttle_reset()
                return True
        self.throttle_increment()
        return False
