"""Jobs of the clinical room; beat starts them in every open hospital."""

from celery import shared_task

from clinical.services.closing import close_visit_if_done
from patients.models import Visit
from patients.states import VisitStatus

AT_ONCE = 500


@shared_task
def close_done_visits() -> int:
    """Close what is done but was not noticed: a prescription that expired over night, a lost message.

    Oldest first, a few hundred at a time; safe to run as often as wanted.
    """
    visits = Visit.objects.filter(status=VisitStatus.OPEN).order_by("id")[:AT_ONCE]
    return sum(close_visit_if_done(visit) for visit in visits)
