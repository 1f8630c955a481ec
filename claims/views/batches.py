"""Batches: made of a payer's drafts, sent, handed out as files; how a payer is reached."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_export
from claims.adapters.fhir import as_bundle
from claims.adapters.table import as_csv
from claims.forms import BatchForm, ChannelForm
from claims.queries import (
    archives_of,
    batches,
    channel_of,
    claims_of_batch,
    drafts_of,
    papers_to_send,
    payers_with_drafts,
    standing_claims,
)
from claims.services import batches as sending
from claims.services.channels import set_channel
from claims.services.enclosures import archive_of, enclosed_with
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.rates import rated
from core.tables import bytes_response, csv_response, file_response
from insurance.models import Payer


@requires("claim:prepare")
@require_GET
def batch_list(request: HttpRequest) -> HttpResponse:
    context = {"page": paginate(request, batches()), "payers": payers_with_drafts()}
    return render_page(request, "claims/batch/list.html", context)


@requires("claim:prepare")
@exactly_once
def batch_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`pk` is the payer's."""
    payer = get_object_or_404(Payer, pk=pk)
    form = BatchForm(request.POST or None, drafts=drafts_of(payer))
    if request.method == "POST" and form.is_valid():
        try:
            batch = sending.make_batch(payer=payer, claims=list(form.cleaned_data["claims"]), by=request.user)
            return redirect("claims:batch-detail", batch.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "payer": payer}
    return render(request, "claims/batch/form.html", context, status=422 if form.is_bound else 200)


@requires("claim:prepare")
@require_GET
def batch_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = get_object_or_404(batches(), pk=pk)
    claims = standing_claims(batch)
    context = {
        "batch": batch,
        "page": paginate(request, batch.claims.select_related("patient", "invoice").order_by("id")),
        "channel": channel_of(batch.payer),
        "archives": [] if batch.is_open else range(1, len(archives_of(claims)) + 1),
        "staying": papers_to_send(claims)[1],
        "refused": batch.transmissions.filter(taken=False).select_related("claim")[:20],
    }
    return render_page(request, "claims/batch/detail.html", context)


@requires("claim:submit")
@requires_step_up
@require_POST
@exactly_once
def batch_submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    sending.submit_batch(batch=get_object_or_404(batches(), pk=pk), by=request.user)
    return redirect("claims:batch-detail", pk)


@requires("claim:submit")
@requires_step_up
@require_GET
def batch_file(request: HttpRequest, pk: UUID, shape: str) -> HttpResponse:
    """The batch as a file (`shape` csv or fhir), as often as it is needed."""
    batch = get_object_or_404(batches(), pk=pk)
    if batch.is_open or shape not in ("csv", "fhir"):
        raise Http404
    record_export("claims:batch", subject="claims_claim", batch=batch.number, shape=shape)
    found = claims_of_batch(batch)
    enclosed = enclosed_with(found)
    if shape == "csv":
        return csv_response(as_csv(batch, found, enclosed), f"{batch.number}.csv")
    return file_response(as_bundle(batch, found, enclosed), f"{batch.number}.json", "application/fhir+json")


@rated("paper")
@requires("claim:submit")
@requires_step_up
@require_GET
def batch_archive(request: HttpRequest, pk: UUID, part: int) -> HttpResponse:
    """The batch's file with papers, as a ZIP; `part` counts from 1 where they are too many for one."""
    batch = get_object_or_404(batches(), pk=pk)
    parts = archives_of(standing_claims(batch))
    if batch.is_open or not 1 <= part <= len(parts):
        raise Http404
    record_export("claims:archive", subject="claims_claim", batch=batch.number, part=part)
    return bytes_response(archive_of(batch, parts[part - 1]), f"{batch.number}-{part}.zip", "application/zip")


@requires("payer:edit")
@requires_step_up
@exactly_once
def channel_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How claims go to a payer; `pk` is the payer's."""
    payer = get_object_or_404(Payer, pk=pk)
    channel = channel_of(payer)
    form = ChannelForm(request.POST or None, channel=channel)
    if request.method == "POST" and form.is_valid():
        try:
            set_channel(payer=payer, by=request.user, **form.cleaned_data)
            return redirect("insurance:payer-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "payer": payer, "channel": channel}
    return render(request, "claims/channel/form.html", context, status=422 if form.is_bound else 200)
