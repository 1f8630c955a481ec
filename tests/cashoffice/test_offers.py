"""What a line may be: every paper's number and reference tells it, and any free posting is found by a person."""

import datetime
from decimal import Decimal as D

import pytest

from accounts.models import Branch
from billing.models import DepositAccount, FeeAccount, Fund, Posting
from billing.pricing import Paid
from billing.services.credits import approve_credit, pay_refund, request_credit
from billing.services.deposit_refunds import approve_deposit_refund, pay_deposit_refund, request_deposit_refund
from billing.services.deposits import take_deposit
from billing.services.fees import agree_share
from billing.services.funds import confirm_grant, enter_grant, open_fund
from billing.services.payments import take_payment
from billing.services.payouts import pay_payout, request_payout
from cashoffice.models import Match
from cashoffice.queries import offers
from cashoffice.queries.offers import search, suggestions
from cashoffice.services.matches import post_line, undo_match
from core import clock
from core.clock import now, today
from tests.cashoffice.test_closing_pages import once
from tests.cashoffice.test_matching import imported, mt940, paid
from tests.factories import billing as make
from tests.factories import cashoffice as cash

REF = "FT-4711"


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


def deposit_of(cashier, reference, method="bank"):
    patient = make.new_visit().patient
    return take_deposit(patient=patient, tenders=[Paid(method, "USD", D(10), reference)], by=cashier)


def refunded(cashier, accountant, reference):
    invoice = make.invoice(("10.00", "USD"), by=cashier)
    take_payment(invoice=invoice, tenders=[Paid("cash", "USD", D(10))], by=cashier)
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D(10)}, reason="lost", by=cashier)
    note = approve_credit(note=note, by=accountant)
    return pay_refund(note=note, method="bank", notes_in="USD", reference=reference, by=cashier)


def deposit_back(cashier, accountant, reference):
    deposit = deposit_of(cashier, "", method="cash")
    account = DepositAccount.objects.get(patient=deposit.patient)
    refund = request_deposit_refund(
        account=account, patient=deposit.patient, amount=D(10), reason="goes home", by=cashier
    )
    approve_deposit_refund(refund=refund, by=accountant)
    return pay_deposit_refund(refund=refund, method="bank", notes_in="USD", reference=reference, by=cashier)


def fees_of_doctor(cashier, accountant, reference):
    doctor, owner = make.user("doctor"), make.user("owner")
    if not FeeAccount.objects.exists():
        agree_share(
            doctor=doctor, service=None, category="consultation", percent=D(100), fixed=None, valid_from=today(),
            by=owner,
        )  # fmt: skip
    make.invoice(("10.00", "USD"), visit=make.new_visit(practitioner=doctor), by=cashier)
    account = FeeAccount.objects.get(doctor=doctor, currency="USD")
    payout = request_payout(account=account, amount=D(10), branch=Branch.objects.get(), by=accountant)
    return pay_payout(payout=payout, method="bank", notes_in="USD", reference=reference, by=owner)


def granted(cashier, accountant, reference):
    found = Fund.objects.first() or open_fund(code="POOR", names={"en": "Poor"}, currency="USD", by=accountant)
    grant = enter_grant(
        fund=found, amount=D(10), received_in="bank", donor=f"Donor {reference}", reference=reference, by=accountant
    )
    return confirm_grant(grant=grant, branch=Branch.objects.get(), by=make.user("owner"))


PAPERS = {
    "grant to a fund": (granted, 10),
    "deposit": (lambda cashier, _accountant, reference: deposit_of(cashier, reference), 10),
    "refund": (refunded, -10),
    "deposit paid back": (deposit_back, -10),
    "fees of a doctor": (fees_of_doctor, -10),
}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("by", ["reference", "number"])
def test_every_paper_is_known_by_its_reference_and_its_number(shift, cashier, accountant, paper, by):
    write, amount = PAPERS[paper]
    write(cashier, accountant, "OTHER-1")
    second = write(cashier, accountant, REF)
    words = REF if by == "reference" else getattr(second, "number", "") or second.donor
    line = imported(mt940((amount, "B1", f"transfer {words}")), accountant).lines.get()
    assert line.is_matched  # two of the same amount: only their words tell them apart
    assert Match.objects.get().posting.entry.source_id == second.pk


def test_what_stripe_pays_out_arrives_at_the_bank_and_leaves_its_account(shift, cashier, accountant, client_for):
    make.invoice(by=cashier)
    deposit_of(cashier, "pi_1", method="stripe")
    line = imported(mt940(("9.50", "PO-1", "STRIPE PAYOUT")), accountant).lines.get()
    office = client_for("accountant")
    assert "Takings by Stripe arrive" in office.get(f"/cash/statements/rows/{line.pk}/").content.decode()
    post_line(line=line, purpose="stripe", branch=Branch.objects.get(), by=accountant)
    stripe = imported(mt940((10, "ch_1", "pi_1"), ("-0.50", "fee_1", ""), ("-9.50", "po_1", "")), accountant, "stripe")
    taken, fee, payout = stripe.lines.order_by("position")
    refused = office.post(f"/cash/statements/rows/{fee.pk}/post/", once(purpose="stripe"))
    assert (refused.status_code, refused.context["form"].errors.keys()) == (422, {"purpose"})
    assert (taken.is_matched, fee.is_matched, payout.is_matched) == (True, False, True)
    post_line(line=fee, purpose="fee", branch=Branch.objects.get(), by=accountant)
    assert sum(Posting.objects.filter(account__key="stripe").values_list("amount", flat=True)) == 0


# --- Searching ---


@pytest.fixture
def line(shift, cashier, accountant):
    """A line that two months ago's payment was: too far away to be suggested."""
    with clock.freeze(now() - datetime.timedelta(days=60)):
        make.rate(4100)
        paid(cashier, "10.00", reference=REF)
        paid(cashier, "11.00", reference="FT-9999")
    mapping = cash.save_mapping(facts=cash.MAPPING, by=accountant)
    return cash.statement("10.00", "late", mapping=mapping, by=accountant).lines.get()


def test_a_posting_of_any_day_is_found_by_amount_number_or_part_of_its_reference(line, cashier, accountant):
    old = Posting.objects.get(account__key="bank", amount=10)
    assert suggestions(line) == []
    for text in ("10", "10.00", "-10", "4711", "ft 4711", old.entry.payment.number, old.entry.invoice.number):
        assert [one for one, _none in search(line, text)] == [old], text
    for text in ("12", "nothing", "", "--", "1e9", "NaN"):
        assert search(line, text) == [], text
    other = search(line, "FT-9999")[0][0]
    assert other.called.endswith("FT-9999")


def test_the_page_of_a_line_finds_and_matches_it(line, client_for, query_count):
    office, page = client_for("accountant"), f"/cash/statements/rows/{line.pk}/"
    old = Posting.objects.get(account__key="bank", amount=10)
    assert str(old.pk) not in office.get(page).content.decode()
    found = office.get(page, {"q": "4711"}).content.decode()
    assert str(old.pk) in found
    assert 'value="4711"' in found
    assert "No free posting has" in office.get(page, {"q": "XYZ-7"}).content.decode()
    refused = office.post(f"{page}match/", once(posting=[old.pk], with_fee="on"))
    assert (refused.status_code, refused.content.decode().count(" checked")) == (422, 2)
    assert office.post(f"{page}match/", once(posting=["nonsense"])).status_code == 422
    assert office.post(f"{page}match/", once(posting=[old.pk])).status_code == 302
    assert Match.objects.get().posting == old
    gone = office.post(f"{page}match/", once(posting=[old.pk]))
    assert (gone.status_code, "explained already" in gone.content.decode()) == (422, True)


def test_searching_costs_the_same_for_many_and_turns_its_pages(line, client_for, cashier, query_count):
    office, page = client_for("accountant"), f"/cash/statements/rows/{line.pk}/"

    def cost():
        office.get(page, {"q": "FT-00"})
        with query_count() as queries:
            answer = office.get(page, {"q": "FT-00"})
        return queries.count, answer

    paid(cashier, "3.00", reference="FT-0000")
    few, answer = cost()
    assert len(answer.context["page"]) == 1
    for number in range(1, 32):
        paid(cashier, "3.00", reference=f"FT-{number:04}")
    many, answer = cost()
    assert (many, len(answer.context["page"])) == (few, 25)
    assert len(office.get(page, {"q": "FT-00", "page": 2}).context["page"]) == 7


def test_only_the_newest_are_opened_to_be_looked_at(line, cashier, monkeypatch):
    monkeypatch.setattr(offers, "MOST_SEARCHED", 1)
    assert [one.amount for one, _none in search(line, "FT99") + search(line, "4711")] == [11]


def test_what_was_parted_is_found_again(line, client_for, accountant):
    old = Posting.objects.get(account__key="bank", amount=10)
    client_for("accountant").post(f"/cash/statements/rows/{line.pk}/match/", once(posting=[old.pk]))
    assert search(line, "4711") == []
    undo_match(match=Match.objects.get(), reason="x", by=accountant)
    assert [one for one, _none in search(line, "4711")] == [old]
