from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel
from laboratory.models.order import OrderItem
from laboratory.models.specimen import Specimen
from laboratory.states import CRITICAL, UNVERIFIED, Flag, ResultState

_OUT = [ResultState.VERIFIED, ResultState.RELEASED, ResultState.SUPERSEDED]


def _in_order(earlier: str, later: str) -> Q:
    return Q(**{f"{later}__isnull": True}) | Q(**{f"{earlier}__isnull": False, f"{earlier}__lte": F(later)})


class Result(UUIDModel):
    """One version of one test's result, with the range it was judged by.

    A number is kept as it was typed, in the test's unit at that time; a choice as its code. Once verified, value, flag
    and range never change again (a trigger sees to it): a correction is the next version, and this one is kept as
    superseded. Only released versions are ever shown outside the laboratory.
    """

    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="results")
    specimen = models.ForeignKey(Specimen, on_delete=models.PROTECT, related_name="results")
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=ResultState, default=ResultState.DRAFT)
    value = EncryptedTextField(_("value"), blank=True, default="")
    comment = EncryptedTextField(_("comment"), blank=True, default="")
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    range_low = models.DecimalField(_("range from"), max_digits=14, decimal_places=4, null=True, blank=True)
    range_high = models.DecimalField(_("range to"), max_digits=14, decimal_places=4, null=True, blank=True)
    range_text = models.CharField(_("range in words"), max_length=120, blank=True)
    flag = models.CharField(_("flag"), max_length=2, choices=Flag, blank=True, default=Flag.NONE)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("previous result")
    )
    remarkable = models.BooleanField(_("remarkable change since the previous result"), default=False)
    received_at = models.DateTimeField(_("specimen received at"))
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered at"))
    submitted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    sent_back_reason = EncryptedTextField(_("reason for sending back"), max_length=200, blank=True)
    verified_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    alone = models.BooleanField(_("entered and verified by one person"), default=False)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    correction_reason = EncryptedTextField(_("reason for the correction"), max_length=200, blank=True)
    acknowledged_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(_("seen by the doctor at"), null=True, blank=True)

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["item", "-version"]
        indexes = [
            models.Index(fields=["specimen"], condition=Q(state="submitted"), name="result_to_verify"),
            models.Index(fields=["-released_at"], condition=Q(state="released"), name="result_released"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "version"], condition=~Q(state="voided"), name="result_version_once"
            ),
            models.UniqueConstraint(fields=["item"], condition=Q(state__in=UNVERIFIED), name="result_one_in_work"),
            models.UniqueConstraint(fields=["item"], condition=Q(state="released"), name="result_one_released"),
            models.CheckConstraint(condition=Q(state__in=ResultState.values), name="result_state_known"),
            models.CheckConstraint(condition=Q(flag__in=Flag.values), name="result_flag_known"),
            # Four eyes: who typed or submitted a value does not verify it, unless the hospital says so.
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True)
                | Q(alone=True)
                | ~Q(verified_by=F("entered_by")) & ~Q(verified_by=F("submitted_by")),
                name="result_verified_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_OUT) | Q(verified_by__isnull=False, verified_at__isnull=False),
                name="result_out_is_verified",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=UNVERIFIED) | Q(verified_by__isnull=True, released_at__isnull=True),
                name="result_in_work_is_not_verified",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "superseded"]) | Q(released_at__isnull=False),
                name="result_released_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(correction_reason=""), name="result_corrected_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("entered_at"))
                & _in_order("entered_at", "submitted_at")
                & _in_order("submitted_at", "verified_at")
                & _in_order("verified_at", "released_at")
                & _in_order("released_at", "superseded_at"),
                name="result_times_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.version}"

    @property
    def is_critical(self) -> bool:
        return self.flag in CRITICAL

    @property
    def is_correction(self) -> bool:
        return self.version > 1

    @property
    def number(self) -> Decimal | None:
        """The value as a number, without a leading < or >; None where it is not one."""
        from laboratory.values import number_in

        return number_in(self.value)
