"""Rules of this room that a hospital may change."""

from django.utils.translation import gettext_lazy as _

from core.preferences import declare

declare("patients.mrn_format", default="P{number:06d}", label=_("Format of medical record numbers"), kind=str)
declare("patients.family_format", default="F{number:06d}", label=_("Format of family numbers"), kind=str)
declare("patients.visit_format", default="V{number:07d}", label=_("Format of visit numbers"), kind=str)
