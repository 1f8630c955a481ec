"""Choices of the pharmacy and every allowed move of a prescription, its items, a dispense and an adjustment."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class PrescriptionStatus(TextChoices):
    DRAFT = "draft", pgettext_lazy("prescription", "Draft")
    SIGNED = "signed", pgettext_lazy("prescription", "Waiting for review")
    QUERIED = "queried", pgettext_lazy("prescription", "Question to the doctor")
    REVIEWED = "reviewed", pgettext_lazy("prescription", "Reviewed")
    PARTLY_DISPENSED = "partly_dispensed", pgettext_lazy("prescription", "Partly dispensed")
    DISPENSED = "dispensed", pgettext_lazy("prescription", "Dispensed")
    STOPPED = "stopped", pgettext_lazy("prescription", "Stopped")
    EXPIRED = "expired", pgettext_lazy("prescription", "Expired")


OPEN_PRESCRIPTIONS = (
    PrescriptionStatus.SIGNED,
    PrescriptionStatus.QUERIED,
    PrescriptionStatus.REVIEWED,
    PrescriptionStatus.PARTLY_DISPENSED,
)
DISPENSABLE_PRESCRIPTIONS = (PrescriptionStatus.REVIEWED, PrescriptionStatus.PARTLY_DISPENSED)

PRESCRIPTION_FLOW = Flow(
    field="status",
    moves={
        "sign": Move({"draft"}, "signed"),
        "review": Move({"signed"}, "reviewed"),
        "resume": Move({"signed"}, "partly_dispensed"),  # reviewed again after a question amid dispensing
        "query": Move({"signed", "reviewed", "partly_dispensed"}, "queried"),
        "answer": Move({"queried"}, "signed"),
        "dispense_partly": Move({"reviewed", "partly_dispensed"}, "partly_dispensed"),
        "dispense": Move({"reviewed", "partly_dispensed"}, "dispensed"),
        "stop": Move({"signed", "queried", "reviewed", "partly_dispensed"}, "stopped"),
        "expire": Move({"signed", "queried", "reviewed", "partly_dispensed"}, "expired"),
    },
)


class ItemStatus(TextChoices):
    DRAFT = "draft", pgettext_lazy("prescription item", "Draft")
    ACTIVE = "active", pgettext_lazy("prescription item", "Active")
    PARTLY_DISPENSED = "partly_dispensed", pgettext_lazy("prescription item", "Partly dispensed")
    DISPENSED = "dispensed", pgettext_lazy("prescription item", "Dispensed")
    STOPPED = "stopped", pgettext_lazy("prescription item", "Stopped")
    EXPIRED = "expired", pgettext_lazy("prescription item", "Expired")


DISPENSABLE_ITEMS = (ItemStatus.ACTIVE, ItemStatus.PARTLY_DISPENSED)

ITEM_FLOW = Flow(
    field="status",
    moves={
        "sign": Move({"draft"}, "active"),
        "dispense_partly": Move({"active", "partly_dispensed"}, "partly_dispensed"),
        "dispense": Move({"active", "partly_dispensed"}, "dispensed"),
        # A dispensed course may still be stopped: the patient is told to stop taking it.
        "stop": Move({"active", "partly_dispensed", "dispensed"}, "stopped"),
        "expire": Move({"active", "partly_dispensed"}, "expired"),
    },
)


class DispenseStatus(TextChoices):
    PREPARED = "prepared", pgettext_lazy("dispense", "Prepared")
    CHECKED = "checked", pgettext_lazy("dispense", "Checked")
    HANDED_OVER = "handed_over", pgettext_lazy("dispense", "Handed over")
    RETURNED = "returned", pgettext_lazy("dispense", "Returned")
    CANCELLED = "cancelled", pgettext_lazy("dispense", "Cancelled")
    RELEASED = "released", pgettext_lazy("dispense", "Released after waiting too long")


OPEN_DISPENSES = (DispenseStatus.PREPARED, DispenseStatus.CHECKED)

DISPENSE_FLOW = Flow(
    field="status",
    moves={
        "check": Move({"prepared"}, "checked"),
        "hand_over": Move({"prepared", "checked"}, "handed_over"),
        "cancel": Move({"prepared", "checked"}, "cancelled"),
        "release": Move({"prepared", "checked"}, "released"),
        "return": Move({"handed_over"}, "returned"),
    },
)


class AdjustmentStatus(TextChoices):
    REQUESTED = "requested", pgettext_lazy("stock adjustment", "Waiting for approval")
    APPLIED = "applied", pgettext_lazy("stock adjustment", "Applied")
    REFUSED = "refused", pgettext_lazy("stock adjustment", "Refused")


ADJUSTMENT_FLOW = Flow(
    field="status",
    moves={"apply": Move({"requested"}, "applied"), "refuse": Move({"requested"}, "refused")},
)


class AdjustmentReason(TextChoices):
    COUNT = "count", _("Count differs from the record")
    EXPIRED = "expired", _("Expired stock removed")
    DAMAGED = "damaged", _("Damaged or broken")
    LOST = "lost", _("Lost or stolen")
    RECALL = "recall", _("Recalled by the maker")
    OTHER = "other", _("Another reason")


class MovementKind(TextChoices):
    RECEIPT = "receipt", _("Received")
    DISPENSE = "dispense", _("Dispensed")
    RETURN = "return", _("Returned by a patient")
    ADJUSTMENT = "adjustment", _("Adjusted")


class LocationKind(TextChoices):
    STORE = "store", _("Pharmacy store")
    QUARANTINE = "quarantine", _("Quarantine")


class Severity(TextChoices):
    CONTRAINDICATED = "contraindicated", pgettext_lazy("severity", "Contraindicated")
    MAJOR = "major", pgettext_lazy("severity", "Major")
    MODERATE = "moderate", pgettext_lazy("severity", "Moderate")
    MINOR = "minor", pgettext_lazy("severity", "Minor")
    UNAVAILABLE = "unavailable", pgettext_lazy("severity", "Check unavailable")


SEVERITY_ORDER = (
    Severity.CONTRAINDICATED,
    Severity.MAJOR,
    Severity.UNAVAILABLE,
    Severity.MODERATE,
    Severity.MINOR,
)
# A warning of these severities stops the signature until somebody writes down why it is overridden. An allergy to the
# medicine itself or to its class is never below major.
BLOCKING_SEVERITIES = (Severity.CONTRAINDICATED, Severity.MAJOR)


class CheckKind(TextChoices):
    ALLERGY = "allergy", _("Allergy")
    INTERACTION = "interaction", _("Interaction")
    DUPLICATE = "duplicate", _("Duplicate therapy")
    DOSE = "dose", _("Dose")


class CheckStage(TextChoices):
    PRESCRIBING = "prescribing", _("When prescribing")
    DISPENSING = "dispensing", _("When dispensing")
