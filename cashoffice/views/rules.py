"""The rules of the cash office: how a drawer is counted, from where on somebody else looks, what may be a fee."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from cashoffice.forms_rules import RulesForm
from core.once import exactly_once


@requires("cash_rules:manage")
@requires_step_up
@exactly_once
def rules_edit(request: HttpRequest) -> HttpResponse:
    form = RulesForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.store(by=request.user):
        messages.success(request, _("The rules were changed."))
        return redirect("cashoffice:rules-edit")
    return render(request, "cashoffice/rules.html", {"form": form}, status=422 if form.is_bound else 200)
