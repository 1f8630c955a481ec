"""Through which account of the hospital a gateway collects; the keys to it are sealed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel

BAKONG = "https://api-bakong.nbc.gov.kh"


class KhqrAccount(UUIDModel):
    """The hospital's account with Bakong; there is at most one. `api` may be a relay inside Cambodia.

    `callback_hash` is of the key in the address that the bank may call; the key itself is shown once.
    """

    bakong_id = models.CharField(_("Bakong account"), max_length=32)
    name = models.CharField(_("Name of the receiver"), max_length=25)
    city = models.CharField(_("City"), max_length=15, default="Phnom Penh")
    merchant_id = models.CharField(_("Merchant number"), max_length=32, blank=True)
    acquiring_bank = models.CharField(_("Bank"), max_length=32, blank=True)
    api = models.URLField(_("Address of the bank's service"), max_length=200, default=BAKONG)
    token = EncryptedTextField(_("Key of the bank's service"), max_length=2000, blank=True)
    token_expires_on = models.DateField(_("The key is valid until"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("Minutes until a code expires"), default=5)
    callback_hash = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(_("in use"), default=False)
    only = models.BooleanField(default=True, editable=False, unique=True)

    class Meta:
        verbose_name = _("KHQR account")
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="gateways_khqr_only_one"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=60), name="gateways_khqr_minutes"),
        ]

    def __str__(self) -> str:
        return self.bakong_id
