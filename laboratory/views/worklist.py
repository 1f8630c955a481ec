from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from core.asking import asked, asks
from core.htmx import render_page
from core.paging import paginate
from laboratory.forms.worklist import WorklistFilter
from laboratory.queries.orders import walk_ins
from laboratory.queries.results import open_alerts, orders_to_read
from laboratory.queries.worklist import OF_ORDERS, Tab, counts, worklist


@requires("lab_worklist:view")
@asks("tab", "section", "priority", "branch")
def worklist_show(request):
    tab = asked(request).get("tab", "")
    tab = tab if tab in Tab.values else Tab.COLLECT
    form = WorklistFilter(asked(request).copy(), initial={"tab": tab})
    context = {
        "tab": tab,
        "tabs": _tabs(request.user, tab),
        "form": form,
        "of_orders": tab in OF_ORDERS,
        "page": paginate(request, worklist(request.user, tab, form.filters)),
        "walk_ins": walk_ins(request.user) if tab == Tab.COLLECT and request.user.may("lab_order:walk_in") else [],
    }
    return render_page(request, "laboratory/worklist/list.html", context)


@requires("lab_result:view")
@require_GET
def alert_list(request):
    """Critical results nobody has acknowledged, for the laboratory and the doctors."""
    return render_page(request, "laboratory/alert/list.html", {"page": paginate(request, open_alerts(request.user))})


@requires("lab_result:acknowledge")
@require_GET
def result_inbox(request):
    """Released results of my own orders that I have not acknowledged."""
    page = paginate(request, orders_to_read(request.user))
    return render(request, "laboratory/result/inbox.html", {"page": page})


def _tabs(user, current: str) -> list[dict]:
    waiting = counts(user)
    labels = {
        Tab.COLLECT: pgettext("lab worklist", "To collect"),
        Tab.RECEIVE: pgettext("lab worklist", "To receive"),
        Tab.RESULT: pgettext("lab worklist", "To result"),
        Tab.VERIFY: pgettext("lab worklist", "To verify"),
        Tab.RELEASED: pgettext("lab worklist", "Released"),
    }
    address = reverse("laboratory:worklist")
    return [
        {"label": label, "url": f"{address}?tab={tab}", "active": tab == current, "count": waiting.get(tab)}
        for tab, label in labels.items()
    ]
