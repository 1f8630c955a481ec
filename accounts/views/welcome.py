"""Accepting an invitation, and one's own profile."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.forms import ProfileForm, WelcomeForm
from accounts.permissions import open_to_staff
from accounts.services.staff import InvitationUnusable, accept_invitation, open_invitation
from core.once import exactly_once


@login_not_required
@exactly_once
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invitation = open_invitation(token)
    except InvitationUnusable as error:
        return render(request, "accounts/welcome/unusable.html", {"message": str(error)}, status=410)
    form = WelcomeForm(request.POST or None, user=invitation.user)
    if request.method == "POST" and form.is_valid():
        accept_invitation(invitation=invitation, password=form.cleaned_data["password"])
        return redirect("account_login")
    context = {"form": form, "person": invitation.user}
    return render(request, "accounts/welcome/form.html", context, status=422 if form.is_bound else 200)


@open_to_staff
@exactly_once
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("accounts:profile")
    return render(request, "accounts/profile/form.html", {"form": form}, status=422 if form.is_bound else 200)
