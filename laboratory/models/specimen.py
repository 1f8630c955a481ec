from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from laboratory.models.catalogue import Container, SpecimenType
from laboratory.models.order import Order
from laboratory.states import SPECIMEN_FLOW, Rejection, SpecimenState


class Specimen(UUIDModel):
    """One tube or cup of one patient. Its accession number is on its label and is never given twice."""

    accession = models.CharField(_("accession number"), max_length=12, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="specimens")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    specimen_type = models.ForeignKey(SpecimenType, on_delete=models.PROTECT, related_name="+")
    container = models.ForeignKey(Container, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=SpecimenState, default=SpecimenState.COLLECTED)
    ordered_at = models.DateTimeField(_("ordered at"))
    collected_at = models.DateTimeField(_("collected at"))
    collected_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    received_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rejected_at = models.DateTimeField(_("rejected at"), null=True, blank=True)
    rejected_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rejection = models.CharField(_("reason for rejection"), max_length=16, choices=Rejection, blank=True)
    rejection_note = EncryptedTextField(_("remark on the rejection"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("specimen")
        verbose_name_plural = _("specimens")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "-id"], condition=Q(state="collected"), name="specimen_to_receive"),
            models.Index(fields=["received_by", "-received_at"], name="specimen_received_by"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SpecimenState.values), name="specimen_state_known"),
            models.CheckConstraint(
                condition=Q(ordered_at__lte=F("collected_at")), name="specimen_collected_after_order"
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(collected_at__lte=F("received_at")),
                name="specimen_received_after_collection",
            ),
            models.CheckConstraint(
                condition=~Q(state=SpecimenState.RECEIVED) | Q(received_at__isnull=False, received_by__isnull=False),
                name="specimen_received_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=SpecimenState.REJECTED, rejected_at__isnull=False, rejected_by__isnull=False)
                & ~Q(rejection="")
                | ~Q(state=SpecimenState.REJECTED) & Q(rejected_at__isnull=True, rejection=""),
                name="specimen_rejected_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.accession

    @property
    def is_received(self) -> bool:
        return self.state == SpecimenState.RECEIVED

    @property
    def can_receive(self) -> bool:
        return SPECIMEN_FLOW.can("receive", self.state)

    @property
    def can_reject(self) -> bool:
        return SPECIMEN_FLOW.can("reject", self.state)


class LabelPrint(AppendOnly, UUIDModel):
    """Every printing of a tube's label, the first and the reprints. Never changed."""

    specimen = models.ForeignKey(Specimen, on_delete=models.PROTECT, related_name="label_prints")
    printed_by_id = models.UUIDField()
    printed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.specimen_id} {self.printed_at:%Y-%m-%d %H:%M}"
