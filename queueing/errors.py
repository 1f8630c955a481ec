"""What a queue refuses, in words for the person at the desk."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class PatientAlreadyQueued(DomainError):
    message = _("This patient already holds an open ticket in this queue.")


class RoomHasCalledTicket(DomainError):
    message = _("This room has already called a patient. Start, skip or mark as did not come first.")


class RoomIsServing(DomainError):
    message = _("This room is still serving a patient. Finish or send for tests first.")


class ReasonMissing(DomainError):
    message = _("Give a reason.")
    field = "reason"


class TicketNotOpen(DomainError):
    message = _("This ticket is already closed.")


class DisplayNameTaken(DomainError):
    message = _("Another screen of this branch has this name.")
    field = "name"


class QueueIsOver(DomainError):
    message = _("This queue belongs to another day.")
