"""Statements of bank, card terminal and KHQR: imported, matched line by line, accepted by another person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from cashoffice.errors import FeeTooLarge, MatchTaken, NoFee, PartUnfit
from cashoffice.fees import with_fees
from cashoffice.forms_statements import ImportForm, MappingForm, MatchForm, PurposeForm
from cashoffice.models import Match, Statement, StatementLine, StatementMapping
from cashoffice.queries.offers import chosen_of, postings_of, search, suggestions
from cashoffice.queries.statements import balances_of, explainers, lines_of, live_matches, visible_statements
from cashoffice.queries.unknown import unknown_open
from cashoffice.services import matches, statements
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate

MOST_SUGGESTED = 30


@requires("statement:view")
@require_GET
def statement_list(request: HttpRequest) -> HttpResponse:
    context = {
        "page": paginate(request, visible_statements(request.user)),
        "unknown": unknown_open(request.user),
    }
    return render_page(request, "cashoffice/statement/list.html", context)


@requires("statement:match")
@exactly_once
def statement_import(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, data = form.cleaned_data["file"], form.cleaned_data
        try:
            statement = statements.import_statement(
                account=data["account"],
                content=file.read(),
                file_name=file.name[-120:],
                mapping=data["mapping"],
                by=request.user,
            )
            if statement.left_out:
                words = ngettext(
                    "%(count)d line was known from an earlier file and is left out.",
                    "%(count)d lines were known from an earlier file and are left out.",
                    statement.left_out,
                )
                messages.info(request, words % {"count": statement.left_out})
            return redirect("cashoffice:statement-detail", statement.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form}
    return render(request, "cashoffice/statement/import.html", context, status=422 if form.is_bound else 200)


@requires("statement:view")
@require_GET
def statement_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The lines, those that are not explained first asked for, and both balances."""
    statement = _statement(request, pk)
    everything = request.GET.get("show") == "all"
    context = {
        "statement": statement,
        "balances": balances_of(statement),
        "page": paginate(request, lines_of(statement, exceptions=not everything)),
        "everything": everything,
        "left": lines_of(statement, exceptions=True).count(),
        "is_own": statement.imported_by_id == request.user.pk,
        "explained_it": request.user.pk in explainers(statement),
    }
    return render_page(request, "cashoffice/statement/detail.html", context)


@requires("statement:accept")
@require_POST
@exactly_once
def statement_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    statements.accept_statement(statement=_statement(request, pk), by=request.user)
    return redirect("cashoffice:statement-detail", pk)


@requires("statement:view")
@require_GET
def line_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _line_page(request, _line(pk))


@requires("statement:match")
@require_POST
@exactly_once
def line_match(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The line is the chosen postings: one, or several that it pays together, or a part of one, maybe less a fee."""
    line, keys = _line(pk), set(request.POST.getlist("posting"))
    chosen, form = chosen_of(line.statement, keys), MatchForm(request.POST)
    if len(chosen) < len(keys) or not keys:
        problem = MatchTaken.message if keys else _("Choose at least one posting.")
        return _line_page(request, line, problem=str(problem), chosen=chosen)
    if not form.is_valid():
        return _line_page(request, line, match_form=form, chosen=chosen)
    fee_at = request.workplace.branch if form.cleaned_data["with_fee"] else None
    in_parts = form.cleaned_data["in_parts"]
    try:
        postings = postings_of(chosen)
        matches.match_by_hand(line=line, postings=postings, in_parts=in_parts, fee_at=fee_at, by=request.user)
    except (PartUnfit, NoFee, FeeTooLarge) as error:
        add_domain_error(form, error)
        return _line_page(request, line, match_form=form, chosen=chosen)
    return _next(line)


@requires("statement:match")
@require_POST
@exactly_once
def line_post(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is left of the line is posted as what it is."""
    line = _line(pk)
    form = PurposeForm(request.POST, account=line.statement.account.key)
    if not form.is_valid():
        return _line_page(request, line, form=form)
    branch = request.workplace.branch
    matches.post_line(line=line, purpose=form.cleaned_data["purpose"], branch=branch, by=request.user)
    return _next(line)


@requires("statement:match")
@require_POST
@exactly_once
def match_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    match = get_object_or_404(Match.objects.select_related("line__statement"), pk=pk)
    matches.undo_match(match=match, reason=request.POST.get("reason", "")[:200], by=request.user)
    return redirect("cashoffice:line-detail", match.line_id)


@requires("statement:match")
@exactly_once
def mapping_list(request: HttpRequest) -> HttpResponse:
    """Ways to read tables; the form beside them adds one."""
    return _mapping_page(request, None)


@requires("statement:match")
@exactly_once
def mapping_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _mapping_page(request, get_object_or_404(StatementMapping, pk=pk))


def _statement(request: HttpRequest, pk: UUID) -> Statement:
    return get_object_or_404(visible_statements(request.user), pk=pk)


def _line(pk: UUID) -> StatementLine:
    return get_object_or_404(StatementLine.objects.select_related("statement__account"), pk=pk)


def _next(line: StatementLine) -> HttpResponse:
    """On to the next line that is not explained; when there is none, back to the statement."""
    after = lines_of(line.statement, exceptions=True).filter(position__gte=line.position).first()
    if after:
        return redirect("cashoffice:line-detail", after.pk)
    return redirect("cashoffice:statement-detail", line.statement_id)


def _line_page(
    request: HttpRequest,
    line: StatementLine,
    *,
    form: PurposeForm | None = None,
    match_form: MatchForm | None = None,
    problem: str = "",
    chosen: Sequence[Any] = (),
) -> HttpResponse:
    """The line with what it may be, or what was searched for; postings that were `chosen` and refused stay chosen."""
    keys = {one.pk for one in chosen}
    words = request.GET.get("q", "").strip()[:80] if request.method == "GET" else ""
    page = paginate(request, search(line, words)) if words and not line.is_matched else None
    found: list[tuple[Any, int]] = [(one, 0) for one in chosen]
    if page is not None:
        found = list(page)
    elif not line.is_matched:
        found += [pair for pair in suggestions(line)[:MOST_SUGGESTED] if pair[0].pk not in keys]
    context = {
        "chosen": keys,
        "page": page,
        "words": words,
        "line": line,
        "statement": line.statement,
        "matches": live_matches(line),
        "suggested": with_fees(found, line.rest_money),
        "form": form or PurposeForm(account=line.statement.account.key),
        "match_form": match_form or MatchForm(),
        "problem": problem,
    }
    status = 422 if problem or form or match_form else 200
    return render(request, "cashoffice/statement/line.html", context, status=status)


def _mapping_page(request: HttpRequest, mapping: StatementMapping | None) -> HttpResponse:
    form = MappingForm(request.POST or None, instance=mapping)
    if request.method == "POST" and form.is_valid():
        try:
            statements.save_mapping(mapping=mapping, facts=form.cleaned_data, by=request.user)
            return redirect("cashoffice:mapping-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "mapping": mapping, "mappings": StatementMapping.objects.order_by("name")}
    return render(request, "cashoffice/statement/mappings.html", context, status=422 if form.is_bound else 200)
