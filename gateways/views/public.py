"""What is open to nobody in particular: the bank's call, and the second screen of a drawer. Keys are in the address."""

import json
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.htmx import wants_fragment
from core.money import KHR, USD, convert
from gateways.models import hash_key
from gateways.pictures import qr_picture
from gateways.queries.requests import khqr_account, screen_by_key, shown_at
from gateways.services.requests import ask_soon
from gateways.states import RequestStatus
from gateways.tasks import ask_about_codes
from gateways.words import in_every_language

SCAN, THANKS, WELCOME = _("Scan with your bank's app to pay."), _("Paid. Thank you."), _("Welcome")


@login_not_required
@csrf_exempt
@require_POST
def khqr_callback(request: HttpRequest, key: str) -> HttpResponse:
    """The bank says that a code was paid. That proves nothing: the bank is asked, through the same way as always."""
    account = khqr_account()
    if account is None or not constant_time_compare(account.callback_hash, hash_key(key)):
        raise Http404
    md5 = _md5_of(request)
    if md5 and ask_soon(md5):
        transaction.on_commit(partial(ask_about_codes.delay))
    return HttpResponse(status=202)


def _md5_of(request: HttpRequest) -> str:
    try:
        found = json.loads(request.body[:10_000])
    except ValueError:
        return ""
    md5 = found.get("md5") if isinstance(found, dict) else ""
    return md5[:32] if isinstance(md5, str) else ""


@login_not_required
@require_safe
def payer_screen(request: HttpRequest, key: str) -> HttpResponse:
    """What the payer scans: amount and code, never a name; afterwards a thank-you until the next one."""
    screen = screen_by_key(key)
    if screen is None:
        raise Http404
    shown = shown_at(screen.drawer)
    if shown and not shown.is_waiting and (now() - shown.updated_at).total_seconds() > 60:
        shown = None
    context: dict[str, Any] = {"screen": screen, "shown": shown, "key": key}
    if shown and shown.is_waiting:
        other = USD if shown.currency == KHR else KHR
        context["other"] = convert(shown.money, other, shown.invoice.rate)
        context["picture"] = qr_picture(shown.code, str(_("KHQR code to be scanned")))
    thanks = bool(shown and shown.status in (RequestStatus.PAID, RequestStatus.HELD))
    words = SCAN if shown and shown.is_waiting else THANKS if thanks else WELCOME
    context |= {"thanks": thanks, "words": in_every_language(words)}
    part = "#shown" if wants_fragment(request) else ""
    response = render(request, f"gateways/screen.html{part}", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
