"""What queues do when something ended elsewhere."""

from core.events import subscribe
from patients.models import Visit
from queueing.services.tickets import close_tickets_of_visit


@subscribe("patients.visit_cancelled")
def close_tickets_of_cancelled_visit(*, visit_id: str, **ids: object) -> None:
    """A cancelled visit leaves no number waiting."""
    close_tickets_of_visit(visit=Visit.objects.get(pk=visit_id), reason="visit cancelled")


@subscribe("patients.visit_closed")
def close_tickets_of_closed_visit(*, visit_id: str, **ids: object) -> None:
    """Whoever closed the visit, its numbers leave the screens."""
    close_tickets_of_visit(visit=Visit.objects.get(pk=visit_id), reason="visit closed")
