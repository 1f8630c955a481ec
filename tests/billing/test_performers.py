"""Who did the work: doctors' fees and revenue by doctor follow it, not who was named at enrolment."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection

from billing.errors import ChargeElsewhere, ReasonMissing
from billing.errors_fees import FeesOfOneself
from billing.models import FeeAccount, FeeMove, InvoiceLine, Transition
from billing.queries.comparing import ledger_disagreements
from billing.services.credits import approve_credit, request_credit
from billing.services.fees import agree_share
from billing.services.invoices import draft_invoice, issue_invoice, void_invoice
from billing.services.payments import take_payment
from billing.services.performers import follow, name_performer
from clinical.services.encounters import start_encounter, transfer_encounter
from core.clock import today
from core.errors import RecordChanged
from core.ids import new_id
from reports.queries.money.definitions import FEES, REVENUE
from reports.queries.money.grouping import Period, entries_behind, groups, rows_of
from tests.factories import billing as make
from tests.factories import clinical as clinic
from tests.factories.billing import usd
from tests.factories.queueing import department, room


@pytest.fixture(autouse=True)
def setting(samaki):
    make.rate(4000)
    clinic.price_consultations()
    for name in ("doctor", "doctor2"):
        agree_share(
            doctor=make.user(name), category="consultation", percent=D(40), valid_from=today(), by=make.user("owner")
        )


def issued(visit):
    cashier = make.user("cashier")
    return issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)


def owed():
    return {account.doctor.username: account.balance for account in FeeAccount.objects.select_related("doctor")}


def by_doctor(report):
    """The report's sums in dollars by doctor, each of which opens to as much in entries."""
    grouping = next(one for one in report.groupings if one[0].key == "doctor")
    period, found = Period(today(), today()), {}
    for row in rows_of(report, grouping, list(groups(report, grouping, period))):
        behind = sum(posting.amount for posting in entries_behind(report, grouping, period, row.values))
        assert behind == report.sign * row.sums.usd
        found[row.labels[0]] = row.sums.usd
    return found


def test_the_first_free_doctor_earns_what_she_did(receptionist, doctor):
    done = clinic.enrol(by=receptionist)
    assert done.charge.performer is None
    start_encounter(encounter=done.encounter, room=room(), by=doctor)
    issued(done.visit)
    assert owed() == {"doctor": D(4)}
    assert by_doctor(REVENUE) == {str(doctor): D(10)}
    assert by_doctor(FEES) == {str(doctor): D(4)}
    assert not ledger_disagreements()


def test_a_patient_handed_to_another_doctor_pays_the_other(receptionist, doctor, doctor2):
    done = clinic.enrol(by=receptionist, practitioner=doctor)
    draft = draft_invoice(visit=done.visit, by=make.user("cashier"))
    place = department("OPD")
    moved = transfer_encounter(
        encounter=done.encounter, department=place, practitioner=doctor2, reason="busy", by=receptionist
    )
    assert draft.lines.get().performer == doctor2
    start_encounter(encounter=moved, room=room(), by=doctor2)
    issue_invoice(invoice=draft, by=make.user("cashier"), version=draft.version)
    assert owed() == {"doctor2": D(4)}
    assert by_doctor(REVENUE) == {str(doctor2): D(10)}


def test_two_doctors_on_one_bill_earn_each_their_own(receptionist, doctor, doctor2, owner, accountant, cashier):
    visit = make.new_visit(practitioner=doctor)
    make.charge("10.00", visit=visit)
    make.charge("20.00", visit=visit, performer_id=doctor2.pk)
    make.shift(cashier)
    invoice = issued(visit)
    assert owed() == {"doctor": D(4), "doctor2": D(8)}
    take_payment(invoice=invoice, tenders=[usd(30)], by=cashier)
    line = invoice.lines.get(performer=doctor2)
    note = request_credit(invoice=invoice, amounts={line.pk: D(5)}, reason="-", by=accountant)
    approve_credit(note=note, by=owner)
    assert owed() == {"doctor": D(4), "doctor2": D(6)}
    assert by_doctor(REVENUE) == {str(doctor): D(10), str(doctor2): D(15)}
    assert by_doctor(FEES) == {str(doctor): D(4), str(doctor2): D(6)}
    assert not ledger_disagreements()


def test_a_void_takes_back_each_doctors_revenue(doctor, accountant):
    visit = make.new_visit(practitioner=doctor)
    make.charge("10.00", visit=visit)
    void_invoice(invoice=issued(visit), reason="wrong", by=accountant)
    assert set(by_doctor(REVENUE).values()) == {0}
    assert not ledger_disagreements()


def test_a_fee_stands_on_the_account_of_who_performed_it(doctor, doctor2):
    visit = make.new_visit(practitioner=doctor)
    make.charge("10.00", visit=visit)
    issued(visit)
    move = FeeMove.objects.get()
    other = FeeAccount.objects.create(doctor=doctor2, currency="USD")
    facts = {name: getattr(move, name) for name in ("entry", "currency", "date", "line", "rule", "worth")}
    moves = [FeeMove(account=account, amount=amount, **facts) for account, amount in ((other, 1), (move.account, -1))]
    FeeMove.objects.bulk_create(moves)
    with pytest.raises(IntegrityError, match="belongs to who performed it"):
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_cashier_names_who_did_it_with_a_reason(doctor, cashier):
    visit = make.new_visit()
    charge = make.charge("10.00", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    with pytest.raises(ReasonMissing):
        name_performer(invoice=draft, charge=charge, performer=doctor, reason=" ", by=cashier)
    with pytest.raises(FeesOfOneself):
        name_performer(invoice=draft, charge=charge, performer=doctor, reason="-", by=doctor)
    with pytest.raises(ChargeElsewhere):
        name_performer(invoice=draft, charge=make.charge(), performer=doctor, reason="-", by=cashier)
    name_performer(invoice=draft, charge=charge, performer=doctor, reason="she stood in", by=cashier)
    told = Transition.objects.get(subject_id=charge.pk, verb="perform")
    assert (told.reason, told.by) == ("she stood in", cashier)
    issue_invoice(invoice=draft, by=cashier)
    assert owed() == {"doctor": D(4)}


def test_it_is_named_on_the_drafts_page(client_for, doctor):
    visit = make.new_visit()
    charge = make.charge("10.00", visit=visit)
    draft = draft_invoice(visit=visit, by=make.user("cashier"))
    desk, address = client_for("cashier"), f"/billing/invoices/{draft.pk}/charges/{charge.pk}/performer/"
    assert address in desk.get(f"/billing/invoices/{draft.pk}/").content.decode()
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"_once": str(new_id()), "performer": doctor.pk}).status_code == 422
    sent = {"_once": str(new_id()), "performer": doctor.pk, "reason": "she stood in"}
    assert desk.post(address, sent).status_code == 302
    assert str(doctor) in desk.get(f"/billing/invoices/{draft.pk}/").content.decode()
    assert client_for("nurse").get(address).status_code == 403


def test_handing_over_while_it_is_issued_leaves_line_and_charge_agreed(doctor, doctor2, race):
    visit, cashier = make.new_visit(practitioner=doctor), make.user("cashier")
    charge = make.charge("10.00", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    outcome = race(
        lambda: issue_invoice(invoice=draft, by=cashier),
        lambda: follow(source_kind=charge.source_kind, source_id=charge.source_id, performer_id=doctor2.pk),
    )
    assert all(isinstance(error, RecordChanged) for error in outcome.errors)
    line = InvoiceLine.objects.select_related("charge").get()
    assert line.performer_id == line.charge.performer_id
