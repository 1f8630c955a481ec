"""A few insured patients of today, with claims at every step."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

from billing.services.charges import capture
from claims.models import Claim, DenialReason
from claims.services.answers import Refusal, record_answer
from claims.services.batches import make_batch, submit_batch
from claims.services.claims import make_claim
from claims.services.dispositions import dispose
from claims.services.remittances import Paid, post_remittance
from core.clock import today
from core.ids import new_id
from demo.services.story import Story
from insurance.models import CaseRate, Contract, Coverage, Payer
from insurance.services.contracts import add_contract, add_payer, set_rule
from insurance.services.coverages import add_coverage, check_eligibility
from insurance.services.visits import cover_visit

INSURER = {"name_en": "Angkor Insurance", "name_km": "អង្គរ ធានារ៉ាប់រង", "name_zh_hans": "吴哥保险"}
STEPS = ("billed", "draft", "batched", "submitted", "partly_accepted", "refused", "paid")


def switch_on(story: Story) -> Contract:
    """NSSF and a private insurer, as the accountant sets them up."""
    by = story.people["accountant"]
    Payer.objects.filter(code="NSSF").update(active=True)
    insurer = Payer.objects.filter(code="ANGKOR").first()
    if insurer is not None:
        return insurer.contracts.get()
    insurer = add_payer(code="ANGKOR", kind="insurer", visit_payer="insurance", active=True, by=by, **INSURER)
    contract = add_contract(
        payer=insurer,
        code="ANGKOR-1",
        valid_from=today().replace(month=1, day=1),
        currency="USD",
        copay_rate=Decimal("0.2"),
        year_cap=Decimal(2000),
        by=by,
        **INSURER,
    )
    set_rule(contract=contract, category="vaccination", excluded=True, by=by)
    return contract


def insured_patients(new_story: Callable[[], Story], chance: Random) -> None:
    """One patient for each step of a claim, and one with NSSF."""
    first = new_story()
    contract = switch_on(first)
    for number, step in enumerate(STEPS):
        story = first if number == 0 else new_story()
        _card(story, contract, f"ANG-{chance.randint(10_000, 99_999)}")
        _visit(story, None)
        _claim(story, step)
    story = new_story()
    rate = CaseRate.objects.select_related("contract").get(contract__payer__code="NSSF", code="OPD")
    _card(story, rate.contract, f"{chance.randint(1_000_000, 9_999_999)}-{chance.randint(1_000_000, 9_999_999)}-1")
    _visit(story, rate)
    _claim(story, "draft")


def _card(story: Story, contract: Contract, number: str) -> None:
    by = story.people["receptionist"]
    with story.as_("receptionist"):
        first = today().replace(month=1, day=1)
        card = add_coverage(patient=story.patient, contract=contract, member_number=number, valid_from=first, by=by)
        check_eligibility(coverage=card, outcome="eligible", by=by)


def _visit(story: Story, rate: CaseRate | None) -> None:
    """Seen by the doctor, billed, and the patient's own part paid."""
    story.arrive()
    with story.as_("receptionist"):
        card = Coverage.objects.filter(patient=story.patient).latest("id")
        cover_visit(visit=story.visit, coverage=card, case_rate=rate, by=story.people["receptionist"])
    story.triage()
    story.begin()
    story.write()
    story.finish()
    with story.as_(story.doctor):
        capture(
            visit=story.visit, source_kind="demo.test", source_id=new_id(), service_code="LABP-CBC", by=story.doctor
        )
    story.bill()
    story.pay()


def _claim(story: Story, step: str) -> None:
    by = story.people["accountant"]
    if step == "billed":
        return
    with story.as_("accountant"):
        claim = make_claim(invoice=story.invoice, by=by)
        if step == "draft":
            return
        batch = make_batch(payer=claim.payer, claims=[claim], by=by)
        if step == "batched":
            return
        submit_batch(batch=batch, by=by)
        _answer(Claim.objects.get(pk=claim.pk), step, by)


def _answer(claim: Claim, step: str, by) -> None:
    lines = list(claim.lines.all())
    reason = DenialReason.objects.get(code="NO_AUTH")
    if step in ("partly_accepted", "refused"):
        refused = lines if step == "refused" else lines[-1:]
        record_answer(claim=claim, refused={line.pk: Refusal(line.amount, reason) for line in refused}, by=by)
    if step == "refused":
        dispose(claim=claim, kind="write_off", amount=claim.amount, reason="Asked too late", by=by)
    if step == "paid":
        rows = [Paid(claim, claim.amount)]
        post_remittance(
            payer=claim.payer, rows=rows, currency=claim.currency, received_on=today(), reference="FT-2201",
            digest=claim.number, by=by,
        )  # fmt: skip
