"""Cash vouchers: written by a cashier, decided by somebody else above the limit, printed as a slip."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from audit.services import record_printing
from billing.forms import PrintForm
from billing.queries.worklist import running_shift
from cashoffice.forms_vouchers import VoucherForm
from cashoffice.models import Voucher
from cashoffice.queries.vouchers import visible_vouchers, waiting_vouchers
from cashoffice.services import vouchers
from cashoffice.states import VoucherStatus
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.pdf import pdf_response
from core.preferences import preference
from core.rates import rated


@requires("voucher:view")
@require_GET
def voucher_list(request: HttpRequest) -> HttpResponse:
    """All vouchers of a status; without one, those that wait."""
    status = request.GET.get("status", "")
    found = visible_vouchers(request.user) if status else waiting_vouchers(request.user)
    found = found.filter(status=status) if status in VoucherStatus.values else found
    context = {"page": paginate(request, found), "status": status, "statuses": VoucherStatus.choices[1:]}
    return render_page(request, "cashoffice/voucher/list.html", context)


@requires("voucher:write")
@exactly_once
def voucher_new(request: HttpRequest) -> HttpResponse:
    form = VoucherForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            voucher = vouchers.write_voucher(**form.cleaned_data, by=request.user)
            if not voucher.is_posted:
                messages.info(request, _("The voucher waits for somebody else's approval. Hand out no cash before it."))
            return redirect("cashoffice:voucher-detail", voucher.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "shift": running_shift(request.user), "limit": preference("cashoffice.voucher_limit_usd")}
    return render(request, "cashoffice/voucher/form.html", context, status=422 if form.is_bound else 200)


@requires("voucher:view")
@require_GET
def voucher_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    voucher = _voucher(request, pk)
    context = {
        "voucher": voucher,
        "is_own": voucher.requested_by_id == request.user.pk,
        "form": PrintForm(initial={"language": request.LANGUAGE_CODE, "paper": "80mm"}),
    }
    return render(request, "cashoffice/voucher/detail.html", context)


@requires("voucher:approve")
@require_POST
@exactly_once
def voucher_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    vouchers.approve_voucher(voucher=_voucher(request, pk), by=request.user)
    return redirect("cashoffice:voucher-detail", pk)


@requires("voucher:approve")
@require_POST
@exactly_once
def voucher_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    vouchers.decline_voucher(voucher=_voucher(request, pk), reason=reason, by=request.user)
    return redirect("cashoffice:voucher-detail", pk)


@requires("voucher:write")
@require_POST
@exactly_once
def voucher_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    vouchers.withdraw_voucher(voucher=_voucher(request, pk), by=request.user)
    return redirect("cashoffice:voucher-detail", pk)


@rated("paper")
@requires("voucher:view")
@require_GET
def voucher_print(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The slip of a posted voucher on A5 or 80 mm, in the language that was chosen."""
    from cashoffice.printing import voucher_pdf  # the PDF engine is large; pages that print nothing do without it

    voucher = get_object_or_404(visible_vouchers(request.user).filter(status=VoucherStatus.POSTED), pk=pk)
    form = PrintForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {"paper": "80mm", "language": request.LANGUAGE_CODE}
    record_printing("cashoffice:voucher-print", subject="cashoffice_voucher", row_id=voucher.pk)
    return pdf_response(voucher_pdf(voucher, hospital=request.hospital, **chosen), f"{voucher.number}.pdf")


def _voucher(request: HttpRequest, pk: UUID) -> Voucher:
    return get_object_or_404(visible_vouchers(request.user), pk=pk)
