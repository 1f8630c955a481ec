"""The public page: what the system is, what it costs, and how to see it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from core.once import exactly_once
from hospitals.forms import DemoRequestForm
from hospitals.queries import offered_plans


@login_not_required
@exactly_once
def landing(request: HttpRequest) -> HttpResponse:
    form = DemoRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.save(commit=False)
        asked.language = get_language() or "en"
        asked.save()
        return redirect("landing:thanks")
    context = {"form": form, "plans": offered_plans()}
    return render(request, "hospitals/landing/home.html", context, status=422 if form.is_bound else 200)


@login_not_required
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "hospitals/landing/thanks.html")
