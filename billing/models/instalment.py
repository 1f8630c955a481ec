"""Paying an invoice in dated parts, and reminding of what is overdue."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField


class InstalmentPlan(UUIDModel):
    """How an invoice's balance is to be paid: parts that come to `total`, which was due when it was agreed (triggers).

    What is paid fills the parts in their order; nothing of that is stored. One plan of an invoice counts at a time.
    """

    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="plans")
    currency = CurrencyField(_("Currency"))
    total = MoneyAmountField(_("Total"))
    note = EncryptedTextField(_("Note"), max_length=200, blank=True, default="")
    is_active = models.BooleanField(_("Active"), default=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("Instalment plan")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(is_active=True), name="billing_one_plan_counts"),
            models.CheckConstraint(condition=Q(total__gt=0), name="billing_plan_total"),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_by__isnull=True) | Q(is_active=False, ended_by__isnull=False),
                name="billing_plan_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)


class Instalment(UUIDModel, AppendOnly):
    """One part of a plan; `reaches` is what is paid of the plan when this part is, too."""

    plan = models.ForeignKey(InstalmentPlan, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("Due on"))
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))
    reaches = MoneyAmountField(_("Sum so far"))

    class Meta:
        verbose_name = _("Instalment")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="billing_instalment_position"),
            models.UniqueConstraint(fields=["plan", "due_on"], name="billing_instalment_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_instalment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class ReminderWay(models.TextChoices):
    MAIL = "mail", pgettext_lazy("reminder", "Email")
    LETTER = "letter", pgettext_lazy("reminder", "Letter")


class Reminder(UUIDModel):
    """That the patient was reminded of what was due on a day; once for each level. A letter is printed by a person."""

    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="reminders")
    due_on = models.DateField(_("Due on"))
    level = models.PositiveSmallIntegerField(_("Level"))
    way = models.CharField(_("Way"), max_length=8, choices=ReminderWay)
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Overdue"))
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    printed_at = models.DateTimeField(_("Printed"), null=True, blank=True)

    class Meta:
        verbose_name = _("Reminder of a debt")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(way="letter", printed_at__isnull=True), name="billing_reminder_to_print"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "due_on", "level"], name="billing_reminded_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="billing_reminder_level"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_reminder_amount"),
            models.CheckConstraint(condition=Q(way__in=ReminderWay.values), name="billing_reminder_way"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.level}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
