from queueing.models.display import DisplayScreen
from queueing.models.queue import Queue
from queueing.models.ticket import Ticket, TicketMove

__all__ = ["DisplayScreen", "Queue", "Ticket", "TicketMove"]
