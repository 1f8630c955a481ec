"""Who is in front of you: the banner on every page about a patient, to which departments above add what they know.

    {% patient_banner banner %}         with   banner=banner_of(patient)   in the view's context

A department adds to it from its ``apps.ready()``; its function may only add keys of its own (allergies, tier, alerts)::

    banner.contribute(allergies_for_banner)         def allergies_for_banner(patient) -> dict[str, Any]
"""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import patients_noted, record_reading
from core.logs import current_request
from patients.access import present_grant
from patients.links import address_of
from patients.models import Patient
from patients.states import Confidentiality

Contribution = Callable[[Patient], dict[str, Any]]
_contributions: list[Contribution] = []


def contribute(contribution: Contribution) -> Contribution:
    """Add a department's words to every banner; its alerts are joined with those of others."""
    if contribution not in _contributions:
        _contributions.append(contribution)
    return contribution


def banner_of(patient: Patient) -> dict[str, Any]:
    """Return what the component ``patient_banner`` shows; one or two statements, whoever contributes.

    Who sees it has seen a record: a page that noted no reading of its own is noted here, by its address's name.
    """
    request = current_request.get()
    if request and request.resolver_match and str(patient.pk) not in patients_noted():
        record_reading(patient.pk, request.resolver_match.view_name)
    banner: dict[str, Any] = {
        "name_local": patient.native_name,
        "name_latin": patient.latin_name,
        "sex": patient.get_sex_display(),
        "birth_date": patient.birth_date,
        "age_estimated": patient.age_is_estimated,
        "mrn": patient.mrn,
        "phone": patient.shown_phone,
        "photo": address_of(patient.photo_id) if patient.photo_id else "",
        "url": reverse("patients:patient-detail", args=[patient.pk]),
        "allergies": None,
        "alerts": _own_alerts(patient),
        "grant": present_grant(patient) if patient.is_restricted else None,
    }
    for contribution in _contributions:
        words = contribution(patient)
        banner["alerts"] = [*banner["alerts"], *words.pop("alerts", [])]
        banner.update(words)
    return banner


def _own_alerts(patient: Patient) -> list[tuple[str, str]]:
    alerts = []
    if patient.erased_at:
        alerts.append(("grey", _("Erased record")))
    elif patient.closed_at:
        alerts.append(("violet", _("Closed record")))
    if patient.deceased_on:
        alerts.append(("grey", _("Deceased")))
    if patient.confidentiality == Confidentiality.VERY_RESTRICTED:
        alerts.append(("violet", _("Very restricted record")))
    elif patient.is_restricted:
        alerts.append(("violet", _("Restricted record")))
    return alerts
