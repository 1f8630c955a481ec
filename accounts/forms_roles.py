from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.permissions import by_room
from core.forms import Form

NAMES = ("name_en", "name_km", "name_zh_hans")


class _Named(Form):
    """A role's name in three languages, and the reason for what is done."""

    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_km = forms.CharField(label=_("Name in Khmer"), max_length=80)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=80)
    reason = forms.CharField(label=_("Reason for the change"), max_length=200)


class RoleForm(_Named):
    """What one role may do. ``version`` is the one the page was made from."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    requires_second_factor = forms.BooleanField(label=_("Needs a second factor to sign in"), required=False)
    permissions = forms.MultipleChoiceField(label=_("May"), required=False)

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        names = ("version", "requires_second_factor", "permissions", *NAMES)
        super().__init__(*args, initial={name: getattr(role, name) for name in names}, **kwargs)
        known = [one.code for permissions in by_room().values() for one in permissions]
        self.fields["permissions"].choices = [(code, code) for code in known]


class RoleCopyForm(_Named):
    source = forms.ModelChoiceField(label=_("Copy of"), queryset=Role.objects.filter(retired_at=None))
    field_order = ["source", *NAMES, "reason"]
