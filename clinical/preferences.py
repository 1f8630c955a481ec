"""What a hospital may decide for itself about clinical work."""

from django.utils.translation import gettext_lazy as _

from core.preferences import declare

declare(
    "clinical.bmi_scheme",
    default="asian_wpro2000",
    label=_("Classes of body mass index"),
    kind=str,
    choices=(("asian_wpro2000", _("Asian cut-offs (WHO 2000)")), ("who", _("International cut-offs (WHO)"))),
)
