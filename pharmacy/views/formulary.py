from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from billing.queries import price_in_force, prices_in_force
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.options import Option, options_response
from core.paging import paginate
from pharmacy.forms.formulary import InteractionFilter, MedicineFilter, MedicineForm
from pharmacy.models import Medicine
from pharmacy.queries.formulary import filtered_interactions, filtered_medicines, find_medicines
from pharmacy.services.formulary import save_medicine

OPTIONS = 12


@requires("formulary:view")
@require_GET
def medicine_list(request: HttpRequest) -> HttpResponse:
    form = MedicineFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"q": "", "form": "", "only": ""}
    page = paginate(request, filtered_medicines(text=wanted["q"], form=wanted["form"], only=wanted["only"]))
    prices = prices_in_force([medicine.price_code for medicine in page])
    rows = [{"medicine": medicine, "price": prices.get(medicine.price_code)} for medicine in page]
    return render_page(request, "pharmacy/formulary/list.html", {"page": page, "rows": rows, "form": form})


@requires("formulary:view")
@asks()
def medicine_options(request: HttpRequest) -> HttpResponse:
    """Choices for a field that asks for a medicine."""
    text = asked(request).get("q", "").strip()
    found = find_medicines(text)[:OPTIONS] if len(text) > 1 else []
    return options_response(request, [Option(one.pk, one.full_name, f"{one.code} · {one.atc}") for one in found])


@requires("formulary:edit")
@exactly_once
def medicine_new(request: HttpRequest) -> HttpResponse:
    return _form(request, None, MedicineForm(request.POST or None, initial={"currency": "USD", "is_active": True}))


@requires("formulary:edit")
@exactly_once
def medicine_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    medicine = get_object_or_404(Medicine, pk=pk)
    price = price_in_force(medicine.price_code)
    initial = {"price": price.amount, "currency": price.currency} if price else {"currency": "USD"}
    return _form(request, medicine, MedicineForm(request.POST or None, instance=medicine, initial=initial))


@requires("formulary:view")
@require_GET
def interaction_list(request: HttpRequest) -> HttpResponse:
    form = InteractionFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"q": "", "severity": ""}
    page = paginate(request, filtered_interactions(text=wanted["q"], severity=wanted["severity"]))
    return render_page(request, "pharmacy/formulary/interactions.html", {"page": page, "form": form})


def _form(request: HttpRequest, medicine: Medicine | None, form: MedicineForm) -> HttpResponse:
    version = medicine.version if medicine else None
    if form.is_bound and form.is_valid():
        try:
            saved = save_medicine(
                medicine=medicine, version=version, by=request.user, price=form.price_wanted(), **form.facts()
            )
            messages.success(request, _("%(medicine)s was saved.") % {"medicine": saved})
            return redirect("pharmacy:medicine-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "medicine": medicine}
    return render(request, "pharmacy/formulary/form.html", context, status=422 if form.is_bound else 200)
