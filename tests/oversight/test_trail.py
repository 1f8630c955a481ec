"""The trail on screens: found by who, what, where and when; read in words; every reading of it recorded."""

import csv
import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Branch
from audit import context
from audit.models import Record
from audit.services import record_event
from core.once import new_key
from oversight.models import TrailExport
from oversight.queries.trail import TrailFilter, records
from patients.states import Confidentiality
from tests.factories.patients import patient as register


def shown(answer):
    return [row.record for row in answer.context["rows"]]


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "auditor"])
def test_owner_and_auditor_search_the_trail(who, client_for):
    assert client_for(who).get("/oversight/trail/").status_code == 200


@pytest.mark.parametrize("who", ["doctor", "nurse", "receptionist", "cashier", "labtech", "pharmacist", "accountant"])
def test_others_do_not(who, client_for):
    client, some = client_for(who), register()
    for path in ("/oversight/trail/", "/oversight/trail/records/1/", f"/oversight/patients/{some.pk}/readers/"):
        assert client.get(path).status_code == 403, path
    sent = client.post("/oversight/trail/export/", {"reason": "out of curiosity", "_once": new_key()})
    assert sent.status_code == 403
    assert not TrailExport.objects.exists()


# --- Search -----------------------------------------------------------------------------------------------------------


def test_the_filters_find_what_they_say(samaki, doctor, nurse, look):
    some, other = register(), register()
    look(doctor, some)
    look(nurse, some)
    look(nurse, other)
    with context(actor_id=str(doctor.pk), address="10.9.9.9", request_id="r-77"):
        Branch.objects.create(code="T1", name_en="Branch")
    with context(actor_id=str(nurse.pk)):
        record_event("signed_in", "accounts_user", nurse.pk)

    def found(**asked):
        return [(one.kind, one.table_name) for one in records(TrailFilter(**asked))]

    read = ("read", "patients_patient")
    assert found(who=str(doctor.pk), kind="read") == [read]
    assert found(kind="read", record=str(some.pk)) == [read, read]
    assert found(role="nurse", kind="read") == [read, read]
    assert found(address="10.9.9.9") == [("insert", "accounts_branch")]
    assert found(request_id="r-77") == [("insert", "accounts_branch")]
    assert found(who=str(nurse.pk), kind="sign_in") == [("event", "accounts_user")]
    assert ("insert", "accounts_branch") in found(table="room:accounts")
    assert read not in found(table="room:accounts")


def test_dates_are_the_hospital_s_days(samaki, doctor, look):
    from core import clock

    look(doctor, register())
    today = clock.today()
    assert records(TrailFilter(who=str(doctor.pk), since=today, until=today)).exists()
    tomorrow = today.fromordinal(today.toordinal() + 1)
    assert not records(TrailFilter(since=tomorrow)).exists()


def test_a_patient_is_found_by_record_number(client_for, doctor, look):
    some = register()
    look(doctor, some)
    answer = client_for("auditor").get("/oversight/trail/", {"record": some.mrn.lower(), "kind": "read"})
    assert [one.row_id for one in shown(answer)] == [str(some.pk)]
    assert some.mrn in answer.content.decode()


def test_permission_changes_are_a_kind(client_for, owner, doctor):
    from accounts.models import Role

    with context(actor_id=str(owner.pk), actor="owner", role="owner"):
        role = Role.objects.get(code="cashier")
        role.permissions = [*role.permissions, "audit:view"]
        role.save()
    answer = client_for("auditor").get("/oversight/trail/", {"kind": "permission"})
    assert shown(answer)[0].table_name == "accounts_role"


def test_nonsense_in_the_address_is_left_out(client_for):
    answer = client_for("auditor").get("/oversight/trail/?before=x~y&since=31/31/2026&kind=zzz&who=%27--")
    assert answer.status_code == 200


def test_pages_follow_one_another_without_gap_or_repetition(client_for, doctor, look):
    some = register()
    for _ in range(120):
        look(doctor, some)
    client, seen, address = client_for("auditor"), [], f"/oversight/trail/?kind=read&record={some.pk}"
    while address:
        answer = client.get(address)
        seen += [one.pk for one in shown(answer)]
        following = answer.context["page"].next_url
        address = f"/oversight/trail/{following}" if following else ""
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


def test_a_page_asks_the_same_number_of_questions_for_three_rows_and_for_a_full_page(client_for, doctor, look):
    client, few, many = client_for("auditor"), register(), register()
    for times, some in ((3, few), (50, many)):
        for _ in range(times):
            look(doctor, some)
    counts = []
    for some in (few, few, many):
        with CaptureQueriesContext(connection) as asked:
            client.get("/oversight/trail/", {"record": str(some.pk), "kind": "read"})
        counts.append(len(asked))
    assert counts[1] == counts[2]


@pytest.mark.parametrize("typed", ["Sok Dara", "sokdara", "012345678", "718293645"])
def test_a_name_or_a_phone_typed_into_the_search_is_refused_and_never_noted(client_for, auditor, typed):
    page = client_for("auditor").post("/oversight/trail/", {"record": typed}, follow=True)
    assert "The trail knows no names." in page.content.decode()
    noted = Record.objects.filter(table_name="audit_record").values_list("after", flat=True)
    assert noted
    assert typed not in str(list(noted))


def test_every_reading_of_the_trail_is_recorded(client_for, auditor):
    some = register()
    client = client_for("auditor")
    number = Record.objects.latest("id").pk
    for path in (
        "/oversight/trail/?kind=read",
        f"/oversight/trail/records/{number}/",
        f"/oversight/trail/rows/patients_patient/{some.pk}/",
        f"/oversight/patients/{some.pk}/readers/",
        "/oversight/trail/mine/",
    ):
        before = Record.objects.latest("id").pk
        assert client.get(path).status_code == 200, path
        noted = Record.objects.filter(id__gt=before, kind="event", after__event="trail_read", actor_id=auditor.pk)
        assert noted.count() == 1, path


# --- My own trail -----------------------------------------------------------------------------------------------------


def test_everybody_sees_their_own_trail_and_nobody_else_s(client_for, nurse, doctor, look):
    some = register()
    look(nurse, some)
    look(doctor, some)
    rows = shown(client_for("nurse").get("/oversight/trail/mine/", {"who": str(doctor.pk)}))
    assert rows
    assert {one.actor_id for one in rows} == {str(nurse.pk)}


# --- The difference ---------------------------------------------------------------------------------------------------


def difference_of(answer):
    return {line.label: (line.before, line.after) for line in answer.context["lines"]}


def change(some, by, **values):
    with context(actor_id=str(by.pk), actor=by.username, role=by.role_line):
        for name, value in values.items():
            setattr(some, name, value)
        some.save()
    return Record.objects.filter(table_name="patients_patient", row_id=str(some.pk), kind="update").latest("id")


def test_a_change_is_told_in_words_and_opened_for_who_may_see_the_patient(client_for, receptionist):
    some = register(given_name="Bopha", sex="female")
    record = change(some, receptionist, given_name="Sophea", sex="male")
    lines = difference_of(client_for("owner").get(f"/oversight/trail/records/{record.pk}/"))
    assert lines["Given name"] == ("Bopha", "Sophea")
    assert lines["Sex"] == ("Female", "Male")


def test_the_labels_speak_the_reader_s_language(client_for, receptionist):
    some = register(given_name="Bopha")
    record = change(some, receptionist, sex="male")
    client = client_for("owner", headers={"accept-language": "zh-hans"})
    client.post("/set-language/", {"language": "zh-hans"})
    answer = client.get(f"/oversight/trail/records/{record.pk}/")
    assert "男" in answer.content.decode()


def test_without_the_right_to_see_the_patient_encrypted_values_only_changed(client_for, receptionist, owner):
    from accounts.models import Role

    some = register(given_name="Bopha", confidentiality=Confidentiality.RESTRICTED)
    record = change(some, receptionist, given_name="Sophea", sex="male")
    role = Role.objects.get(code="auditor")
    role.permissions = [code for code in role.permissions if code != "patient:view_restricted"]
    role.save()
    answer = client_for("auditor").get(f"/oversight/trail/records/{record.pk}/")
    lines = difference_of(answer)
    assert lines["Given name"] == ("changed", "changed")
    assert lines["Sex"] == ("Female", "Male")
    assert "Bopha" not in answer.content.decode()
    assert "v1:" not in answer.content.decode()


def test_a_row_that_is_gone_stays_readable(client_for, owner):
    branch = Branch.objects.create(code="GONE", name_en="A branch that closed")
    key = str(branch.pk)
    branch.delete()
    answer = client_for("auditor").get(f"/oversight/trail/rows/accounts_branch/{key}/")
    assert answer.status_code == 200
    assert "A branch that closed" in answer.content.decode()
    assert [step["row"].record.kind for step in answer.context["steps"]] == ["delete", "insert"]


def test_a_value_moved_to_another_row_does_not_open(client_for, receptionist):
    """A forged record of the trail shows nothing of another patient."""
    from oversight.difference import difference

    some, other = register(given_name="Bopha"), register(given_name="Kanha")
    record = change(some, receptionist, given_name="Sophea")
    record.row_id = str(other.pk)
    lines = {line.label: line for line in difference(record, client_for("owner").user)}
    assert lines["Given name"].after == "does not open"


@pytest.mark.parametrize(
    "path", ["/oversight/trail/records/0/", "/oversight/trail/records/abc/", "/oversight/trail/rows/pg_authid/1/"]
)
def test_what_is_not_there_is_404(client_for, path):
    assert client_for("auditor").get(path).status_code == 404


def test_a_row_of_the_neighbour_is_404(client_for, royal):
    assert client_for("auditor").get(f"/oversight/trail/rows/patients_patient/{uuid.uuid4()}/").status_code == 404


# --- Export -----------------------------------------------------------------------------------------------------------


def take_out(client, query="", reason="Inspection by the ministry"):
    return client.post(f"/oversight/trail/export/{query}", {"reason": reason, "_once": new_key()})


def test_an_export_is_recorded_with_its_reason_and_holds_what_the_filter_found(client_for, doctor, look, auditor):
    some = register()
    look(doctor, some)
    client = client_for("auditor")
    answer = take_out(client, f"?kind=read&record={some.pk}")
    assert answer.status_code == 302
    export = TrailExport.objects.get()
    assert (export.rows, export.reason, export.by_id) == (1, "Inspection by the ministry", auditor.pk)
    file = client.get(f"/oversight/exports/{export.pk}/trail.csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [(row["kind"], row["record"], row["address"]) for row in rows] == [("read", str(some.pk), "10.0.0.7")]
    noted = Record.objects.filter(kind="export", row_id=str(export.pk)).get()
    assert noted.after["why"] == "Inspection by the ministry"


def test_an_export_without_a_reason_is_refused(client_for):
    assert take_out(client_for("auditor"), reason="because").status_code == 422
    assert not TrailExport.objects.exists()


def test_only_who_asked_for_an_export_fetches_it(client_for):
    take_out(client_for("auditor"), "?kind=delete")
    export = TrailExport.objects.get()
    assert client_for("owner").get(f"/oversight/exports/{export.pk}/trail.csv").status_code == 404


def test_a_reason_typed_as_a_formula_is_text_in_the_table(client_for, doctor):
    with context(actor_id=str(doctor.pk), actor="=cmd|' /C calc'!A0"):
        record_event("signed_in", "accounts_user", doctor.pk)
    client = client_for("auditor")
    take_out(client, f"?who={doctor.pk}")
    file = client.get(f"/oversight/exports/{TrailExport.objects.get().pk}/trail.csv").content.decode("utf-8-sig")
    assert all(not row["person"].startswith("=") for row in csv.DictReader(io.StringIO(file)))


# --- Who looked at this patient ---------------------------------------------------------------------------------------


def test_the_chart_tells_those_who_may_who_looked(client_for, doctor, look):
    some = register()
    look(doctor, some)
    assert (
        f"/oversight/patients/{some.pk}/readers/" in client_for("auditor").get(f"/patients/{some.pk}/").content.decode()
    )
    assert "/oversight/" not in client_for("nurse").get(f"/patients/{some.pk}/").content.decode().replace(
        "/oversight/trail/mine/", ""
    )


def test_readers_are_counted_with_what_brought_them(client_for, doctor, nurse, look):
    from tests.factories.patients import visit

    some = visit(practitioner=doctor).patient
    for _ in range(3):
        look(doctor, some)
    look(nurse, some, page="patients:patient-card")
    answer = client_for("auditor").get(f"/oversight/patients/{some.pk}/readers/")
    readers = {one.name: one for one in answer.context["readers"]}
    assert (readers[doctor.full_name].times, readers[doctor.full_name].why) == (3, ["Attending"])
    assert (readers[nurse.full_name].times, readers[nurse.full_name].why) == (1, [])


def test_who_looked_at_a_closed_record_is_told_without_its_name(client_for, doctor, look):
    from accounts.models import Role

    some = register(family_name="Zzhidden", confidentiality=Confidentiality.RESTRICTED)
    look(doctor, some)
    role = Role.objects.get(code="auditor")
    role.permissions = [code for code in role.permissions if code != "patient:view_restricted"]
    role.save()
    page = client_for("auditor").get(f"/oversight/patients/{some.pk}/readers/").content.decode()
    assert some.mrn in page
    assert "Zzhidden" not in page
