from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register
from laboratory.queries.results import open_alert_count, unread_count
from laboratory.queries.worklist import waiting_for

register(
    Entry(
        group="laboratory",
        label=_("Worklist"),
        url_name="laboratory:worklist",
        permission="lab_worklist:view",
        icon="flask",
        order=10,
        count=waiting_for,
        key="l",
    )
)
register(
    Entry(
        group="laboratory",
        label=_("Receive specimens"),
        url_name="laboratory:specimen-receive",
        permission="lab_specimen:receive",
        icon="barcode",
        order=20,
    )
)
register(
    Entry(
        group="laboratory",
        label=_("Critical results"),
        url_name="laboratory:alert-list",
        permission="lab_result:view",
        icon="alert-octagon",
        order=30,
        count=open_alert_count,
    )
)
register(
    Entry(
        group="clinical",
        label=_("Results to read"),
        url_name="laboratory:result-inbox",
        permission="lab_result:acknowledge",
        icon="report-medical",
        order=60,
        count=unread_count,
    )
)
register(
    Entry(
        group="laboratory",
        label=_("Catalogue"),
        url_name="laboratory:test-list",
        permission="lab_catalogue:view",
        icon="list-details",
        order=90,
    )
)
