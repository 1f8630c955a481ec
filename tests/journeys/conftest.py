"""What journeys share: they run one after the other in one database, and each begins with empty rooms."""

import pytest

from accounts.models import User
from clinical.models import Encounter
from queueing.models import Ticket
from queueing.services.tickets import finish, no_show


@pytest.fixture
def empty_rooms(web_db):
    """Nobody whom another journey left behind is called, or in consultation."""
    nurse = User.objects.get(username="nurse")
    for ticket in Ticket.objects.filter(status="called"):
        no_show(ticket=ticket, by=nurse)
    for ticket in Ticket.objects.filter(status="serving"):
        finish(ticket=ticket, by=nurse)
    Encounter.objects.filter(status="in_progress").update(status="left")
