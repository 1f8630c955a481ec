from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from patients.states import DocumentKind


def _file(label: Any, accept: str) -> forms.FileField:
    return forms.FileField(label=label, max_length=200, widget=forms.FileInput({"accept": accept}))


class PhotoForm(Form):
    file = _file(_("Photo"), "image/jpeg,image/png,image/webp")


class DocumentForm(Form):
    kind = forms.ChoiceField(label=_("Kind of document"))
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    file = _file(_("PDF or picture"), "application/pdf,image/jpeg,image/png,image/webp")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            choice for choice in DocumentKind.choices if choice[0] != DocumentKind.PHOTO
        ]


class RemovalForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)
