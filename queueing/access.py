"""Who treats a patient by a ticket, and whose name a line may show; see patients.access.

A ticket is a number in a line: everybody who works in the branch sees it. The name behind it is shown only where the
patient is within sight; whoever calls the number treats the patient from then on.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from patients.access import Days, relates, sight_of
from queueing.models import Ticket
from queueing.states import OPEN


@relates()
def holding_the_ticket(person: UUID, days: Days) -> QuerySet:
    """Whoever called the patient, and whose own line the patient waits in."""
    mine = Q(called_by=person) | Q(queue__practitioner=person)
    return Ticket.objects.filter(mine, status__in=OPEN).values("patient")


def veiled(tickets: Iterable[Ticket], user: Any) -> list[Ticket]:
    """The tickets, marked ``is_veiled`` where the person may not know whose they are; no further statement a row."""
    sight, found = sight_of(user), list(tickets)
    for ticket in found:
        ticket.is_veiled = not sight.sees(ticket.patient)
    return found
