"""Papers for patients: printed and counted, shown, sent as a link, opened by it; every kind by the same views."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import requires
from audit.services import record_printing
from billing.forms_papers import PaperForm
from billing.links import print_of
from billing.models import Printing
from billing.papers import PAPERS, Kind, people_on
from billing.services.paper_links import send_paper
from billing.services.prints import record_print
from core.errors import DomainError
from core.once import exactly_once
from core.pdf import pdf_response
from core.rates import rated
from patients.models import Patient

SHOWN = 10  # printings listed beside the form


@dataclass(frozen=True)
class Card:
    """What a page shows of one of its papers: how to print and send it, and how often it was printed."""

    kind: Kind
    document: Any
    form: PaperForm
    prints: list[Printing]
    may_send: bool

    @property
    def is_again(self) -> bool:
        """What would be printed now was printed before."""
        edition = self.kind.edition().items()
        return any(all(getattr(one, name) == value for name, value in edition) for one in self.prints)

    @property
    def print_address(self) -> str:
        return f"billing:{self.kind.word}-print"

    @property
    def send_address(self) -> str:
        return f"billing:{self.kind.word}-send"


def card_of(word: str, document: Any) -> Card:
    """The card of a document's paper, for its page."""
    kind = PAPERS[word]
    patient = kind.of_whom(document)
    found = kind.prints._default_manager.filter(**{kind.prints.of: document}).select_related("printed_by")
    return Card(
        kind,
        document,
        PaperForm(kind=kind, patient=patient, auto_id=f"{word}_%s"),
        list(found.order_by("-id")[:SHOWN]),
        bool(kind.mailed_on and patient.email),
    )


@requires("receipt:print")
@require_POST
@exactly_once
def paper_print(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """Count the printing, then show it: the address of one printing always gives the same paper."""
    paper = PAPERS[kind]
    document = get_object_or_404(paper.in_sight(request.user), pk=pk)
    form = PaperForm(request.POST, kind=paper, patient=paper.of_whom(document))
    if not form.is_valid():
        return render(request, "billing/paper/form.html", {"form": form, "kind": paper}, status=422)
    printed = record_print(paper.prints, document, by=request.user, **{**paper.edition(), **form.cleaned_data})
    return redirect(f"billing:{kind}-show", printed.pk)


@rated("paper")
@requires("receipt:print")
def paper_show(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """One printing of a paper."""
    printed = get_object_or_404(PAPERS[kind].printed(request.user), pk=pk)
    return _handed_out(request, kind, printed, people_on(printed, request.user))


@rated("mail")
@requires("receipt:print")
@require_POST
@exactly_once
def paper_send(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """Mail the patient a link to the paper."""
    document = get_object_or_404(PAPERS[kind].in_sight(request.user), pk=pk)
    try:
        send_paper(kind, document, by=request.user)
        messages.success(request, _("The paper is on its way to the patient's mail."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(PAPERS[kind].page, pk)


@login_not_required
@require_safe
def paper_open(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """What the link in the mail opens, without signing in: this one paper, for a few days."""
    prints, pk = PAPERS[kind].prints, print_of(kind, token)
    found = prints._default_manager.filter(**{f"{prints.whose}__closed_at": None})
    printed = found.filter(pk=pk).first() if pk else None
    if printed is None:
        raise Http404
    response = _handed_out(request, kind, printed, people_on(printed))
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


def _handed_out(request: HttpRequest, kind: str, printed: Printing, people: list[Patient]) -> HttpResponse:
    """The paper, with whose it is and how it was opened in the trail."""
    from billing.printing import paper_pdf  # the PDF engine is large; pages that print nothing do without it

    page = request.resolver_match.view_name if request.resolver_match else f"billing:{kind}-show"
    for person in people:
        record_printing(page, patient_id=person.pk)
    return pdf_response(paper_pdf(printed, hospital=request.hospital, people=people), printed.filename)
