from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form


class EmailCodeForm(Form):
    code = forms.CharField(label=_("Code"), max_length=16)

    def refuse(self) -> None:
        """Say the same for a wrong code, a spent one and one that came too late."""
        self.add_error("code", _("This code is wrong or no longer valid. Type it again, or ask for a new one."))
