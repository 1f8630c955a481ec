from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from patients.forms.address import AddressMixin


@requires("patient:create")
@require_GET
def address_fields(request: HttpRequest) -> HttpResponse:
    """The three lists of the address for what is chosen so far; asked for at every change of province or district."""
    chosen = {name: request.GET.get(name, "")[:6] for name in ("province", "district", "commune")}
    form = AddressMixin(initial=chosen, label_suffix="")
    form.offer_divisions()
    return render(request, "patients/patient/_divisions.html", {"form": form})
