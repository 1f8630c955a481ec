from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from audit.services import record_event
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.options import Option, options_response
from patients.banner import banner_of
from patients.forms import FamilyHeadForm, FamilyJoinForm
from patients.forms.patient import family_label
from patients.models import Family
from patients.queries import search_families, visible_families, visible_patients
from patients.services.families import change_head, join_family


@requires("family:view")
@require_GET
def family_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """A family: its members, its head, its membership."""
    family = get_object_or_404(visible_families(request.user), pk=pk)
    return _family_page(
        request, family, FamilyHeadForm(family=family, user=request.user, initial={"head": family.head_id})
    )


@requires("family:edit")
@require_POST
@exactly_once
def family_head_change(request: HttpRequest, pk: str) -> HttpResponse:
    family = get_object_or_404(visible_families(request.user), pk=pk)
    form = FamilyHeadForm(request.POST, family=family, user=request.user)
    if form.is_valid():
        change_head(family=family, head=form.cleaned_data["head"], by=request.user)
        return redirect("patients:family-detail", family.pk)
    return _family_page(request, family, form, status=422)


@requires("family:edit")
@exactly_once
def family_join(request: HttpRequest, pk: str) -> HttpResponse:
    """Move a patient into another family."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    form = FamilyJoinForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            join_family(patient=patient, family=form.cleaned_data["family"], by=request.user)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("patients:family-detail", form.cleaned_data["family"].pk)
    context = {"form": form, "patient": patient, "banner": banner_of(patient)}
    return render(request, "patients/family/join.html", context, status=422 if form.is_bound else 200)


@requires("family:view")
@asks()
def family_options(request: HttpRequest) -> HttpResponse:
    """Families offered while typing the name, phone or number of a member."""
    families = search_families(request.user, asked(request).get("q", "")[:120])
    return options_response(
        request, [Option(str(family.pk), family_label(family, request.user)) for family in families[:20]]
    )


def _family_page(request: HttpRequest, family: Family, form: FamilyHeadForm, status: int = 200) -> HttpResponse:
    members = list(visible_patients(request.user).filter(family=family).order_by("id")[:50])
    record_event("family_read", "patients_family", family.pk)
    context = {"family": family, "members": members, "form": form}
    return render(request, "patients/family/detail.html", context, status=status)
