"""Receipts nobody knew: explained by what the ledger learns later, or sent back; never twice, never by more."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from accounts.models import Branch
from billing.errors import DayClosed, ReasonMissing
from billing.models import Entry, Posting
from billing.pricing import Paid
from billing.queries.comparing import ledger_disagreements
from billing.services.payments import take_payment
from cashoffice.errors import MatchTaken, MoreThanOpen, PostedElsewhere, ReceiptUnfit
from cashoffice.models import Clearing, DayClosing, Match, StatementMapping
from cashoffice.queries.statements import balances_of, free_postings, lines_of
from cashoffice.queries.unknown import receipts_of, unknown_open, visible_unknown
from cashoffice.services.clearings import clear_receipt, explanations, undo_clearing
from cashoffice.services.matches import match_by_hand, post_line, undo_match
from core.clock import today
from core.ids import new_id
from tests.cashoffice.test_days import end
from tests.cashoffice.test_matching import imported, mt940, run_to_the_end
from tests.factories import billing as make
from tests.factories import cashoffice as cash


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


def paid(cashier, amount, reference="", method="bank", currency="USD"):
    """A payment taken at the desk: its posting on the bank account."""
    invoice = make.invoice((amount, currency), by=cashier)
    payment = take_payment(invoice=invoice, tenders=[Paid(method, currency, D(amount), reference)], by=cashier)
    return Posting.objects.get(entry__payment=payment, account__key=method)


def standing(key):
    return Posting.objects.filter(account__key=key).aggregate(sum=Sum("amount"))["sum"] or 0


def receipt_of(posting):
    return receipts_of(list(visible_unknown(None, everything=True).filter(pk=posting.pk)))[0]


def statement_of(posting):
    return receipt_of(posting).line.statement


def test_a_receipt_is_explained_by_the_payment_taken_for_it(shift, cashier, accountant):
    receipt = cash.unknown_receipt(40, by=accountant)
    assert (standing("bank"), standing("unknown_receipts"), unknown_open(accountant)) == (40, -40, 1)
    against = paid(cashier, "40.00")
    assert standing("bank") == 80
    (clearing,) = clear_receipt(receipt=receipt, against=[against], by=accountant)
    assert (standing("bank"), standing("unknown_receipts"), unknown_open(accountant)) == (40, 0, 0)
    assert (clearing.amount, clearing.entry.kind, clearing.cleared_by) == (40, "receipt_cleared", accountant)
    statement = statement_of(receipt)
    assert not free_postings(statement)
    balances = balances_of(statement)
    assert (balances.ledger, balances.unseen, balances.unexplained) == (40, 0, 0)
    assert not ledger_disagreements()
    connection.check_constraints()


def test_several_payments_explain_it_part_by_part_and_never_more(shift, cashier, accountant):
    receipt = cash.unknown_receipt(100, by=accountant)
    first, second, third = (paid(cashier, amount) for amount in ("60.00", "30.00", "20.00"))
    clear_receipt(receipt=receipt, against=[first], by=accountant)
    with pytest.raises(MoreThanOpen):
        clear_receipt(receipt=receipt, against=[second, third], by=accountant)
    assert {posting for posting, _likeness in explanations(receipt_of(receipt))} == {second, third}
    clear_receipt(receipt=receipt, against=[second], by=accountant)
    assert (receipt_of(receipt).still, standing("unknown_receipts")) == (10, -10)
    assert explanations(receipt_of(receipt)) == []
    with pytest.raises(MoreThanOpen):
        clear_receipt(receipt=receipt, against=[third], by=accountant)
    assert Clearing.objects.count() == 2
    assert not ledger_disagreements()
    connection.check_constraints()


def test_the_likeliest_comes_first(shift, cashier, accountant):
    receipt = cash.unknown_receipt(40, "from FT-4711", by=accountant)
    smaller, named, same = paid(cashier, "10.00"), paid(cashier, "15.00", "FT-4711"), paid(cashier, "40.00")
    paid(cashier, "50.00")
    ranked = explanations(receipt_of(receipt))
    assert [posting for posting, _likeness in ranked] == [same, named, smaller]
    assert [likeness for _posting, likeness in ranked] == sorted((one for _, one in ranked), reverse=True)


def test_what_is_no_money_of_this_account_is_refused(shift, cashier, accountant):
    receipt, other = cash.unknown_receipt(40, by=accountant), cash.unknown_receipt(40, "WHO-2", by=accountant)
    against = paid(cashier, "40.00")
    for wrong in (
        paid(cashier, "5.00", method="card"),
        other,
        Posting.objects.get(account__key="receivable", amount=-5),
    ):
        with pytest.raises(ReceiptUnfit):
            clear_receipt(receipt=receipt, against=[wrong], by=accountant)
    with pytest.raises(ReceiptUnfit):
        clear_receipt(receipt=against, against=[against], by=accountant)
    clear_receipt(receipt=receipt, against=[against], by=accountant)
    with pytest.raises(MatchTaken):
        clear_receipt(receipt=other, against=[against], by=accountant)
    line = cash.statement(40, "LATE-1", mapping=StatementMapping.objects.get(), by=accountant).lines.get()
    assert not line.matched
    with pytest.raises(MatchTaken):
        match_by_hand(line=line, postings=[against], by=accountant)
    assert Clearing.objects.count() == 1


def test_what_a_line_is_already_explains_no_receipt(shift, cashier, accountant):
    receipt = cash.unknown_receipt(40, by=accountant)
    against = paid(cashier, "40.00")
    assert Match.objects.filter(
        line__statement=cash.statement(40, "X-1", mapping=StatementMapping.objects.get(), by=accountant)
    )
    with pytest.raises(MatchTaken):
        clear_receipt(receipt=receipt, against=[against], by=accountant)


def test_what_is_a_line_in_part_explains_no_receipt(shift, cashier, accountant):
    receipt = cash.unknown_receipt(40, by=accountant)
    against = paid(cashier, "40.00")
    part = cash.statement(15, "X-1", mapping=StatementMapping.objects.get(), by=accountant).lines.get()
    match_by_hand(line=part, postings=[against], in_parts=True, by=accountant)
    assert explanations(receipt_of(receipt)) == []
    with pytest.raises(MatchTaken):
        clear_receipt(receipt=receipt, against=[against], by=accountant)


def test_an_explanation_is_taken_back_with_a_reason(shift, cashier, accountant, owner):
    receipt, against = cash.unknown_receipt(40, by=accountant), paid(cashier, "40.00")
    (clearing,) = clear_receipt(receipt=receipt, against=[against], by=accountant)
    with pytest.raises(ReasonMissing):
        undo_clearing(clearing=clearing, reason=" ", by=owner)
    for _twice in range(2):
        undo_clearing(clearing=clearing, reason="somebody else's", by=owner)
    assert Entry.objects.get(kind="receipt_reopened").reverses == clearing.entry
    assert (standing("bank"), standing("unknown_receipts")) == (80, -40)
    assert list(free_postings(statement_of(receipt))) == [against]
    assert not ledger_disagreements()
    clear_receipt(receipt=receipt, against=[against], by=accountant)
    assert (standing("bank"), standing("unknown_receipts")) == (40, 0)
    assert not ledger_disagreements()
    connection.check_constraints()


def test_money_the_bank_sent_back_is_paired_without_an_entry(shift, accountant):
    receipt = cash.unknown_receipt(40, by=accountant)
    part = cash.unknown_receipt(-15, "BACK-1", by=accountant)
    entries = Entry.objects.count()
    (clearing,) = clear_receipt(receipt=receipt, against=[part], by=accountant)
    assert (clearing.entry, Entry.objects.count()) == (None, entries)
    assert [one.still for one in visible_unknown(accountant)] == [25]
    with pytest.raises(MatchTaken):
        clear_receipt(receipt=cash.unknown_receipt(20, "WHO-2", by=accountant), against=[part], by=accountant)
    with pytest.raises(MoreThanOpen):  # what explains another is itself no receipt any more
        clear_receipt(receipt=part, against=[receipt_free(-10, accountant)], by=accountant)
    assert not ledger_disagreements()
    undo_clearing(clearing=clearing, reason="another sender", by=accountant)
    assert {one.still for one in visible_unknown(accountant)} >= {40, -15}
    connection.check_constraints()


def receipt_free(amount, accountant):
    """A receipt of the other direction than -amount."""
    return cash.unknown_receipt(-amount, "WHO-3", by=accountant)


def test_money_that_went_out_unknown_is_explained_as_well(shift, cashier, accountant):
    """A transfer the bank made before the cash office entered it."""
    out = cash.unknown_receipt(-12, by=accountant)
    assert receipt_of(out).money.amount == -12
    assert explanations(receipt_of(out)) == []
    back = cash.unknown_receipt(12, "BACK-1", by=accountant)
    assert [posting for posting, _likeness in explanations(receipt_of(out))] == [back]
    clear_receipt(receipt=out, against=[back], by=accountant)
    assert unknown_open(accountant) == 0
    assert not ledger_disagreements()


def test_riel_leave_the_account_at_the_rate_at_which_they_came(shift, cashier, accountant):
    mapping = cash.save_mapping(facts={**cash.MAPPING, "name": "Riel", "currency": "KHR"}, by=accountant)
    receipt = cash.unknown_receipt(82_000, mapping=mapping, by=accountant)
    make.rate(4200)
    invoice = make.invoice((82_000, "KHR"), by=cashier)
    payment = take_payment(invoice=invoice, tenders=[Paid("bank", "KHR", D(82_000), "")], by=cashier)
    against = Posting.objects.get(entry__payment=payment, account__key="bank")
    (clearing,) = clear_receipt(receipt=receipt, against=[against], by=accountant)
    assert (receipt.entry.rate, clearing.entry.rate, against.entry.rate) == (4100, 4100, 4200)
    worth = Posting.objects.filter(account__key="unknown_receipts").aggregate(sum=Sum("base_amount"))["sum"]
    assert (standing("unknown_receipts"), worth, standing("bank")) == (0, 0, 82_000)
    assert not ledger_disagreements()


def test_a_closed_day_refuses_both_ways(shift, cashier, accountant, owner):
    receipt, against = cash.unknown_receipt(40, by=accountant), paid(cashier, "40.00")
    other, more = cash.unknown_receipt(30, "WHO-2", by=accountant), paid(cashier, "30.00")
    (clearing,) = clear_receipt(receipt=receipt, against=[against], by=accountant)
    close_today(shift, owner)
    for refused in (
        lambda: clear_receipt(receipt=other, against=[more], by=accountant),
        lambda: undo_clearing(clearing=clearing, reason="x", by=accountant),
        lambda: undo_match(match=Match.objects.get(line__amount=30), reason="x", by=accountant),
    ):
        with pytest.raises(DayClosed), transaction.atomic():
            refused()
    clearing.refresh_from_db()
    assert clearing.undone_at is None
    assert Clearing.objects.count() == 1
    assert lines_of(statement_of(other)).get().is_matched


def close_today(shift, owner):
    end(shift, shift.cashier)
    DayClosing.objects.create(branch=shift.branch, date=today(), number="Z-1", figures=[], closed_by=owner)


# --- A line that was posted by hand, parted again ---


@pytest.mark.parametrize("purpose", ["fee", "card", "unknown", "income"])
def test_what_a_line_posted_is_reversed_when_they_are_parted(shift, accountant, purpose):
    statement = cash.statement(
        "7.50", "A-1", mapping=cash.save_mapping(facts=cash.MAPPING, by=accountant), by=accountant
    )
    line = statement.lines.get()
    post_line(line=line, purpose=purpose, branch=Branch.objects.get(), by=accountant)
    match = Match.objects.get()
    for _twice in range(2):
        undo_match(match=match, reason="another purpose", by=accountant)
    line.refresh_from_db()
    assert (line.matched, standing("bank")) == (0, 0)
    assert Entry.objects.get(kind="statement_undone").reverses == match.posting.entry
    assert not free_postings(statement)
    assert unknown_open(accountant) == 0
    assert balances_of(statement).unseen == 0
    with pytest.raises(MatchTaken):
        match_by_hand(line=line, postings=[match.posting], by=accountant)
    post_line(line=line, purpose="fee", branch=Branch.objects.get(), by=accountant)
    assert (standing("bank"), standing("bank_fees")) == (D("7.50"), D("-7.50"))
    assert not ledger_disagreements()
    connection.check_constraints()


def test_a_line_is_not_parted_while_another_rests_on_what_it_posted(shift, cashier, accountant):
    receipt, against = cash.unknown_receipt(40, by=accountant), paid(cashier, "40.00")
    (clearing,) = clear_receipt(receipt=receipt, against=[against], by=accountant)
    match = Match.objects.get()
    with pytest.raises(PostedElsewhere):
        undo_match(match=match, reason="x", by=accountant)
    undo_clearing(clearing=clearing, reason="x", by=accountant)
    undo_match(match=match, reason="x", by=accountant)
    assert (standing("bank"), standing("unknown_receipts")) == (40, 0)  # the payment still waits for its line
    assert list(free_postings(match.line.statement)) == [against]
    assert not ledger_disagreements()
    connection.check_constraints()


def test_a_settlement_seen_on_both_statements_is_parted_on_the_other_first(shift, accountant):
    bank = imported(mt940((98, "B-1", "settlement")), accountant)
    post_line(line=bank.lines.get(), purpose="card", branch=Branch.objects.get(), by=accountant)
    card = imported(mt940((-98, "C-1", "to the bank")), accountant, key="card")
    first, second = Match.objects.order_by("pk")
    assert second.line.statement == card
    with pytest.raises(PostedElsewhere):
        undo_match(match=first, reason="x", by=accountant)
    undo_match(match=second, reason="x", by=accountant)
    assert not Entry.objects.filter(kind="statement_undone")
    undo_match(match=first, reason="x", by=accountant)
    assert (standing("bank"), standing("card")) == (0, 0)
    assert not free_postings(card)
    connection.check_constraints()


# --- What the database itself refuses ---


def test_raw_sql_explains_nothing_twice_nor_more(shift, cashier, accountant):
    receipt, other = cash.unknown_receipt(40, by=accountant), cash.unknown_receipt(50, "WHO-2", by=accountant)
    against, large, card = paid(cashier, "40.00"), paid(cashier, "45.00"), paid(cashier, "3.00", method="card")
    (clearing,) = clear_receipt(receipt=receipt, against=[against], by=accountant)
    statement = cash.statement(1, "L-1", mapping=StatementMapping.objects.get(), by=accountant)
    connection.check_constraints()
    entry = clearing.entry
    for wrong in (
        {"receipt": other, "against": against},
        {"receipt": receipt, "against": large},
        {"receipt": other, "against": card},
        {"receipt": other, "against": large, "amount": D(1)},
        {"receipt": other, "against": large, "entry": None},
        {"receipt": other, "against": receipt, "entry": None},
        {"receipt": large, "against": other},
    ):
        facts = {"amount": wrong["against"].amount, "entry": entry, "cleared_by": accountant, **wrong}
        with pytest.raises(IntegrityError), transaction.atomic():
            Clearing.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(line=statement.lines.get(), posting=against, matched_by=accountant)
    taking_out = entry.postings.get(account__key="bank")
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(line=statement.lines.get(), posting=taking_out, matched_by=accountant)
    for sql in (
        "UPDATE cashoffice_clearing SET amount = 1",
        "UPDATE cashoffice_clearing SET undone_at = now(), undone_by_id = cleared_by_id, undo_reason = 'x'",
        "DELETE FROM cashoffice_clearing",
        "UPDATE cashoffice_match SET undone_at = now(), undone_by_id = matched_by_id, undo_reason = 'x';"
        "UPDATE cashoffice_statementline SET matched = 0",
    ):
        with pytest.raises(IntegrityError):
            run_to_the_end(sql)


# --- Races ---


@pytest.fixture
def open_desk(committed_db, samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


def test_two_who_explain_one_receipt_by_more_than_it_is(open_desk, cashier, accountant, admin, race):
    receipt = cash.unknown_receipt(40, by=accountant)
    first, second = paid(cashier, "30.00"), paid(cashier, "25.00")
    outcome = race(
        lambda: clear_receipt(receipt=receipt, against=[first], by=accountant),
        lambda: clear_receipt(receipt=receipt, against=[second], by=admin),
        times=2,
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} <= {MoreThanOpen, MatchTaken}
    assert Clearing.objects.count() == 1
    assert not ledger_disagreements()


def test_one_payment_explains_one_of_two_receipts(open_desk, cashier, accountant, admin, race):
    receipts = [cash.unknown_receipt(40, by=accountant), cash.unknown_receipt(40, "WHO-2", by=accountant)]
    against = paid(cashier, "40.00")
    outcome = race(
        *[lambda one=one: clear_receipt(receipt=one, against=[against], by=accountant) for one in receipts], times=2
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {MatchTaken}
    assert not ledger_disagreements()


def test_one_payment_is_a_line_or_explains_a_receipt(open_desk, cashier, accountant, race):
    receipt = cash.unknown_receipt(40, by=accountant)
    line = cash.statement(41, "X-1", mapping=StatementMapping.objects.get(), by=accountant).lines.get()
    against = paid(cashier, "40.00")
    outcome = race(
        lambda: clear_receipt(receipt=receipt, against=[against], by=accountant),
        lambda: match_by_hand(line=line, postings=[against], by=accountant),
        times=2,
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} <= {MatchTaken}
    assert Clearing.objects.count() + Match.objects.filter(posting=against).count() == 1


# --- The pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_the_work_list_and_the_page_of_a_receipt(client_for, shift, cashier, accountant):
    office = client_for("accountant")
    assert "Every receipt is explained" in office.get("/cash/statements/unknown/").content.decode()
    receipt = cash.unknown_receipt(40, "WHO-1", by=accountant)
    assert "Receipts not yet explained (1)" in office.get("/cash/statements/").content.decode()
    page = f"/cash/statements/unknown/{receipt.pk}/"
    assert page in office.get("/cash/statements/unknown/").content.decode()
    assert "Nothing to choose from yet" in office.get(page).content.decode()
    small, large = paid(cashier, "25.00"), paid(cashier, "30.00")
    shown = office.get(page).content.decode()
    assert str(small.pk) in shown
    assert str(large.pk) in shown
    assert "WHO-1" in shown
    assert office.post(f"{page}clear/", once()).status_code == 422
    assert office.post(f"{page}clear/", once(posting="nonsense")).status_code == 422
    refused = office.post(f"{page}clear/", once(posting=[small.pk, large.pk]))
    words = refused.content.decode()
    assert (refused.status_code, "more than what is open" in words, words.count(" checked")) == (422, True, 2)
    form = once(posting=[small.pk])
    for _twice in range(2):
        assert office.post(f"{page}clear/", form)["Location"] == page
    clearing = Clearing.objects.get()
    assert "15.00" in office.get("/cash/statements/unknown/").content.decode()
    undo = f"/cash/statements/clearings/{clearing.pk}/undo/"
    assert undo in office.get(page).content.decode()
    assert office.post(undo, once(reason="")).status_code == 409
    assert office.post(undo, once(reason="another patient")).url == page
    assert not Clearing.objects.filter(undone_at__isnull=True)


def test_who_only_reads_chooses_nothing(client_for, shift, cashier, accountant):
    receipt, against = cash.unknown_receipt(40, by=accountant), paid(cashier, "40.00")
    page = f"/cash/statements/unknown/{receipt.pk}/"
    auditor = client_for("auditor")
    assert str(against.pk) not in auditor.get(page).content.decode()
    assert auditor.post(f"{page}clear/", once(posting=[against.pk])).status_code == 403
    for path in ("/cash/statements/unknown/", page):
        assert client_for("cashier").get(path).status_code == 403
    assert client_for("accountant").get(f"/cash/statements/unknown/{against.pk}/").status_code == 404
    assert not Clearing.objects.exists()


def test_the_page_of_what_was_sent_back_leads_to_its_receipt(client_for, shift, accountant):
    receipt, back = cash.unknown_receipt(40, by=accountant), cash.unknown_receipt(-40, "BACK", by=accountant)
    office = client_for("accountant")
    page = f"/cash/statements/unknown/{receipt.pk}/"
    assert office.post(f"{page}clear/", once(posting=back.pk)).url == page
    assert page in office.get(f"/cash/statements/unknown/{back.pk}/").content.decode()
    assert f"/unknown/{back.pk}/" in office.get(page).content.decode()
    assert page not in office.get("/cash/statements/unknown/").content.decode()
    assert page in office.get("/cash/statements/unknown/?show=all").content.decode()


def test_the_work_list_costs_the_same_for_one_row_as_for_three(client_for, shift, accountant, query_count):
    office, counts = client_for("accountant"), []
    for rows in ((1,), (2, 3)):
        for number in rows:
            cash.unknown_receipt(number, f"WHO-{number}", by=accountant)
        office.get("/cash/statements/unknown/")
        with query_count() as queries:
            assert office.get("/cash/statements/unknown/").status_code == 200
        counts.append(queries.count)
    assert counts[0] == counts[1]
