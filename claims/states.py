"""States of claims and batches, and the moves between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class ClaimStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("claim", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("claim", "Submitted")
    ACCEPTED = "accepted", pgettext_lazy("claim", "Accepted")
    PARTLY_ACCEPTED = "partly_accepted", pgettext_lazy("claim", "Partly accepted")
    REJECTED = "rejected", pgettext_lazy("claim", "Rejected")
    APPEALED = "appealed", pgettext_lazy("claim", "Appealed")
    PAID = "paid", pgettext_lazy("claim", "Paid")
    WRITTEN_OFF = "written_off", pgettext_lazy("claim", "Written off")
    PASSED_ON = "passed_on", pgettext_lazy("claim", "Passed on to the patient")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Withdrawn")


ANSWERED = (ClaimStatus.ACCEPTED, ClaimStatus.PARTLY_ACCEPTED, ClaimStatus.REJECTED)
WAITING = (ClaimStatus.SUBMITTED, ClaimStatus.APPEALED)
OPEN = (ClaimStatus.DRAFT, *WAITING, *ANSWERED)
ENDED = (ClaimStatus.PAID, ClaimStatus.WRITTEN_OFF, ClaimStatus.PASSED_ON)
_DECIDED_FROM = {*WAITING, *ANSWERED}

CLAIM_FLOW = Flow(
    field="status",
    moves={
        "submit": Move({ClaimStatus.DRAFT}, ClaimStatus.SUBMITTED),
        "withdraw": Move({ClaimStatus.DRAFT, ClaimStatus.SUBMITTED, *ANSWERED}, ClaimStatus.WITHDRAWN),
        "accept": Move(_DECIDED_FROM, ClaimStatus.ACCEPTED),
        "accept_part": Move(_DECIDED_FROM, ClaimStatus.PARTLY_ACCEPTED),
        "reject": Move(_DECIDED_FROM, ClaimStatus.REJECTED),
        "appeal": Move({ClaimStatus.PARTLY_ACCEPTED, ClaimStatus.REJECTED}, ClaimStatus.APPEALED),
        "pay": Move(set(ANSWERED), ClaimStatus.PAID),
        "write_off": Move(set(ANSWERED), ClaimStatus.WRITTEN_OFF),
        "pass_on": Move(set(ANSWERED), ClaimStatus.PASSED_ON),
    },
)


class BatchStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("batch", "Open")
    SENDING = "sending", pgettext_lazy("batch", "Being sent")
    SUBMITTED = "submitted", pgettext_lazy("batch", "Submitted")


class Way(models.TextChoices):
    """How a batch goes to its payer."""

    CSV = "csv", _("CSV file")
    FHIR = "fhir", _("FHIR file")
    API = "api", _("FHIR interface")


class DispositionKind(models.TextChoices):
    """What becomes of a refused amount."""

    PASS_ON = "pass_on", _("The patient pays")
    WRITE_OFF = "write_off", _("Write off")


class DispositionStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("credit note", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("credit note", "Approved")
    DECLINED = "declined", pgettext_lazy("credit note", "Declined")


DISPOSITION_FLOW = Flow(
    field="status",
    moves={
        "approve": Move({DispositionStatus.REQUESTED}, DispositionStatus.APPROVED),
        "decline": Move({DispositionStatus.REQUESTED}, DispositionStatus.DECLINED),
    },
)
