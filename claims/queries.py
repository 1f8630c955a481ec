"""Reading claims, batches and remittances: what one may see, what waits, and how old it is."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from billing.models import PayerShare, Posting
from claims.models import Batch, Channel, Claim, ClaimPaper, Disposition, Remittance
from claims.states import ENDED, OPEN, ClaimStatus, DispositionStatus
from core.clock import today
from insurance.models import Payer
from patients.access import sight_of
from patients.consents import Answer, may_share_all
from patients.models import PatientDocument
from patients.states import ConsentPurpose

AGES = ((0, 30), (31, 60), (61, 90), (91, None))
ZERO = Decimal(0)
LARGEST_PAPERS = 40 * 1024 * 1024  # bytes: of one claim, and of what one archive of a batch takes into memory
OWED_BACK = "owed_back"  # a choice beside the statuses: claims whose payer is owed something back


def claims_in_sight(user: Any, path: str = "patient") -> Q:
    """Whoever prepares claims sees all of them, as the cash desk sees what is owed; others follow the patient."""
    return Q() if user.may("claim:prepare") else sight_of(user).of(path)


def visible_claims(user: Any) -> QuerySet[Claim]:
    found = Claim.objects.select_related(
        "payer", "patient", "invoice__branch", "coverage__contract", "batch", "made_by"
    )
    return found.filter(claims_in_sight(user)).order_by("-id")


def search_claims(user: Any, *, status: str = "", payer: str = "", number: str = "") -> QuerySet[Claim]:
    """Claims by status (all open ones when none is named), payer and number."""
    found = visible_claims(user)
    if number.strip():
        word = number.strip().upper()
        return found.filter(Q(number=word) | Q(invoice__number=word) | Q(batch__number__iexact=word))
    if payer:
        found = found.filter(payer__code=payer)
    if status == OWED_BACK:
        return found.filter(invoice__payer_share__owed_back__gt=F("invoice__payer_share__returned"), status__in=ENDED)
    if status in ClaimStatus.values:
        return found.filter(status=status)
    return found if status == "all" else found.filter(status__in=OPEN)


def to_claim(user: Any) -> QuerySet[PayerShare]:
    """Payer parts of issued invoices that stand on no claim yet, the oldest first."""
    found = PayerShare.objects.select_related("invoice__patient", "invoice__visit", "payer").order_by("id")
    still_open = Q(due__gt=F("credited") + F("paid") + F("transferred") + F("written_off"))  # nothing is back yet
    return found.filter(still_open, claims_in_sight(user, "invoice__patient"), claimed=False)


def to_claim_count(user: Any) -> int:
    return to_claim(user).order_by().count()


def drafts_of(payer: Payer) -> QuerySet[Claim]:
    """Drafts that are in no batch yet."""
    return Claim.objects.filter(payer=payer, status=ClaimStatus.DRAFT, batch=None).order_by("id")


def payers_with_drafts() -> QuerySet[Payer]:
    """Payers for whom a batch can be made, with how many claims wait."""
    waiting = Q(claims__status=ClaimStatus.DRAFT, claims__batch=None)
    return Payer.objects.annotate(waiting=Count("claims", filter=waiting)).filter(waiting__gt=0).order_by("code")


def batches() -> QuerySet[Batch]:
    found = Batch.objects.select_related("payer", "made_by", "submitted_by").order_by("-id")
    return found.annotate(size=Count("claims"))


def claims_of_batch(batch: Batch) -> list[Claim]:
    """Everything a file of the batch says, in four queries however many claims it has."""
    found = _standing(batch).select_related("payer", "patient", "invoice__branch", "coverage")
    return list(found.prefetch_related("lines"))


def _standing(batch: Batch) -> QuerySet[Claim]:
    return Claim.objects.filter(batch=batch).exclude(status=ClaimStatus.WITHDRAWN).order_by("id")


def papers_of(claims: Collection[Claim]) -> dict[UUID, list[PatientDocument]]:
    """The papers on claims that still stand in the record of the claim's own patient, by claim; one query."""
    found: dict[UUID, list[PatientDocument]] = defaultdict(list)
    papers = ClaimPaper.objects.filter(claim__in=claims, document__removed_at=None)
    for paper in papers.filter(document__patient=F("claim__patient")).select_related("document").order_by("id"):
        found[paper.claim_id].append(paper.document)
    return found


def papers_to_send(claims: Sequence[Claim]) -> tuple[dict[UUID, list[PatientDocument]], dict[Claim, Answer]]:
    """Papers by claim of patients who let their payer see them, and claims whose papers stay, with the ground."""
    papers = papers_of(claims)
    having = [claim for claim in claims if claim.pk in papers]
    answers = may_share_all(
        {claim.patient_id: claim.patient for claim in having}.values(), ConsentPurpose.SHARE_INSURER
    )
    staying = {claim: answers[claim.patient_id] for claim in having if not answers[claim.patient_id]}
    return {claim.pk: papers[claim.pk] for claim in having if claim not in staying}, staying


def standing_claims(batch: Batch) -> list[Claim]:
    return list(_standing(batch).select_related("patient"))


def archives_of(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Which claims go together into one archive of bounded size; empty where none has papers that may go."""
    parts: list[list[Claim]] = []
    papers, left = papers_to_send(claims)[0], 0
    for claim in claims:
        size = sum(document.size for document in papers.get(claim.pk, ()))
        if not size:
            continue
        if not parts or size > left:
            parts.append([])
            left = LARGEST_PAPERS
        parts[-1].append(claim)
        left -= size
    return parts


def remittances() -> QuerySet[Remittance]:
    return Remittance.objects.select_related("payer", "posted_by").order_by("-id")


def channel_of(payer: Payer) -> Channel:
    """The payer's way, not saved yet where the hospital has set none."""
    return Channel.objects.filter(payer=payer).first() or Channel(payer=payer)


def visible_dispositions(user: Any) -> QuerySet[Disposition]:
    found = Disposition.objects.select_related("claim__payer", "claim__patient", "requested_by", "decided_by")
    return found.filter(claims_in_sight(user, "claim__patient")).order_by("-id")


def write_offs_to_decide(user: Any) -> QuerySet[Disposition]:
    """What waits for this person's approval."""
    if not user.may("claim:approve"):
        return Disposition.objects.none()
    waiting = visible_dispositions(user).filter(status=DispositionStatus.REQUESTED)
    return waiting.exclude(requested_by=user).order_by("id")


def write_offs_count(user: Any) -> int:
    return write_offs_to_decide(user).order_by().count()


@dataclass
class Aged:
    """What a payer owes in one currency, by the age of its invoices in days."""

    payer: Payer
    currency: str
    sums: list[Decimal] = field(default_factory=lambda: [ZERO] * len(AGES))

    @property
    def total(self) -> Decimal:
        return sum(self.sums, ZERO)


def ageing(day: date | None = None) -> Sequence[Aged]:
    """What payers owe, read from the ledger, by how long ago the invoice was issued."""
    day = day or today()
    rows = (
        Posting.objects.filter(account__key="receivable.payers", date__lte=day)
        .values("entry__invoice__payer_share__payer", "currency", "entry__invoice__payer_share__issued_on")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    payers: dict[UUID, Payer] = Payer.objects.in_bulk()
    found: dict[tuple[UUID, str], Aged] = {}
    for row in rows:
        payer, issued = row["entry__invoice__payer_share__payer"], row["entry__invoice__payer_share__issued_on"]
        aged = found.setdefault((payer, row["currency"]), Aged(payers[payer], row["currency"]))
        aged.sums[_bucket((day - issued).days)] += row["sum"]
    return sorted((one for one in found.values() if any(one.sums)), key=lambda one: (one.payer.code, one.currency))


def _bucket(days: int) -> int:
    return next(place for place, (_first, last) in enumerate(AGES) if last is None or days <= last)
