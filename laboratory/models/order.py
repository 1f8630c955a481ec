from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from laboratory.models.catalogue import Panel, Test
from laboratory.states import ITEM_FLOW, OPEN, PUBLISHED, ItemState, Priority


class Order(UUIDModel):
    """What a doctor asked the laboratory for in one encounter, at one moment."""

    number = models.CharField(_("number"), max_length=12, unique=True)
    encounter = models.ForeignKey("clinical.Encounter", on_delete=models.PROTECT, related_name="lab_orders")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="lab_orders")
    visit = models.ForeignKey("patients.Visit", on_delete=models.PROTECT, related_name="lab_orders")
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.ROUTINE)
    note = EncryptedTextField(_("clinical note"), blank=True, default="")
    ordered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="lab_orders")
    ordered_at = models.DateTimeField(_("ordered at"))

    class Meta:
        verbose_name = _("laboratory order")
        verbose_name_plural = _("laboratory orders")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["patient", "-id"], name="lab_order_of_patient"),
            models.Index(fields=["-ordered_at"], name="lab_order_moment"),
            models.Index(fields=["ordered_by", "-ordered_at"], name="lab_order_of_doctor"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="lab_order_priority_known"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_urgent(self) -> bool:
        return self.priority != Priority.ROUTINE


class OrderedPanel(UUIDModel):
    """A panel as it was ordered: the source of its one charge."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="ordered_panels")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "panel"], name="lab_panel_once_in_an_order")]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.panel_id}"


class OrderItem(UUIDModel):
    """One test of an order; its state says how far the laboratory has come (states.ITEM_FLOW)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    test = models.ForeignKey(Test, on_delete=models.PROTECT, related_name="+")
    ordered_panel = models.ForeignKey(
        OrderedPanel, on_delete=models.PROTECT, null=True, blank=True, related_name="items"
    )
    state = models.CharField(_("state"), max_length=10, choices=ItemState, default=ItemState.ORDERED)
    specimen = models.ForeignKey(
        "laboratory.Specimen", on_delete=models.PROTECT, null=True, blank=True, related_name="items"
    )
    recollections = models.PositiveSmallIntegerField(_("asked for again"), default=0)
    due_at = models.DateTimeField(_("due at"))
    cancel_reason = EncryptedTextField(_("reason for cancelling"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("ordered test")
        verbose_name_plural = _("ordered tests")
        ordering = ["test__section__position", "test__position", "test__code"]
        indexes = [
            models.Index(fields=["state", "order"], condition=Q(state__in=OPEN), name="lab_item_open"),
            models.Index(fields=["patient", "test", "-id"], name="lab_item_of_patient"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="lab_item_state_known"),
            models.UniqueConstraint(
                fields=["order", "test"], condition=~Q(state=ItemState.CANCELLED), name="lab_test_once_in_an_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ItemState.ORDERED, ItemState.CANCELLED]) | Q(specimen__isnull=False),
                name="lab_item_beyond_ordered_has_specimen",
            ),
            models.CheckConstraint(
                condition=~Q(state=ItemState.CANCELLED) | ~Q(cancel_reason=""), name="lab_item_cancelled_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.test_id}"

    @property
    def is_published(self) -> bool:
        return self.state in PUBLISHED

    @property
    def can_cancel(self) -> bool:
        return ITEM_FLOW.can("cancel", self.state)

    @property
    def can_correct(self) -> bool:
        return ITEM_FLOW.can("correct", self.state)

    def is_late(self, moment) -> bool:
        """Whether the promised time has passed while the result is not out."""
        return self.state in OPEN and moment > self.due_at

    @staticmethod
    def due(moment, *, minutes: int, priority: str):
        """When the result is promised: the test's turnaround, halved for urgent and quartered for STAT orders."""
        parts: int = {str(Priority.URGENT): 2, str(Priority.STAT): 4}.get(priority, 1)
        return moment + timedelta(minutes=minutes) / parts


class ItemMove(AppendOnly, UUIDModel):
    """One step of one ordered test: who moved it from where to where, when and why. Never changed."""

    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="moves")
    verb = models.CharField(max_length=12)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, choices=ItemState)
    at = models.DateTimeField()
    specimen = models.ForeignKey(
        "laboratory.Specimen", on_delete=models.PROTECT, null=True, blank=True, related_name="moves"
    )
    actor_id = models.UUIDField()
    actor = models.CharField(max_length=200)
    reason = EncryptedTextField(max_length=250, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(from_state=F("to_state")) | Q(verb="correct"), name="lab_move_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.item_id}"
