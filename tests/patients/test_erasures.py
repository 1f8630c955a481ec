"""Erasing a record: never before its time, never by one person alone, nothing personal left, every sum as before."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.core.exceptions import FieldError
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Branch
from audit.models import Record
from audit.services.chain import seal_pending, verify_chain
from core import clock as clocks
from core.clock import freeze
from core.fields import EncryptedMixin
from core.ids import new_id
from core.preferences import set_preference
from demo.cases import CASES
from demo.services.setting import furnish, place_of
from demo.services.story import Story, whole_visit
from demo.services.today import open_till
from oversight.difference import difference
from patients.access import sight_of
from patients.consents import may_contact, may_share
from patients.errors import (
    ErasureHindered,
    ErasureTooEarly,
    ErasureUnderWay,
    HoldLifted,
    HoldStands,
    PatientIsErased,
    ReasonTooShort,
    SecondPersonNeeded,
)
from patients.hindrances import hindrances_of
from patients.holdings import holdings
from patients.models import Erasure, Patient, PatientIdentifier, SearchToken, Visit
from patients.queries import search_patients
from patients.queries.consents import current_texts
from patients.retention import kept_until
from patients.services.consents import record_consent
from patients.services.documents import add_document
from patients.services.erasures import (
    approve_erasure,
    ask_for_erasure,
    carry_out,
    enqueue_waiting_erasures,
    lift_hold,
    refuse_erasure,
    set_hold,
    take_back_erasure,
)
from patients.services.visits import close_visit
from patients.states import Erases, Ground, VisitStatus
from tests.factories.patients import patient, visit
from tests.patients.test_documents import picture

pytestmark = pytest.mark.django_db

WHY = "The time of keeping is over"
LONG_AGO = "2013-03-04T11:00:00"


@pytest.fixture
def forgotten(samaki, admin, doctor, receptionist):
    """Somebody who came once, thirteen years ago, and lived through a whole visit."""
    furnish(2)
    place = place_of(Branch.objects.get())
    open_till(place)
    person = patient(
        family_name="Meas", given_name="Vicheka", identifiers={"national_id": "612345678"}, email="v@example.com"
    )
    case = next(case for case in CASES if case.tests and case.drugs)
    whole_visit(Story(place, person, case, "doctor", Random(7)), lambda minutes: None)
    add_document(patient=person, kind="referral", title="Letter", file=picture(), by=receptionist)
    text = current_texts()["research"]
    record_consent(patient=person, text=text, decision="permit", method="paper", remark="shy", by=doctor)
    for one in person.visits.filter(status=VisitStatus.OPEN):
        close_visit(visit=one, by=None)
    with freeze(LONG_AGO):
        person.visits.update(date=clocks.today())
        Patient.objects.filter(pk=person.pk).update(created_at=clocks.now())
    person.refresh_from_db()
    return person


def asked(person, by, kind="erase"):
    return ask_for_erasure(patient=person, kind=kind, reason=WHY, by=by)


def approved(person, by, other, kind="erase"):
    return approve_erasure(erasure=asked(person, by, kind), reason=WHY, by=other)


def figures():
    """Rows of every table, and sums of money and stock: what an erasure must leave as it was."""
    with connection.cursor() as cursor:
        told = {}
        for holding in holdings():
            if holding.erases == Erases.BLANK:
                cursor.execute(f"SELECT count(*) FROM {holding.table}")
                told[holding.table] = cursor.fetchone()[0]
        for sums in (
            "SELECT currency, sum(amount) FROM billing_posting GROUP BY 1 ORDER BY 1",
            "SELECT currency, sum(paid), count(*) FROM billing_invoice GROUP BY 1 ORDER BY 1",
            "SELECT sum(on_hand), sum(reserved) FROM pharmacy_batchbalance",
            "SELECT sum(quantity), count(*) FROM pharmacy_stockmovement",
            "SELECT status, count(*) FROM clinical_encounter GROUP BY 1",
            "SELECT state, count(*) FROM laboratory_orderitem GROUP BY 1",
        ):
            cursor.execute(sums)
            told[sums] = cursor.fetchall()
    return told


# --- What is left -----------------------------------------------------------------------------------------------------


def test_nothing_personal_is_left_and_every_sum_is_as_before(forgotten, owner, admin, after_commit):
    before = figures()
    paper = Path(default_storage.path(forgotten.documents.get().name))
    erasure = approved(forgotten, admin, owner)
    with after_commit():
        assert carry_out(erasure.pk)
    assert figures() == before
    assert not paper.exists()
    kept = left_of(forgotten)
    assert kept == {"patients_patient": {"birth_date"}, "patients_erasure": {"reason", "decision_reason"}}
    erasure.refresh_from_db()
    assert erasure.status == "done"
    assert {
        "clinical_note",
        "laboratory_result",
        "billing_charge",
        "patients_patientidentifier",
    } <= erasure.counts.keys()


def left_of(person):
    """Encrypted columns that still hold something of the patient, by table."""
    kept = {}
    for holding in holdings():
        for one in holding.model._meta.concrete_fields:
            if isinstance(one, EncryptedMixin):
                rows = holding.of(person).exclude(**{one.name: ""}).exclude(**{f"{one.name}__isnull": True})
                if rows.exists():
                    kept.setdefault(holding.table, set()).add(one.column)
        if holding.erases == Erases.REMOVE:
            assert not holding.of(person).exists(), holding.label
    return kept


def test_the_person_is_a_number_without_a_name(forgotten, owner, admin, doctor):
    carry_out(approved(forgotten, admin, owner).pk)
    person = Patient.objects.get(pk=forgotten.pk)
    assert person.full_name == "Erased person"
    assert (str(person.birth_date), person.birth_date_precision) == ("1980-01-01", "estimated")
    assert (person.phone, person.email, person.occupation, person.photo) == ("", "", "", None)
    assert not SearchToken.objects.filter(patient=person).exists()
    assert not PatientIdentifier.objects.exists()
    assert search_patients(doctor, "Vicheka") == []
    assert patient(identifiers={"national_id": "612345678"}).pk != person.pk  # the number is free again


def test_the_pages_of_an_erased_record_still_open(forgotten, owner, admin, client_for):
    visit_of, encounter = forgotten.visits.get(), forgotten.visits.get().encounters.get()
    carry_out(approved(forgotten, admin, owner).pk)
    client = client_for("owner")
    for address in (f"/patients/{forgotten.pk}/", f"/patients/{forgotten.pk}/consents/", "/patients/erasures/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
    assert "Erased record" in client.get(f"/patients/{forgotten.pk}/").content.decode()
    assert "Vicheka" not in client.get(f"/patients/{forgotten.pk}/").content.decode()
    assert client.get(f"/billing/visits/{visit_of.pk}/").status_code == 200
    assert client_for("doctor").get(f"/clinic/encounters/{encounter.pk}/").status_code == 200
    invoice = visit_of.invoices.get()
    assert client_for("cashier").get(f"/billing/invoices/{invoice.pk}/").status_code in {200, 404}


def test_the_chain_of_the_trail_stands_and_its_values_are_closed(forgotten, owner, admin):
    carry_out(approved(forgotten, admin, owner).pk)
    while seal_pending():
        pass
    assert verify_chain().intact
    noted = Record.objects.filter(kind="event", after__event="record_erased", row_id=str(forgotten.pk)).get()
    assert noted.actor == "owner"
    first = Record.objects.filter(table_name="patients_patient", row_id=str(forgotten.pk), kind="insert").get()
    assert first.after["family_name"].startswith("v1:")
    assert sight_of(owner).sees(forgotten)
    names = {line.label: line.after for line in difference(first, owner)}
    assert "Meas" not in names.values()
    for record in Record.objects.filter(row_id=str(forgotten.pk)):
        assert "Vicheka" not in str(record.before) + str(record.after)


def test_an_erased_record_stays_erased(forgotten, owner, admin, receptionist):
    carry_out(approved(forgotten, admin, owner).pk)
    person = Patient.objects.get(pk=forgotten.pk)
    with pytest.raises(PatientIsErased):
        visit(patient=person)
    with pytest.raises(PatientIsErased):
        set_hold(patient=person, reason=WHY, by=admin)
    with pytest.raises(PatientIsErased):
        asked(person, admin)
    person.family_name = "Meas"
    with pytest.raises(IntegrityError), transaction.atomic():
        person.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        add_document(patient=person, kind="other", title="", file=picture(), by=receptionist)
    assert not carry_out(Erasure.objects.get().pk)


# --- When -------------------------------------------------------------------------------------------------------------


def test_a_record_that_must_be_kept_can_only_be_closed(samaki, admin, owner):
    person = patient()
    with pytest.raises(ErasureTooEarly) as refused:
        asked(person, admin)
    assert kept_until(person).isoformat() in str(refused.value)
    erasure = approved(person, admin, owner, kind="close")
    assert carry_out(erasure.pk)
    person.refresh_from_db()
    assert person.confidentiality == "very_restricted"
    assert person.family_name == "Sok"
    assert may_contact(person, "reminders").ground == Ground.CLOSED
    assert may_share(person, "share_facility").ground == Ground.CLOSED


def test_children_are_kept_longer_and_the_hospital_may_keep_longer_still(samaki, admin):
    with freeze(LONG_AGO):
        child = patient(birth_date=clocks.today() - timedelta(days=400))
        grown = patient()
    assert kept_until(grown).year == 2023
    assert kept_until(child).year == 2012 + 25
    set_preference("patients.keep_years", 20, by=admin)
    assert kept_until(grown).year == 2033


def test_no_hospital_keeps_records_for_less_than_the_law(samaki, admin):
    with pytest.raises(Exception, match="range"):
        set_preference("patients.keep_years", 6, by=admin)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as sql:
        sql.execute(
            "INSERT INTO core_preference (key, value, updated_at, updated_by) "
            "VALUES ('patients.keep_years', '6', now(), '')"
        )


def test_the_database_erases_nothing_before_the_legal_minimum(samaki, admin, owner, doctor):
    with freeze(clocks.now() - timedelta(days=365 * 6)):
        person = patient()
    erasure = Erasure.objects.create(patient=person, kind="erase", reason=WHY, asked_by=admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.filter(pk=erasure.pk).update(status="approved", decided_by=owner, decided_at=clocks.now())


@pytest.mark.parametrize("kind", ["hold", "visit", "charge", "export"])
def test_what_is_open_stands_in_the_way(samaki, admin, owner, kind):
    with freeze(LONG_AGO):
        person = patient()
        if kind == "visit":
            visit(patient=person)
        if kind == "charge":
            _charge(person)
    if kind == "hold":
        set_hold(patient=person, reason=WHY, by=admin)
    if kind == "export":
        person.data_exports.create(reason=WHY, language="en", asked_by=admin)
    assert len(hindrances_of(person)) == 1
    with pytest.raises(ErasureHindered):
        asked(person, admin)


def _charge(person):
    from tests.factories import billing

    came = visit(patient=person)
    billing.charge(visit=came)
    close_visit(visit=came, by=None)


def test_what_came_between_approval_and_job_leaves_it_to_be_tried_again(forgotten, admin, owner, monkeypatch):
    erasure = approved(forgotten, admin, owner)
    hold = set_hold(patient=forgotten, reason=WHY, by=admin)
    assert not carry_out(erasure.pk)
    erasure.refresh_from_db()
    assert (erasure.status, erasure.problem) == ("approved", "ErasureHindered")
    assert Patient.objects.get(pk=forgotten.pk).family_name == "Meas"
    lift_hold(hold=hold, reason=WHY, by=owner)
    Erasure.objects.filter(pk=erasure.pk).update(updated_at=clocks.now() - timedelta(hours=1))
    monkeypatch.setattr("patients.tasks.carry_out_erasure.delay", lambda pk: carry_out(pk))
    assert enqueue_waiting_erasures() == 1
    erasure.refresh_from_db()
    assert (erasure.status, erasure.problem) == ("done", "")


def test_a_failure_in_the_middle_leaves_everything_as_it_was(forgotten, admin, owner, monkeypatch):
    erasure, before = approved(forgotten, admin, owner), left_of_nothing(forgotten)

    def broken(*args):
        raise DatabaseError("the connection is lost")

    monkeypatch.setattr("patients.services.erasing._blank_person", broken)
    with pytest.raises(DatabaseError):
        carry_out(erasure.pk)
    assert left_of_nothing(forgotten) == before
    erasure.refresh_from_db()
    assert (erasure.status, erasure.problem) == ("approved", "DatabaseError")


def left_of_nothing(person):
    """Every row of the patient as the tables hold it."""
    return {one.table: sorted(map(str, one.of(person).values_list())) for one in holdings() if one.table not in TOUCHED}


TOUCHED = {"patients_erasure"}


# --- Who --------------------------------------------------------------------------------------------------------------


def test_nobody_decides_alone(forgotten, admin, owner):
    erasure = asked(forgotten, admin)
    with pytest.raises(SecondPersonNeeded):
        approve_erasure(erasure=erasure, reason=WHY, by=admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.filter(pk=erasure.pk).update(status="approved", decided_by=admin, decided_at=clocks.now())
    assert not carry_out(erasure.pk)
    refuse_erasure(erasure=erasure, reason=WHY, by=owner)
    again = asked(forgotten, admin)
    with pytest.raises(ErasureUnderWay):
        asked(forgotten, admin)
    assert take_back_erasure(erasure=again, by=admin).status == "withdrawn"


def test_the_application_s_role_blanks_nothing_by_itself(forgotten, admin, owner):
    note = forgotten.encounters.get().notes.get()
    erasure = approved(forgotten, admin, owner)
    tries = [
        "UPDATE clinical_note SET plan = '' WHERE id = %s",
        "UPDATE clinical_noterevision SET plan = '' WHERE note_id = %s",
        "SELECT patients_blank(gen_random_uuid(), 'clinical_note', '{plan}', ARRAY[%s]::uuid[])",
        f"SELECT patients_blank('{erasure.pk}', 'clinical_note', '{{plan}}', ARRAY[%s]::uuid[])",
    ]
    for statement in tries:
        with transaction.atomic(), connection.cursor() as sql:
            sql.execute("SELECT set_config('app.erasing', 'on', true)")
            with pytest.raises(DatabaseError), transaction.atomic():
                sql.execute(statement, [note.pk])
    with transaction.atomic(), connection.cursor() as sql:
        Erasure.objects.filter(pk=erasure.pk).update(status="running")
        with pytest.raises(DatabaseError), transaction.atomic():
            sql.execute(
                "SELECT patients_blank(%s, 'clinical_note', '{signed_by_name}', ARRAY[%s]::uuid[])",
                [erasure.pk, note.pk],
            )
        transaction.set_rollback(True)


def test_a_hold_is_set_and_lifted_once_with_reasons(samaki, admin, owner):
    person = patient()
    with pytest.raises(ReasonTooShort):
        set_hold(patient=person, reason="court", by=admin)
    hold = set_hold(patient=person, reason=WHY, by=admin)
    with pytest.raises(HoldStands):
        set_hold(patient=person, reason=WHY, by=owner)
    for change in ({"reason": "x"}, {"set_by": owner}):
        with pytest.raises((IntegrityError, FieldError)), transaction.atomic():
            type(hold).objects.filter(pk=hold.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        hold.delete()
    lift_hold(hold=hold, reason=WHY, by=owner)
    with pytest.raises(HoldLifted):
        lift_hold(hold=hold, reason=WHY, by=owner)
    assert set_hold(patient=person, reason=WHY, by=owner).is_open


# --- Screens ----------------------------------------------------------------------------------------------------------


def test_two_people_erase_a_record_by_its_number(forgotten, client_for, after_commit):
    admin, owner = client_for("admin"), client_for("owner")
    form = {"_once": str(new_id()), "number": forgotten.mrn.lower(), "kind": "erase", "reason": WHY}
    assert admin.post(reverse("patients:erasure-new"), {**form, "number": "P999999"}).status_code == 422
    answer = admin.post(reverse("patients:erasure-new"), form)
    erasure = Erasure.objects.get()
    detail = reverse("patients:erasure-detail", args=[erasure.pk])
    assert answer["Location"] == detail
    page = admin.get(detail).content.decode()
    assert "Somebody else than who asked decides." in page
    assert "Vicheka" not in page
    decide = reverse("patients:erasure-decide", args=[erasure.pk])
    yes = {"_once": str(new_id()), "decision": "approve", "reason": WHY}
    assert admin.post(decide, yes).status_code == 422
    with after_commit():
        assert owner.post(decide, {**yes, "_once": str(new_id())})["Location"] == detail
    shown = owner.get(detail).content.decode()
    assert "Carried out" in shown
    assert "Note" in shown


def test_too_early_is_said_beside_the_field_with_the_day(samaki, client_for):
    person = patient()
    form = {"_once": str(new_id()), "number": person.mrn, "kind": "erase", "reason": WHY}
    answer = client_for("admin").post(reverse("patients:erasure-new"), form)
    assert answer.status_code == 422
    assert kept_until(person).isoformat() in answer.content.decode()


def test_holds_are_set_and_lifted_on_their_pages(samaki, client_for):
    person, client = patient(confidentiality="very_restricted"), client_for("auditor")
    form = {"_once": str(new_id()), "number": person.mrn, "reason": WHY}
    assert client.post(reverse("patients:hold-new"), form).status_code == 302
    hold = person.legal_holds.get()
    assert person.mrn in client.get(reverse("patients:erasure-list")).content.decode()
    lift = reverse("patients:hold-lift", args=[hold.pk])
    assert client.post(lift, {"_once": str(new_id()), "reason": "no"}).status_code == 422
    assert client.post(lift, {"_once": str(new_id()), "reason": WHY}).status_code == 302
    hold.refresh_from_db()
    assert not hold.is_open


def test_who_may_not_does_not(samaki, client_for):
    for who in ("doctor", "nurse", "receptionist", "cashier"):
        client = client_for(who)
        for name in ("erasure-list", "erasure-new", "hold-new"):
            assert client.get(reverse(f"patients:{name}")).status_code == 403
    assert client_for("auditor").get(reverse("patients:erasure-new")).status_code == 403


def test_the_list_costs_the_same_for_one_and_for_three(samaki, admin, client_for, query_count):
    client = client_for("admin")

    def cost():
        client.get(reverse("patients:erasure-list"))
        with query_count() as counted:
            client.get(reverse("patients:erasure-list"))
        return counted.count

    asked(patient(), admin, kind="close")
    one = cost()
    for _ in range(2):
        asked(patient(), admin, kind="close")
    assert cost() == one
    assert Visit.objects.count() == 0
