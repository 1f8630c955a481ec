"""Single sign-on of one hospital: its identity provider, and who came from there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from core.fields import EncryptedTextField
from core.models import UUIDModel


class SsoProvider(UUIDModel):
    """The hospital's OpenID provider (Keycloak or any other); there is at most one."""

    name = models.CharField(_("name on the button"), max_length=80)
    issuer = models.URLField(_("Issuer"), max_length=300)
    client_id = models.CharField(_("client id"), max_length=200)
    client_secret = EncryptedTextField(_("Client secret"), max_length=500, blank=True)
    scopes = models.CharField(_("scopes"), max_length=200, default="openid profile email")
    role_claim = models.CharField(_("claim that carries roles"), max_length=100, default="roles")
    role_values = models.JSONField(default=dict)  # {role code: [values of the claim]}
    creates_accounts = models.BooleanField(_("make accounts at the first sign-in"), default=False)
    trusts_second_factor = models.BooleanField(_("believe the provider's second factor"), default=False)
    local_passwords = models.BooleanField(_("passwords of this system still work"), default=True)
    is_active = models.BooleanField(_("in use"), default=False)
    only = models.BooleanField(default=True, editable=False, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="accounts_ssoprovider_only_one")]

    def __str__(self) -> str:
        return self.name


class SsoIdentity(UUIDModel):
    """Who a person is at a provider. ``made_here``: it brought the account into being and rules its roles."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sso_identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    made_here = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_ssoidentity_subject_unique"),
            models.UniqueConstraint(fields=["issuer", "user"], name="accounts_ssoidentity_user_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.issuer}"
