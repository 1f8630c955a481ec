"""Entries of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from clinical.queries.worklists import count_waiting_for_me, count_waiting_for_triage
from core.menu import Entry, register

register(
    Entry(
        group="clinical",
        label=_("Triage"),
        url_name="clinical:triage-list",
        permission="vitals:record",
        icon="heart-rate-monitor",
        order=10,
        count=count_waiting_for_triage,
        key="t",
    )
)
register(
    Entry(
        group="clinical",
        label=_("My patients"),
        url_name="clinical:worklist",
        permission="encounter:conduct",
        icon="stethoscope",
        order=20,
        count=count_waiting_for_me,
        key="d",
    )
)
