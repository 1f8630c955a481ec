"""Batches of claims for one payer, and how they were sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.states import BatchStatus, Way
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel


class Channel(UUIDModel):
    """How claims go to a payer and how its remittances are read. `mapping` names the columns of its files."""

    payer = models.OneToOneField("insurance.Payer", on_delete=models.PROTECT, related_name="channel")
    way = models.CharField(_("Sent as"), max_length=8, choices=Way, default=Way.CSV)
    address = models.URLField(_("Address of the interface"), max_length=200, blank=True, default="")
    token = EncryptedTextField(_("Token"), max_length=400, blank=True, default="")
    mapping = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Way to a payer")
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="claims_channel_way"),
            models.CheckConstraint(condition=~Q(way="api") | ~Q(address=""), name="claims_interface_has_address"),
        ]

    def __str__(self) -> str:
        return self.way


class Batch(UUIDModel):
    """Claims of one payer, numbered without gaps in each month. Open until it is sent."""

    payer = models.ForeignKey("insurance.Payer", on_delete=models.PROTECT, related_name="batches")
    month = models.DateField(_("Month"))  # its first day
    sequence = models.PositiveIntegerField()
    number = models.CharField(_("Number"), max_length=60, unique=True)
    status = models.CharField(_("Status"), max_length=10, choices=BatchStatus, default=BatchStatus.OPEN)
    way = models.CharField(_("Sent as"), max_length=8, choices=Way, blank=True, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("Submitted"), null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Batch of claims")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["payer", "month", "sequence"], name="claims_batch_sequence"),
            models.CheckConstraint(condition=Q(status__in=BatchStatus.values), name="claims_batch_status"),
            models.CheckConstraint(
                condition=~Q(status="submitted") | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="claims_batch_submitted_by",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.status == BatchStatus.OPEN

    @property
    def is_submitted(self) -> bool:
        return self.status == BatchStatus.SUBMITTED


class Transmission(UUIDModel, AppendOnly):
    """One attempt to bring a claim to its payer's interface, and what came back."""

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="transmissions")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="transmissions")
    taken = models.BooleanField(_("Taken by the payer"))
    answer = models.CharField(_("Answer"), max_length=40)
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("Sending of a claim")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "batch"], condition=Q(taken=True), name="claims_taken_once"),
        ]

    def __str__(self) -> str:
        return self.answer
