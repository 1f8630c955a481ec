"""What the page of charges by time takes in."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import Service
from billing.queries.catalogue import charged_by_time
from core.clock import day_bounds, now
from core.forms import Form
from patients.models import Visit


class TimeForm(Form):
    """Which service, from when to when."""

    service: "forms.ModelChoiceField[Service]" = forms.ModelChoiceField(
        label=_("Service"), queryset=Service.objects.none()
    )
    began = forms.DateTimeField(label=_("From"))
    ended = forms.DateTimeField(label=_("Until"))

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit
        self.fields["service"].queryset = charged_by_time()
        self.fields["service"].label_from_instance = _words

    def clean_began(self) -> datetime.datetime:
        began: datetime.datetime = self.cleaned_data["began"]
        if began < day_bounds(self.visit.date)[0]:
            raise forms.ValidationError(_("The visit began later."))
        return began

    def clean_ended(self) -> datetime.datetime:
        ended: datetime.datetime = self.cleaned_data["ended"]
        if ended > now():
            raise forms.ValidationError(_("This is not over yet."))
        return ended

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "began" in cleaned and "ended" in cleaned and cleaned["ended"] <= cleaned["began"]:
            self.add_error("ended", _("It ends after it begins."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What the services that charge by time ask for."""
        began, ended = self.cleaned_data["began"], self.cleaned_data["ended"]
        words = f"{timezone.localtime(began):%Y-%m-%d %H:%M} – {timezone.localtime(ended):%Y-%m-%d %H:%M}"
        return {"service_code": self.cleaned_data["service"].code, "began": began, "ended": ended, "text": words}


def _words(service: Service) -> str:
    """A service with its unit, and the grace it gives."""
    grace = _("%(minutes)s minutes of grace") % {"minutes": service.grace_minutes}
    return f"{service.name} · {service.get_unit_display()} · {grace}"
