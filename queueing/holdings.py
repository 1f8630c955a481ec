"""What this room holds about a patient; see patients.holdings."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from patients.hindrances import hinders
from patients.holdings import hold
from queueing.models import Ticket
from queueing.states import OPEN

hold("queueing.Ticket", path="patient", resource="Appointment")
hold("queueing.TicketMove", path="ticket__patient", resource="Provenance")


@hinders(_("A ticket is open."))
def waiting(patients: Collection[UUID]) -> QuerySet:
    return Ticket.objects.filter(patient__in=patients, status__in=OPEN).values_list("patient", flat=True)
