from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import requires
from core.asking import asked, asks
from core.htmx import render_page
from core.paging import paginate
from pharmacy.forms.dispensing import WorklistSearch
from pharmacy.queries.prescriptions import tab_counts, worklist
from pharmacy.views.access import branch_of

TABS = ("waiting", "queried", "ready", "partly", "done")


@requires("dispense:view")
@asks("tab")
def prescription_list(request: HttpRequest) -> HttpResponse:
    """Signed prescriptions of the branch by what is to be done next; a search looks through all of them."""
    branch = branch_of(request)
    tab = asked(request).get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    form = WorklistSearch(asked(request))
    text = form.cleaned_data["q"] if form.is_valid() else ""
    page = paginate(request, worklist(request.user, branch=branch, tab=tab, text=text))
    context = {
        "page": page,
        "form": form,
        "tab": tab,
        "tabs": _tabs(tab, text, tab_counts(request.user, branch)),
    }
    return render_page(request, "pharmacy/prescription/list.html", context)


def _tabs(current: str, text: str, counts: dict[str, int]) -> list[dict]:
    labels = {
        "waiting": _("Waiting"),
        "queried": _("Questions"),
        "ready": _("Ready"),
        "partly": _("Partly dispensed"),
        "done": _("Done"),
    }
    base = reverse("pharmacy:prescription-list")
    return [
        {
            "label": labels[tab],
            "url": f"{base}?tab={tab}",
            "active": tab == current and not text,
            "count": counts.get(tab),
        }
        for tab in TABS
    ]
