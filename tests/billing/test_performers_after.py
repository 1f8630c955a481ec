"""Work handed over after its invoice was issued, as where patients pay first: revenue and fee follow it."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.errors import ChargeElsewhere
from billing.errors_fees import FeesOfOneself
from billing.models import Charge, Entry, FeeAccount, FeeMove, FeeRule, InvoiceLine, Posting, Service, Transition
from billing.queries.comparing import ledger_disagreements
from billing.queries.credits import credited_by_line
from billing.services.credits import approve_credit, request_credit
from billing.services.fees import agree_share
from billing.services.invoices import draft_invoice, issue_invoice, void_invoice
from billing.services.payments import take_payment
from billing.services.payouts import pay_payout, request_payout
from billing.services.performers import follow, name_performer
from cashoffice.services.days import close_day
from clinical.services.encounters import start_encounter, transfer_encounter
from clinical.subscribers import move_encounter_along
from core.clock import today
from core.errors import DomainError
from core.ids import new_id
from core.money import USD, Money
from insurance.share import portion
from queueing.services import tickets
from tests.factories import billing as make
from tests.factories import clinical as clinic
from tests.factories.billing import usd
from tests.factories.queueing import department, room

SHARES = {"doctor": D(40), "doctor2": D("33.33")}


@pytest.fixture(autouse=True)
def setting(samaki):
    make.have_rate()
    clinic.price_consultations()
    for name, percent in SHARES.items():
        agree(name, percent=percent)


def agree(name, **terms):
    facts = {"category": "consultation", "valid_from": today(), "by": make.user("owner"), **terms}
    return agree_share(doctor=make.user(name), **facts)


def issued(visit):
    cashier = make.user("cashier")
    return issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)


def billed(*amounts, of="doctor"):
    visit = make.new_visit(practitioner=make.user(of) if of else None)
    for amount in amounts or ("10.00",):
        make.charge(amount, visit=visit)
    return issued(visit)


def paid(invoice):
    make.shift()
    take_payment(invoice=invoice, tenders=[usd(invoice.total)], by=make.user("cashier"))
    return invoice


def give(line, name):
    charge, performer = line.charge, make.user(name).pk if name else None
    follow(
        source_kind=charge.source_kind, source_id=charge.source_id, performer_id=performer, by=make.user("accountant")
    )


def credit(line, amount):
    note = request_credit(invoice=line.invoice, amounts={line.pk: D(amount)}, reason="-", by=make.user("accountant"))
    approve_credit(note=note, by=make.user("owner"))


def owed():
    return {one.doctor.username: one.balance for one in FeeAccount.objects.select_related("doctor") if one.balance}


def revenue():
    sums = {}
    for posting in Posting.objects.filter(account__key__startswith="revenue.").select_related("performer"):
        name = posting.performer.username if posting.performer else None
        sums[name] = sums.get(name, 0) - posting.amount
    return {name: sum for name, sum in sums.items() if sum}


def settle():
    """What the database looks at when the transaction ends."""
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    assert not ledger_disagreements()


def test_who_paid_first_is_seen_by_another_who_earns_it(receptionist, doctor2):
    done = clinic.enrol(by=receptionist, practitioner=make.user("doctor"))
    paid(issued(done.visit))
    assert (owed(), revenue()) == ({"doctor": D(4)}, {"doctor": D(10)})
    start_encounter(encounter=done.encounter, room=room(), by=doctor2)
    assert (owed(), revenue()) == ({"doctor2": D("3.33")}, {"doctor2": D(10)})
    entry = Entry.objects.get(kind="performer_changed")
    assert (entry.posted_by, entry.date, entry.branch_id) == (doctor2, today(), done.visit.branch_id)
    line = InvoiceLine.objects.select_related("charge").get()
    assert line.performer == line.charge.performer == doctor2
    settle()


def test_it_waits_with_nobody_until_somebody_starts(receptionist, doctor, doctor2):
    done = clinic.enrol(by=receptionist, practitioner=doctor)
    issued(done.visit)
    moved = transfer_encounter(encounter=done.encounter, department=department("OPD"), reason="busy", by=receptionist)
    assert (owed(), revenue()) == ({}, {None: D(10)})
    start_encounter(encounter=moved, room=room(), by=doctor2)
    assert (owed(), revenue()) == ({"doctor2": D("3.33")}, {"doctor2": D(10)})
    settle()


def test_handed_over_at_the_queues_page_it_is_posted_by_who_did_that(receptionist, nurse, doctor, doctor2):
    done = clinic.enrol(by=receptionist, practitioner=doctor)
    issued(done.visit)
    ticket = done.encounter.ticket
    tickets.transfer(ticket=ticket, department=department("OPD"), practitioner=doctor2, reason="busy", by=nurse)
    move_encounter_along(ticket_id=str(ticket.pk))
    assert (owed(), revenue()) == ({"doctor2": D("3.33")}, {"doctor2": D(10)})
    assert Entry.objects.get(kind="performer_changed").posted_by == nurse
    settle()


def test_nobody_named_earns_the_first_who_starts(receptionist, doctor):
    done = clinic.enrol(by=receptionist)
    issued(done.visit)
    start_encounter(encounter=done.encounter, room=room(), by=doctor)
    assert (owed(), revenue()) == ({"doctor": D(4)}, {"doctor": D(10)})
    settle()


def test_there_and_back_again_leaves_the_first_with_the_whole():
    line = billed().lines.get()
    for name in ("doctor2", "doctor", "doctor"):
        give(line, name)
    assert (owed(), revenue()) == ({"doctor": D(4)}, {"doctor": D(10)})
    assert Entry.objects.filter(kind="performer_changed").count() == 2
    settle()


def test_a_credit_after_it_takes_back_the_part_of_who_has_it_now():
    line = paid(billed("10.00", "20.00")).lines.get(net=10)
    credit(line, "2.50")
    give(line, "doctor2")
    assert owed() == {"doctor": D(8), "doctor2": D("2.50")}
    credit(line, "2.50")
    assert owed() == {"doctor": D(8), "doctor2": D("1.66")}
    give(line, "doctor")
    assert owed() == {"doctor": D(10)}
    credit(line, "5.00")
    assert (owed(), revenue()) == ({"doctor": D(8)}, {"doctor": D(20)})
    settle()


def test_what_was_credited_whole_moves_without_money():
    line = paid(billed("10.00", "20.00")).lines.get(net=10)
    credit(line, "10.00")
    give(line, "doctor2")
    assert (owed(), revenue()) == ({"doctor": D(8)}, {"doctor": D(20)})
    assert not Entry.objects.filter(kind="performer_changed").exists()
    line.refresh_from_db()
    assert line.performer == make.user("doctor2")
    settle()


def test_a_void_leaves_nobody_with_anything(accountant):
    invoice = billed("10.00", "20.00")
    for name in ("doctor2", "doctor", "doctor2"):
        give(invoice.lines.get(net=10), name)
    give(invoice.lines.get(net=20), None)
    void_invoice(invoice=invoice, reason="wrong", by=accountant)
    assert (owed(), revenue()) == ({}, {})
    settle()
    again = issued(invoice.visit)
    assert (again.lines.get(net=10).performer, owed()) == (make.user("doctor2"), {"doctor2": D("3.33")})


def test_a_fixed_fee_of_a_free_line_goes_over_and_a_void_takes_it_back(accountant):
    free = make.price("0.00")
    agree("doctor2", category="", service=Service.objects.get(code=free), fixed=Money(D(2), USD))
    visit = make.new_visit(practitioner=make.user("doctor"))
    make.charge(visit=visit, service_code=free)
    invoice = issued(visit)
    assert not Entry.objects.filter(invoice=invoice).exists()
    give(invoice.lines.get(), "doctor2")
    assert (owed(), revenue()) == ({"doctor2": D(2)}, {})
    settle()
    void_invoice(invoice=invoice, reason="wrong", by=accountant)
    assert owed() == {}
    settle()


def test_without_a_share_only_revenue_moves_and_a_later_credit_takes_back_no_fee():
    line = paid(billed()).lines.get()
    give(line, "doctor2")
    FeeRule.objects.filter(doctor=make.user("doctor")).update(valid_to=today())
    give(line, "doctor")
    assert (owed(), revenue()) == ({}, {"doctor": D(10)})
    credit(line, "4.00")
    assert (owed(), revenue()) == ({}, {"doctor": D(6)})
    settle()


def test_what_was_paid_out_already_is_made_up_for_later(accountant, owner):
    line = billed().lines.get()
    account = FeeAccount.objects.get()
    payout = request_payout(account=account, amount=D(4), branch=line.invoice.branch, by=accountant)
    pay_payout(payout=payout, method="bank", notes_in=USD, reference="TT-1", by=owner)
    give(line, "doctor2")
    assert owed() == {"doctor": D(-4), "doctor2": D("3.33")}
    billed("20.00")
    assert owed() == {"doctor": D(4), "doctor2": D("3.33")}
    settle()


def test_a_patient_is_seen_though_the_day_is_closed(receptionist, doctor2, accountant):
    done = clinic.enrol(by=receptionist, practitioner=make.user("doctor"))
    issued(done.visit)
    close_day(branch=done.visit.branch, day=today(), note="-", by=accountant)
    start_encounter(encounter=done.encounter, room=room(), by=doctor2)
    assert Entry.objects.get(kind="performer_changed").date > today()
    settle()


def test_an_issued_line_is_named_by_a_cashier_with_a_reason(client_for, cashier, doctor2):
    line = paid(billed(of=None)).lines.get()
    desk, invoice = client_for("cashier"), line.invoice
    address = f"/billing/invoices/{invoice.pk}/charges/{line.charge_id}/performer/"
    assert address in desk.get(f"/billing/invoices/{invoice.pk}/").content.decode()
    assert "after the invoice was issued" in desk.get(address).content.decode()
    sent = {"_once": str(new_id()), "performer": doctor2.pk, "reason": "she stood in"}
    assert desk.post(address, {**sent, "reason": ""}).status_code == 422
    assert desk.post(address, sent).status_code == 302
    assert (owed(), revenue()) == ({"doctor2": D("3.33")}, {"doctor2": D(10)})
    told = Transition.objects.get(subject_id=line.charge_id, verb="perform")
    assert (told.reason, told.by) == ("she stood in", cashier)
    assert address not in client_for("auditor").get(f"/billing/invoices/{invoice.pk}/").content.decode()
    with pytest.raises(FeesOfOneself):
        name_performer(invoice=invoice, charge=line.charge, performer=cashier, reason="-", by=cashier)
    settle()


def test_a_void_line_is_not_named(accountant, cashier, doctor2, client_for):
    invoice = billed()
    void_invoice(invoice=invoice, reason="wrong", by=accountant)
    charge = invoice.lines.get().charge
    with pytest.raises(ChargeElsewhere):
        name_performer(invoice=invoice, charge=charge, performer=doctor2, reason="-", by=cashier)
    assert "performer/" not in client_for("cashier").get(f"/billing/invoices/{invoice.pk}/").content.decode()


@pytest.mark.parametrize("tables", [[InvoiceLine], [Charge], [InvoiceLine, Charge]])
def test_the_database_moves_no_line_without_its_money(tables, doctor2):
    line = billed().lines.get()
    keys = {InvoiceLine: line.pk, Charge: line.charge_id}
    settle()
    for table in tables:
        table.objects.filter(pk=keys[table]).update(performer=doctor2)
    with pytest.raises(IntegrityError, match="together with its revenue and its fee"):
        settle()


def test_the_database_moves_nothing_else_of_an_issued_line(doctor2):
    line = billed().lines.get()
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        InvoiceLine.objects.filter(pk=line.pk).update(performer=doctor2, net=1)


def test_the_database_leaves_no_fee_with_who_had_the_line(doctor, doctor2):
    line = billed().lines.get()
    give(line, "doctor2")
    move = FeeMove.objects.filter(account__doctor=doctor).first()
    facts = {name: getattr(move, name) for name in ("entry", "currency", "date", "line", "rule", "worth")}
    accounts = [move.account, FeeAccount.objects.get(doctor=doctor2)]
    FeeMove.objects.bulk_create(
        FeeMove(account=account, amount=amount, **facts) for account, amount in zip(accounts, (1, -1), strict=True)
    )
    with pytest.raises(IntegrityError, match="belongs to who performed it"):
        settle()


def test_starting_while_it_is_voided_leaves_nobody_with_anything(race, receptionist, doctor, doctor2, accountant):
    done = clinic.enrol(by=receptionist, practitioner=doctor)
    invoice, place = issued(done.visit), room()
    outcome = race(
        lambda: void_invoice(invoice=invoice, reason="wrong", by=accountant),
        lambda: start_encounter(encounter=done.encounter, room=place, by=doctor2),
    )
    assert not outcome.errors
    assert (owed(), revenue()) == ({}, {})
    assert Charge.objects.get().performer == doctor2
    assert not ledger_disagreements()


def test_starting_while_it_is_credited_leaves_the_rest_with_who_starts(
    race, receptionist, doctor, doctor2, accountant, owner
):
    done = clinic.enrol(by=receptionist, practitioner=doctor)
    invoice, place = paid(issued(done.visit)), room()
    line = invoice.lines.get()
    note = request_credit(invoice=invoice, amounts={line.pk: D(5)}, reason="-", by=accountant)
    outcome = race(
        lambda: approve_credit(note=note, by=owner),
        lambda: start_encounter(encounter=done.encounter, room=place, by=doctor2),
    )
    assert not outcome.errors
    assert owed()["doctor2"] in {D("1.66"), D("1.67")}
    assert (set(owed()), revenue()) == ({"doctor2"}, {"doctor2": D(5)})
    assert not ledger_disagreements()


def test_two_lines_crossing_between_two_doctors_do_not_block_each_other(race):
    first, second = billed().lines.get(), billed(of="doctor2").lines.get()
    for _time in range(3):
        outcome = race(lambda: give(first, "doctor2"), lambda: give(second, "doctor"))
        assert not outcome.errors
        outcome = race(lambda: give(first, "doctor"), lambda: give(second, "doctor2"))
        assert not outcome.errors
    assert owed() == {"doctor": D(4), "doctor2": D("3.33")}
    assert not ledger_disagreements()


which = st.integers(0, 1)
acts = st.one_of(
    st.tuples(st.just("give"), which, st.sampled_from(["doctor", "doctor2", None])),
    st.tuples(st.just("credit"), which, st.decimals("0.01", 9, places=2)),
    st.tuples(st.just("void"), which, st.none()),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, min_size=1, max_size=7), st.booleans())
def test_whatever_is_handed_over_and_credited_fees_are_of_what_is_left(setting, steps, pays):
    with transaction.atomic():
        invoice = billed("7.77", "12.23", of=None)
        lines = list(invoice.lines.all())
        if pays:
            paid(invoice)
        for verb, at, what in steps:
            line = lines[at]
            try:
                with transaction.atomic():
                    if verb == "give":
                        give(line, what)
                    elif verb == "credit":
                        credit(line, what)
                    else:
                        void_invoice(invoice=invoice, reason="-", by=make.user("accountant"))
            except DomainError:
                continue
        settle()
        assert (owed(), revenue()) == left_of(invoice)
        transaction.set_rollback(True)


def left_of(invoice):
    """Fees and revenue as the lines have them, worked out anew."""
    invoice.refresh_from_db()
    earned, brought = {}, {}
    if invoice.status == "void":
        return earned, brought
    credited = credited_by_line(invoice)
    for line in invoice.lines.select_related("performer"):
        name, back = line.performer.username if line.performer else None, credited.get(line.pk, D(0))
        brought[name] = brought.get(name, 0) + line.amount - back
        if name:
            whole = (Money(line.worth, USD) * (SHARES[name] / 100)).amount
            earned[name] = earned.get(name, 0) + whole - portion(whole, back, line.worth, USD)
    return {who: sum for who, sum in earned.items() if sum}, {who: sum for who, sum in brought.items() if sum}
