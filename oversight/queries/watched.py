from django.db.models import QuerySet

from oversight.models import WatchedPatient


def watched_patients() -> QuerySet[WatchedPatient]:
    """Records that are watched now, the newest first; with the patient's number, for the page names nobody."""
    return WatchedPatient.objects.filter(ended_at__isnull=True).select_related("patient").order_by("-id")
