"""States of a test that was ordered, of its tube and of its results, and the moves between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class ItemState(models.TextChoices):
    ORDERED = "ordered", pgettext_lazy("lab item", "Ordered")
    COLLECTED = "collected", pgettext_lazy("lab item", "Collected")
    RECEIVED = "received", pgettext_lazy("lab item", "Received")
    RESULTED = "resulted", pgettext_lazy("lab item", "Result entered")
    VERIFIED = "verified", pgettext_lazy("lab item", "Verified")
    RELEASED = "released", pgettext_lazy("lab item", "Released")
    CORRECTED = "corrected", pgettext_lazy("lab item", "Corrected")
    CANCELLED = "cancelled", pgettext_lazy("lab item", "Cancelled")


# What anybody outside the laboratory may see a result of.
PUBLISHED = (ItemState.RELEASED, ItemState.CORRECTED)
# What the laboratory still has to work on.
OPEN = (ItemState.ORDERED, ItemState.COLLECTED, ItemState.RECEIVED, ItemState.RESULTED, ItemState.VERIFIED)

ITEM_FLOW = Flow(
    field="state",
    moves={
        "collect": Move({"ordered"}, "collected"),
        "receive": Move({"collected"}, "received"),
        # The tube is refused: the test waits for a new one.
        "reject": Move({"collected", "received"}, "ordered"),
        "result": Move({"received"}, "resulted"),
        "send_back": Move({"resulted"}, "received"),
        "verify": Move({"resulted"}, "verified"),
        "release": Move({"verified"}, "released"),
        "correct": Move({"released", "corrected"}, "corrected"),
        "cancel": Move({"ordered", "collected"}, "cancelled"),
    },
)


class SpecimenState(models.TextChoices):
    COLLECTED = "collected", pgettext_lazy("specimen", "Collected")
    RECEIVED = "received", pgettext_lazy("specimen", "Received")
    REJECTED = "rejected", pgettext_lazy("specimen", "Rejected")
    DISCARDED = "discarded", pgettext_lazy("specimen", "Not needed any more")


SPECIMEN_FLOW = Flow(
    field="state",
    moves={
        "receive": Move({"collected"}, "received"),
        "reject": Move({"collected", "received"}, "rejected"),
        "discard": Move({"collected"}, "discarded"),
    },
)


class ResultState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("lab result", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("lab result", "To be verified")
    VERIFIED = "verified", pgettext_lazy("lab result", "Verified")
    RELEASED = "released", pgettext_lazy("lab result", "Released")
    SUPERSEDED = "superseded", pgettext_lazy("lab result", "Replaced by a correction")
    VOIDED = "voided", pgettext_lazy("lab result", "Given up")


RESULT_FLOW = Flow(
    field="state",
    moves={
        "submit": Move({"draft"}, "submitted"),
        "send_back": Move({"submitted"}, "draft"),
        # A correction that is not accepted is given up; another one may be made.
        "refuse": Move({"submitted"}, "voided"),
        "verify": Move({"submitted"}, "verified"),
        "release": Move({"verified"}, "released"),
        "supersede": Move({"released"}, "superseded"),
        "void": Move({"draft"}, "voided"),
    },
)
UNVERIFIED = (ResultState.DRAFT, ResultState.SUBMITTED)


class Priority(models.TextChoices):
    ROUTINE = "routine", pgettext_lazy("lab priority", "Routine")
    URGENT = "urgent", pgettext_lazy("lab priority", "Urgent")
    STAT = "stat", pgettext_lazy("lab priority", "Immediately (STAT)")


class Flag(models.TextChoices):
    """How a value stands to its range, in HL7's letters (table 0078). Empty: there is no range to judge by."""

    NONE = "", ""
    NORMAL = "N", pgettext_lazy("lab flag", "Normal")
    LOW = "L", pgettext_lazy("lab flag", "Low")
    HIGH = "H", pgettext_lazy("lab flag", "High")
    CRITICAL_LOW = "LL", pgettext_lazy("lab flag", "Critically low")
    CRITICAL_HIGH = "HH", pgettext_lazy("lab flag", "Critically high")
    ABNORMAL = "A", pgettext_lazy("lab flag", "Abnormal")


CRITICAL = (Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH)


class ValueType(models.TextChoices):
    NUMERIC = "numeric", pgettext_lazy("lab value", "Number")
    TEXT = "text", pgettext_lazy("lab value", "Text")
    CODED = "coded", pgettext_lazy("lab value", "Choice")
    TITRE = "titre", pgettext_lazy("lab value", "Titre")


class RangeSex(models.TextChoices):
    ANY = "any", pgettext_lazy("sex of a range", "Any")
    MALE = "male", pgettext_lazy("sex of a range", "Male")
    FEMALE = "female", pgettext_lazy("sex of a range", "Female")


class Rejection(models.TextChoices):
    HAEMOLYSED = "haemolysed", _("Haemolysed")
    CLOTTED = "clotted", _("Clotted")
    INSUFFICIENT = "insufficient", _("Too little material")
    UNLABELLED = "unlabelled", _("No label")
    MISLABELLED = "mislabelled", _("Label and request do not match")
    WRONG_CONTAINER = "wrong_container", _("Wrong container")
    LEAKED = "leaked", _("Leaked or broken")
    TOO_OLD = "too_old", _("Too long on the way")
    CONTAMINATED = "contaminated", _("Contaminated")
    OTHER = "other", _("Another reason")
