"""From when on reading counts as unusual; every hospital has its own scale."""

from datetime import time

from django.utils.translation import gettext_lazy as _

from core.preferences import declare

declare(
    "oversight.many_patients",
    default=60,
    least=5,
    most=1000,
    label=_("Many patients: records of how many patients, read within an hour, raise an alert"),
)
declare(
    "oversight.department_patients",
    default=10,
    least=1,
    most=1000,
    label=_("Other departments: patients of other departments only, read on one day, that raise an alert"),
)
declare("oversight.guarded_patients", default=True, label=_("Watch over records that are confidential or watched"))
declare("oversight.own_family", default=True, label=_("Watch over staff who read records of their own household"))
declare("oversight.same_surname", default=True, label=_("Watch over staff who read records with their own surname"))
declare("oversight.unusual_hours", default=True, label=_("Watch over reading outside a person's usual hours"))
declare(
    "oversight.day_begins", default=time(6, 0), label=_("Reading before this hour needs to be usual for the person")
)
declare("oversight.day_ends", default=time(20, 0), label=_("Reading after this hour needs to be usual for the person"))
