"""What payers paid: files read whole or not at all."""

import json
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from claims.adapters.remittances import Unreadable, read_csv, read_fhir
from claims.forms import RemittanceForm
from claims.models import Channel, Remittance
from claims.queries import remittances
from claims.services.channels import keep_mapping
from claims.services.importing import RowsRefused, digest_of, matched, take_answers
from claims.services.remittances import post_remittance
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate


@requires("claim:view")
@require_GET
def remittance_list(request: HttpRequest) -> HttpResponse:
    return render_page(request, "claims/remittance/list.html", {"page": paginate(request, remittances())})


@requires("claim:view")
@require_GET
def remittance_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    remittance = get_object_or_404(remittances(), pk=pk)
    lines = remittance.lines.select_related("claim__invoice", "denial")
    return render(request, "claims/remittance/detail.html", {"remittance": remittance, "lines": lines})


@requires("remittance:post")
@exactly_once
def remittance_new(request: HttpRequest) -> HttpResponse:
    """Read a payer's file and book it."""
    known = Channel.objects.exclude(mapping={}).order_by("-updated_at").first()
    form = RemittanceForm(request.POST or None, request.FILES or None, mapping=known.mapping if known else None)
    if request.method == "POST" and form.is_valid():
        try:
            remittance = _import(request, form)
            if remittance is None:
                return redirect("claims:claim-list")
            return redirect("claims:remittance-detail", remittance.pk)
        except DomainError as error:
            add_domain_error(form, error)
        except Unreadable as problem:
            form.add_error("file", str(problem))
        except RowsRefused as refused:
            for one in refused.problems[:20]:
                form.add_error("file", one)
    return render(request, "claims/remittance/form.html", {"form": form}, status=422 if form.is_bound else 200)


@transaction.atomic
def _import(request: HttpRequest, form: RemittanceForm) -> Remittance | None:
    data, content = form.cleaned_data, form.cleaned_data["file"]
    if _is_json(content):
        rows = take_answers(data["payer"], read_fhir(content), by=request.user)
        if not rows:
            return None  # answers without a payment
    else:
        rows = matched(data["payer"], read_csv(content, form.mapping()), data["currency"])
        keep_mapping(payer=data["payer"], mapping=form.mapping())
    return post_remittance(
        payer=data["payer"],
        rows=rows,
        currency=data["currency"],
        received_on=data["received_on"],
        reference=data["reference"],
        digest=digest_of(content),
        by=request.user,
    )


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True
