"""How the staff of this hospital sign in: lengths, time-outs, and whose roles need a second factor."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.forms import SignInPolicyForm
from accounts.permissions import requires
from accounts.services.policy import set_policy
from accounts.stepup import requires_step_up
from core.once import exactly_once


@requires("signin_policy:manage")
@requires_step_up
@exactly_once
def policy_edit(request: HttpRequest) -> HttpResponse:
    form = SignInPolicyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_policy(**form.facts(), by=request.user)
        return redirect("accounts:policy-edit")
    return render(request, "accounts/policy/form.html", {"form": form}, status=422 if form.is_bound else 200)
