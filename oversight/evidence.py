"""Why an alert was raised, as one sentence for people."""

from django.utils.translation import gettext as _

from oversight.models import Alert
from oversight.states import Rule


def evidence_in_words(alert: Alert) -> str:
    """What the rule counted, with the limit it was measured against."""
    facts = alert.evidence
    match alert.rule:
        case Rule.MANY_PATIENTS:
            return _("%(patients)d patients within an hour; the hospital's limit is %(limit)d.") % facts
        case Rule.GUARDED:
            return _("Read %(times)d times. Nothing shows that the person treats the patient.") % facts
        case Rule.OWN_FAMILY:
            return _("The phone on the record, or of its emergency contact, is the person's own.")
        case Rule.SAME_SURNAME:
            return _("Same surname; the patient has no open visit and is not treated by the person.")
        case Rule.UNUSUAL_HOURS:
            return _("%(times)d readings at hours at which the person was not at work in the month before.") % facts
        case Rule.OTHER_DEPARTMENT:
            return (
                _("%(patients)d patients of the day never came to the person's department; the limit is %(limit)d.")
                % facts
            )
    return ""
