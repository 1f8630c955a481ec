"""An insurer pays many claims by one transfer: the postings of a remittance are one line of the bank."""

from decimal import Decimal as D

import pytest

from accounts.models import Branch
from billing.models import Posting
from billing.queries.comparing import ledger_disagreements
from billing.services.credits import approve_credit, request_credit
from billing.services.payments import take_payment
from cashoffice.models import Clearing, Match
from cashoffice.queries.offers import Together, suggestions
from cashoffice.queries.statements import lines_of
from cashoffice.queries.unknown import receipts_of, visible_unknown
from cashoffice.services.clearings import explanations
from cashoffice.services.matches import match_by_hand, post_line, undo_match
from claims.services.batches import make_batch, submit_batch
from claims.services.claims import make_claim
from claims.services.remittances import Paid, post_remittance
from core.clock import today
from tests.cashoffice.test_closing_pages import once
from tests.cashoffice.test_matching import imported, mt940
from tests.claims.test_claims import make_claim_sent
from tests.claims.test_claims import remit as claim_paid
from tests.factories import billing as make
from tests.support.owning import as_owner


@pytest.fixture
def remit(insured, accountant):
    """A remittance over two claims of 48 dollars, of which the payer pays these amounts."""

    def post(*amounts, reference="", digest="d"):
        claims = [make_claim(invoice=insured(), by=accountant) for _amount in amounts]
        submit_batch(batch=make_batch(payer=claims[0].payer, claims=claims, by=accountant), by=accountant)
        rows = [Paid(claim, D(amount)) for claim, amount in zip(claims, amounts, strict=True)]
        return post_remittance(
            payer=claims[0].payer, rows=rows, currency="USD", received_on=today(), reference=reference, digest=digest,
            by=accountant,
        )  # fmt: skip

    return post


def test_one_transfer_is_matched_with_all_its_claims_by_itself(remit, accountant):
    remit("40", "40", reference="TT-1000", digest="one")
    second = remit("48", "32", reference="TT-2000", digest="two")
    line = imported(mt940((80, "B1", "INSURER TT-2000")), accountant).lines.get()
    assert line.is_matched
    assert {match.posting.entry.source_id for match in Match.objects.all()} == {one.pk for one in second.lines.all()}
    assert not ledger_disagreements()


def test_a_claim_is_known_by_its_number_where_the_payer_pays_each_by_itself(remit, accountant):
    remittance = remit("40", "40")
    claim = remittance.lines.first().claim
    statement = imported(mt940((40, "B1", claim.number), (40, "B2", "no word")), accountant)
    assert [line.is_matched for line in lines_of(statement)] == [True, False]  # what has no word is left to a person
    assert Match.objects.get(line__position=1).posting.entry.source_id == remittance.lines.first().pk


def test_a_person_chooses_the_remittance_in_one_act(remit, client_for, accountant):
    remittance = remit("48", "32")
    other = remit("40", "40", digest="two")
    line = imported(mt940((80, "B1", "no word")), accountant).lines.get()
    assert not line.is_matched  # two remittances of this sum
    offered = [one for one, _likeness in suggestions(line)]
    assert {one.pk for one in offered} == {remittance.pk, other.pk}
    assert all(isinstance(one, Together) and one.rest == 80 for one in offered)
    office, page = client_for("accountant"), f"/cash/statements/rows/{line.pk}/"
    shown = office.get(page).content.decode()
    assert remittance.number in shown
    assert "2 postings of one transfer" in shown
    found = office.get(page, {"q": remittance.number}).content.decode()
    assert f'value="{remittance.pk}"' in found
    assert office.post(f"{page}match/", once(posting=[remittance.pk])).status_code == 302
    line.refresh_from_db()
    assert line.is_matched
    assert Match.objects.filter(is_manual=True, undone_at=None).count() == 2
    gone = office.post(f"{page}match/", once(posting=[remittance.pk]))
    assert gone.status_code == 422


def test_what_is_left_of_a_remittance_is_offered_as_long_as_it_is_several(remit, accountant):
    remit("48", "32", "20")
    first, second = imported(mt940((20, "B1", ""), (81, "B2", "")), accountant).lines.order_by("position")
    assert first.is_matched
    together = suggestions(second)[0][0]
    assert (together.rest, len(together.postings)) == (80, 2)
    match_by_hand(line=second, postings=together.postings[:1], by=accountant)
    assert not any(isinstance(one, Together) for one, _likeness in suggestions(second))
    undo_match(match=Match.objects.get(is_manual=True), reason="x", by=accountant)
    assert suggestions(second)[0][0].rest == 80


def test_an_unknown_receipt_is_cleared_with_the_whole_remittance(insured, remit, client_for, accountant):
    line = imported(mt940((80, "B1", "WHO")), accountant).lines.get()
    post_line(line=line, purpose="unknown", branch=Branch.objects.order_by("code")[0], by=accountant)
    remittance = remit("48", "32")
    receipt = receipts_of(list(visible_unknown(accountant)))[0]
    assert explanations(receipt)[0][0].pk == remittance.pk
    page = f"/cash/statements/unknown/{receipt.posting.pk}/"
    office = client_for("accountant")
    shown = office.get(page).content.decode()
    assert remittance.number in shown
    assert remittance.lines.first().claim.number in shown
    assert office.post(f"{page}clear/", once(posting=[remittance.pk])).status_code == 302
    assert Clearing.objects.count() == 2
    assert not visible_unknown(accountant).exists()
    assert sum(Posting.objects.filter(account__key="bank").values_list("amount", flat=True)) == 80
    assert not ledger_disagreements()


def test_a_transfer_less_what_the_payer_keeps_is_one_line_too(insured, cashier, accountant):
    make.shift(cashier)
    first = make_claim_sent(insured(), accountant)
    take_payment(invoice=first.invoice, tenders=[make.usd(12)], by=cashier)
    claim_paid(first, "48", by=accountant)
    amounts = dict(zip(first.invoice.lines.values_list("pk", flat=True), (D(50), D(10)), strict=True))
    note = request_credit(invoice=first.invoice, amounts=amounts, reason="not done", by=cashier)
    approve_credit(note=note, by=accountant)
    second = make_claim_sent(insured(("100.00", "USD")), accountant)
    rows = [Paid(second, D(80)), Paid(first, D(-48))]
    netted = post_remittance(
        payer=first.payer, rows=rows, currency="USD", received_on=today(), digest="netted", by=accountant
    )
    line = imported(mt940((48, "B0", "before"), (32, "B1", netted.number)), accountant).lines.get(position=2)
    assert line.is_matched
    assert sorted(match.posting.amount for match in line.matches.all()) == [-48, 80]
    assert not ledger_disagreements()


def test_a_claim_that_was_changed_is_named_with_its_invoices_last_entry(committed_db, insured, accountant):
    claim = make_claim_sent(insured(), accountant)
    claim_paid(claim, "20", by=accountant)
    as_owner("UPDATE claims_claim SET paid = 19", tables=("claims_claim",))
    (found,) = ledger_disagreements()
    assert (str(found.label), found.record) == ("What claims brought in", claim.invoice.number)
    assert found.entry_id == claim.invoice.entries.latest("pk").pk
