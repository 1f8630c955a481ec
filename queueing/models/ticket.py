"""A ticket: one patient's place in one queue, and every move it ever made."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from queueing.states import OPEN, TICKET_FLOW, VERB_LABELS, Priority, TicketStatus


class Ticket(UUIDModel):
    queue = models.ForeignKey("queueing.Queue", on_delete=models.PROTECT, related_name="tickets")
    visit = models.ForeignKey("patients.Visit", on_delete=models.PROTECT, related_name="tickets")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="tickets")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=12)
    status = models.CharField(max_length=12, choices=TicketStatus, default=TicketStatus.WAITING)
    priority = models.CharField(max_length=12, choices=Priority, default=Priority.NORMAL)
    queued_at = models.DateTimeField()  # the place in line; set anew when a skipped patient comes back
    room = models.ForeignKey("accounts.Room", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    call_count = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    transferred_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="transferred_to"
    )

    is_veiled = False  # whether whose it is may not be shown to the reader (queueing.access)

    class Meta:
        ordering = ["queue", "number"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "number"], name="ticket_number_once_in_a_queue"),
            models.UniqueConstraint(
                fields=["queue", "patient"], condition=Q(status__in=OPEN), name="ticket_one_open_per_patient_and_queue"
            ),
            models.UniqueConstraint(fields=["room"], condition=Q(status="called"), name="ticket_one_called_in_a_room"),
            models.UniqueConstraint(
                fields=["room"], condition=Q(status="serving"), name="ticket_one_serving_in_a_room"
            ),
            models.CheckConstraint(condition=Q(status__in=TicketStatus.values), name="ticket_status_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="ticket_priority_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="ticket_number_starts_at_one"),
        ]
        indexes = [
            models.Index(fields=["queue", "status"], name="ticket_queue_status"),
            models.Index(fields=["visit"], name="ticket_visit"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def _can(self, verb: str) -> bool:
        return TICKET_FLOW.can(verb, self.status)

    can_call = property(lambda self: self._can("call"))
    can_recall = property(lambda self: self._can("recall"))
    can_start = property(lambda self: self._can("start"))
    can_finish = property(lambda self: self._can("finish"))
    can_pause = property(lambda self: self._can("pause"))
    can_resume = property(lambda self: self._can("resume"))
    can_skip = property(lambda self: self._can("skip"))
    can_return = property(lambda self: self._can("return"))
    can_no_show = property(lambda self: self._can("no_show"))
    can_transfer = property(lambda self: self._can("transfer"))
    can_cancel = property(lambda self: self._can("cancel"))


class TicketMove(AppendOnly, UUIDModel):
    """One line of a ticket's history: who moved it, when, from where to where, and why. Never changed."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="moves")
    verb = models.CharField(max_length=12)
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12, choices=TicketStatus)
    at = models.DateTimeField()
    by_id = models.CharField(max_length=36, blank=True)  # plain values: the history outlives the account
    by_name = models.CharField(max_length=150, blank=True)
    room = models.ForeignKey("accounts.Room", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(blank=True, default="")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["ticket", "at"], name="ticketmove_ticket_at")]

    def __str__(self) -> str:
        return f"{self.verb} {self.to_status}"

    @property
    def label(self) -> str:
        return str(VERB_LABELS.get(self.verb, self.verb))
