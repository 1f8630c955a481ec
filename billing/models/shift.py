"""Drawers, cashiers' shifts, and the notes counted at their beginning and end."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.states import RUNNING_SHIFTS, SHIFT_FLOW, ShiftStatus
from core.models import AppendOnly, UUIDModel
from core.money import KHR, USD, Currency, CurrencyField, Money, MoneyAmountField

# Notes in circulation, largest first; riel below 100 are not counted.
NOTES: dict[Currency, tuple[int, ...]] = {
    USD: (100, 50, 20, 10, 5, 2, 1),
    KHR: (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100),
}


class Drawer(UUIDModel):
    """A cash drawer of a branch. One shift at a time works from it."""

    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="drawers")
    code = models.CharField(_("Code"), max_length=20)
    name = models.CharField(_("Name"), max_length=80)
    is_active = models.BooleanField(_("Active"), default=True)

    class Meta:
        verbose_name = _("Drawer")
        ordering = ["branch", "code"]
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="billing_drawer_code")]

    def __str__(self) -> str:
        return self.name


class Shift(UUIDModel):
    """One cashier at one drawer, from the counted float to the accountant's acceptance."""

    number = models.CharField(_("Number"), max_length=40, unique=True)
    drawer = models.ForeignKey(Drawer, on_delete=models.PROTECT, related_name="shifts")
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shifts")
    status = models.CharField(_("Status"), max_length=12, choices=ShiftStatus, default=ShiftStatus.OPEN)
    opened_at = models.DateTimeField(_("Opened"))
    counted_at = models.DateTimeField(_("Counted"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Closed"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("Accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acceptance_note = models.CharField(_("Note"), max_length=200, blank=True, default="")
    stood_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stand_in_reason = models.CharField(_("Why somebody else counted"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("Shift")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cashier"], condition=Q(status__in=RUNNING_SHIFTS), name="billing_one_shift_per_cashier"
            ),
            models.UniqueConstraint(
                fields=["drawer"], condition=Q(status__in=RUNNING_SHIFTS), name="billing_one_shift_per_drawer"
            ),
            models.CheckConstraint(condition=Q(status__in=ShiftStatus.values), name="billing_shift_status"),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("cashier")), name="billing_shift_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(status="reconciled") | Q(accepted_by__isnull=False), name="billing_shift_accepted"
            ),
            models.CheckConstraint(
                condition=Q(stood_in_by__isnull=True, stand_in_reason="")
                | (~Q(stood_in_by=F("cashier")) & Q(stood_in_by__isnull=False) & ~Q(stand_in_reason="")),
                name="billing_shift_stand_in",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | Q(stood_in_by__isnull=True) | ~Q(accepted_by=F("stood_in_by")),
                name="billing_shift_stand_in_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.status == ShiftStatus.OPEN

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING_SHIFTS

    @property
    def can_count(self) -> bool:
        return SHIFT_FLOW.can("count", self.status)

    @property
    def can_close(self) -> bool:
        return SHIFT_FLOW.can("close", self.status)

    @property
    def can_accept(self) -> bool:
        return SHIFT_FLOW.can("accept", self.status)


class ShiftLook(UUIDModel, AppendOnly):
    """Somebody who may stand in was shown what an open drawer should hold: they count it no more (a trigger)."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Look at what a drawer should hold")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["shift", "by"], name="billing_shift_look_once")]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.by_id}"


class ShiftTotal(UUIDModel):
    """One currency of a shift: opening float, what the ledger expects, what was counted, and why they differ."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="totals")
    currency = CurrencyField(_("Currency"))
    opening = MoneyAmountField(_("Opening float"))
    expected = MoneyAmountField(_("Expected"), null=True, blank=True)
    counted = MoneyAmountField(_("Counted"), null=True, blank=True)
    difference = MoneyAmountField(_("Difference"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-currency"]
        constraints = [
            models.UniqueConstraint(fields=["shift", "currency"], name="billing_shift_total_once"),
            models.CheckConstraint(condition=Q(opening__gte=0), name="billing_float_not_negative"),
            models.CheckConstraint(
                condition=Q(difference__isnull=True) | Q(difference=F("counted") - F("expected")),
                name="billing_difference_is_computed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.currency}"

    @property
    def opening_money(self) -> Money:
        return Money(self.opening, self.currency)

    @property
    def expected_money(self) -> Money:
        return Money(self.expected or Decimal(0), self.currency)

    @property
    def counted_money(self) -> Money:
        return Money(self.counted or Decimal(0), self.currency)

    @property
    def difference_money(self) -> Money:
        return Money(self.difference or Decimal(0), self.currency)


class CashCount(UUIDModel, AppendOnly):
    """So many notes of one denomination, counted when a shift opened or when it ended."""

    class Stage(models.TextChoices):
        OPENING = "opening", _("Opening float")
        CLOSING = "closing", _("Closing count")

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="counts")
    stage = models.CharField(max_length=8, choices=Stage)
    currency = CurrencyField()
    denomination = models.PositiveIntegerField()
    pieces = models.PositiveIntegerField()

    class Meta:
        ordering = ["-currency", "-denomination"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "stage", "currency", "denomination"], name="billing_count_note_once"
            ),
            models.CheckConstraint(
                condition=Q(currency="USD", denomination__in=NOTES[USD])
                | Q(currency="KHR", denomination__in=NOTES[KHR]),
                name="billing_count_known_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pieces} x {self.denomination} {self.currency}"
