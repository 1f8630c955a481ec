"""The second factor by email: setting it up, giving the code at the door, switching it off."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.stages import LoginStage
from allauth.mfa.base.internal.flows import check_rate_limit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_otp import login as otp_login

from accounts.forms_email import EmailCodeForm
from accounts.models import CodePurpose, User
from accounts.permissions import open_to_staff
from accounts.services.email_codes import (
    drop_email_factor,
    email_codes_count,
    enrol_email,
    has_email_factor,
    spend_code,
)
from accounts.signs import forget_device, remember_device
from accounts.stages import ASKED, EmailCodeStage, ask_for_code
from accounts.stepup import requires_step_up
from audit.services import record_event
from core.once import exactly_once

STAGES = {"mfa_authenticate", EmailCodeStage.key}  # who has an app or a key as well may choose the mail


@login_not_required
@never_cache
def code_sign_in(request: HttpRequest) -> HttpResponse:
    """After the password: a code is sent by a press of a button, and opens the portal once."""
    stage = pending_stage(request)
    if stage is None:
        return _away(request)
    person, form = stage.login.user, EmailCodeForm(request.POST if "code" in request.POST else None)
    if "again" in request.POST:
        ask_for_code(request, person, CodePurpose.SIGN_IN)
        return redirect("email-codes:sign-in")
    if form.is_bound and form.is_valid() and _is_right(request, person, form):
        record_authentication(request, person, "mfa", type="email")
        request.session.pop(ASKED, None)
        return stage.exit()
    return _page(request, "accounts/email_code/sign_in.html", person, form)


@open_to_staff
@requires_step_up
@never_cache
def code_enrol(request: HttpRequest) -> HttpResponse:
    """Prove once that mail to the own address arrives; from then on a code by email is asked for at the door."""
    if not email_codes_count():
        raise Http404
    person, form = request.user, EmailCodeForm(request.POST if "code" in request.POST else None)
    if "again" in request.POST:
        ask_for_code(request, person, CodePurpose.ENROL)
        return redirect("email-codes:enrol")
    if form.is_bound and form.is_valid() and _is_right(request, person, form, enrol=True):
        request.session.pop(ASKED, None)
        otp_login(request, remember_device(person))
        return redirect("mfa_index")
    return _page(request, "accounts/email_code/enrol.html", person, form)


@open_to_staff
@requires_step_up
@require_POST
@exactly_once
def code_off(request: HttpRequest) -> HttpResponse:
    drop_email_factor(user=request.user)
    forget_device(request.user)
    return redirect("mfa_index")


def pending_stage(request: HttpRequest) -> LoginStage | None:
    """The step at which a person stands who may go on by a code from a mail."""
    stage = get_pending_stage(request)
    if stage is None or stage.key not in STAGES or not has_email_factor(stage.login.user):
        return None
    return stage


def _away(request: HttpRequest) -> HttpResponse:
    """To the door; who stood here and may no longer go on by mail (the hospital's rule changed) begins anew."""
    waiting = get_pending_stage(request)
    if waiting is not None and waiting.key == EmailCodeStage.key:
        return waiting.abort()
    return redirect("account_login")


def _is_right(request: HttpRequest, person: User, form: EmailCodeForm, *, enrol: bool = False) -> bool:
    """Whether the typed code is this session's; a wrong one counts and is on record, whatever it is wrong for."""
    typed, asked = form.cleaned_data["code"], request.session.get(ASKED)
    try:
        forget_failures = check_rate_limit(person)
    except ValidationError as too_many:
        form.add_error("code", too_many)
        return False
    if enrol:
        is_right = asked is not None and enrol_email(code_id=asked, user=person, typed=typed)
    else:
        is_right = asked is not None and spend_code(
            code_id=asked, user=person, purpose=CodePurpose.SIGN_IN, typed=typed
        )
    if is_right:
        forget_failures()
        return True
    record_event("second_factor_refused", "accounts_user", person.pk, factor="email")
    form.refuse()
    return False


def _page(request: HttpRequest, template: str, person: User, form: EmailCodeForm) -> HttpResponse:
    context = {"form": form, "address": _veiled(person.email), "sent": ASKED in request.session}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _veiled(address: str) -> str:
    """Enough of an address for its owner to know it: d•••@samaki.example."""
    name, _, host = address.partition("@")
    return f"{name[:1]}•••@{host}" if address else ""
