"""Closed lists of the patients room and the moves a visit may make."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class Sex(TextChoices):
    """Administrative gender, as FHIR R4 names it."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", pgettext_lazy("sex", "Other")
    UNKNOWN = "unknown", pgettext_lazy("sex", "Unknown")


class Precision(TextChoices):
    """How much of a birth date is really known; many papers carry a year only."""

    DAY = "day", _("Exact day")
    MONTH = "month", _("Month and year")
    YEAR = "year", _("Year only")
    ESTIMATED = "estimated", _("Estimated from age")


class Confidentiality(TextChoices):
    """Who may see the record; the rules stand in patients.access."""

    NORMAL = "normal", pgettext_lazy("confidentiality", "Normal")
    RESTRICTED = "restricted", pgettext_lazy("confidentiality", "Restricted")
    VERY_RESTRICTED = "very_restricted", pgettext_lazy("confidentiality", "Very restricted")


class GlassReason(TextChoices):
    """Why somebody opens a record that is closed to them."""

    EMERGENCY = "emergency", _("Emergency: the patient's life or health is in danger")
    COVER = "cover", _("I stand in for the treating colleague")
    ADVICE = "advice", _("A colleague asked me for advice")
    REQUEST = "request", _("The patient asked me to")
    OTHER = "other", pgettext_lazy("reason", "Another reason")


class BloodGroup(TextChoices):
    A_POS = "A+", "A+"
    A_NEG = "A-", "A−"
    B_POS = "B+", "B+"
    B_NEG = "B-", "B−"
    AB_POS = "AB+", "AB+"
    AB_NEG = "AB-", "AB−"
    O_POS = "O+", "O+"
    O_NEG = "O-", "O−"


class Relationship(TextChoices):
    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    SPOUSE = "spouse", _("Spouse")
    CHILD = "child", _("Son or daughter")
    SIBLING = "sibling", _("Brother or sister")
    GRANDPARENT = "grandparent", _("Grandparent")
    RELATIVE = "relative", _("Other relative")
    FRIEND = "friend", _("Friend")
    GUARDIAN = "guardian", _("Guardian")
    EMPLOYER = "employer", _("Employer")
    OTHER = "other", pgettext_lazy("relationship", "Other")


class DocumentKind(TextChoices):
    PHOTO = "photo", _("Photo")
    IDENTITY = "identity", _("Identity paper")
    REFERRAL = "referral", _("Referral letter")
    RESULT = "result", _("Result from elsewhere")
    CONSENT = "consent", _("Signed consent")
    INSURANCE = "insurance", _("Insurance paper")
    OTHER = "other", pgettext_lazy("document", "Other")


class ConsentPurpose(TextChoices):
    """What a patient is asked about; the first three concern nobody outside the hospital."""

    TREATMENT = "treatment", _("Treatment and records")
    REMINDERS = "reminders", _("Reminders by message")
    PHOTO = "photo", _("Photo on the record")
    CAMPAIGNS = "campaigns", _("News and campaigns")
    SHARE_FACILITY = "share_facility", _("Sharing with another facility")
    SHARE_INSURER = "share_insurer", _("Sharing with the insurer")
    RESEARCH = "research", _("Research without the name")


class ConsentDecision(TextChoices):
    """FHIR R4 Consent: permit and deny are provisions of an active consent, withdrawn makes it inactive."""

    PERMIT = "permit", pgettext_lazy("consent", "Given")
    DENY = "deny", pgettext_lazy("consent", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "Withdrawn")


class ConsentGiver(TextChoices):
    PATIENT = "patient", _("The patient")
    GUARDIAN = "guardian", _("Guardian")


class ConsentMethod(TextChoices):
    PAPER = "paper", _("Signed on paper")
    SCREEN = "screen", _("Read on the screen")
    SPOKEN = "spoken", _("Spoken")


class Ground(TextChoices):
    """Why something may or may not be done with a patient's data; the rules stand in patients.consents."""

    GIVEN = "given", pgettext_lazy("consent", "The patient has agreed")
    UNLESS_REFUSED = "unless_refused", pgettext_lazy("consent", "Allowed unless the patient refuses")
    REFUSED = "refused", pgettext_lazy("consent", "The patient has refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "The patient has withdrawn the consent")
    NOT_ASKED = "not_asked", pgettext_lazy("consent", "The patient has not been asked")
    ASK_AGAIN = "ask_again", pgettext_lazy("consent", "The text has changed: the patient has to be asked again")
    CLOSED = "closed", pgettext_lazy("consent", "The record is closed")
    DECEASED = "deceased", pgettext_lazy("consent", "The patient is deceased")


class ExportStatus(TextChoices):
    QUEUED = "queued", pgettext_lazy("export", "Waiting")
    RUNNING = "running", pgettext_lazy("export", "Being put together")
    READY = "ready", pgettext_lazy("export", "Ready")
    FAILED = "failed", pgettext_lazy("export", "Failed")
    EXPIRED = "expired", pgettext_lazy("export", "Expired")


class ErasureKind(TextChoices):
    ERASE = "erase", _("Erase the record")
    CLOSE = "close", _("Close the record")


class ErasureStatus(TextChoices):
    REQUESTED = "requested", pgettext_lazy("erasure", "Waits for a second person")
    APPROVED = "approved", pgettext_lazy("erasure", "Approved")
    RUNNING = "running", pgettext_lazy("erasure", "Being carried out")
    DONE = "done", pgettext_lazy("erasure", "Carried out")
    REFUSED = "refused", pgettext_lazy("erasure", "Refused")
    TAKEN_BACK = "withdrawn", pgettext_lazy("erasure", "Taken back")


class RetentionStatus(TextChoices):
    PREVIEW = "preview", pgettext_lazy("retention", "Preview")
    REPLACED = "replaced", pgettext_lazy("retention", "Replaced by a newer one")
    RELEASED = "released", pgettext_lazy("retention", "Released")
    DONE = "done", pgettext_lazy("retention", "Carried out")


class Erases(TextChoices):
    """What an erasure does with a table's rows."""

    BLANK = "blank", "blank"  # encrypted columns are emptied; ids, codes, figures and times stay
    REMOVE = "remove", "remove"
    KEEP = "keep", "keep"


class VisitKind(TextChoices):
    OUTPATIENT = "outpatient", _("Outpatient")
    EMERGENCY = "emergency", _("Emergency")
    INPATIENT = "inpatient", _("Inpatient")
    LABORATORY = "laboratory", _("Laboratory only")
    PHARMACY = "pharmacy", _("Pharmacy only")
    VACCINATION = "vaccination", _("Vaccination")
    TELEMEDICINE = "telemedicine", _("Telemedicine")


class VisitStatus(TextChoices):
    OPEN = "open", pgettext_lazy("visit", "Open")
    CLOSED = "closed", pgettext_lazy("visit", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("visit", "Cancelled")


class Payer(TextChoices):
    """Who pays for a visit; the codes follow the payment types of Cambodia's PMRS."""

    SELF = "self", _("Pays in person")
    NSSF = "nssf", _("NSSF")
    HEF = "hef", _("Health Equity Fund")
    HEF_INFORMAL = "hef_informal", _("Health Equity Fund (informal worker)")
    INSURANCE = "insurance", _("Private insurance")
    EMPLOYER = "employer", pgettext_lazy("payer", "Employer")
    OTHER = "other", pgettext_lazy("payer", "Other")


VISIT_FLOW = Flow(
    field="status",
    moves={
        "close": Move({VisitStatus.OPEN}, VisitStatus.CLOSED),
        "cancel": Move({VisitStatus.OPEN}, VisitStatus.CANCELLED),
    },
)

EXPORT_FLOW = Flow(
    field="status",
    moves={
        "start": Move({ExportStatus.QUEUED, ExportStatus.RUNNING}, ExportStatus.RUNNING),  # again after a worker died
        "finish": Move({ExportStatus.RUNNING}, ExportStatus.READY),
        "fail": Move({ExportStatus.QUEUED, ExportStatus.RUNNING}, ExportStatus.FAILED),
        "expire": Move({ExportStatus.READY}, ExportStatus.EXPIRED),
    },
)

ERASURE_FLOW = Flow(
    field="status",
    moves={
        "approve": Move({ErasureStatus.REQUESTED}, ErasureStatus.APPROVED),
        "refuse": Move({ErasureStatus.REQUESTED}, ErasureStatus.REFUSED),
        "take_back": Move({ErasureStatus.REQUESTED, ErasureStatus.APPROVED}, ErasureStatus.TAKEN_BACK),
        "start": Move({ErasureStatus.APPROVED}, ErasureStatus.RUNNING),
        "finish": Move({ErasureStatus.RUNNING}, ErasureStatus.DONE),
    },
)

RETENTION_FLOW = Flow(
    field="status",
    moves={
        "replace": Move({RetentionStatus.PREVIEW}, RetentionStatus.REPLACED),
        "release": Move({RetentionStatus.PREVIEW}, RetentionStatus.RELEASED),
        "finish": Move({RetentionStatus.RELEASED}, RetentionStatus.DONE),
    },
)
