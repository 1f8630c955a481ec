"""Typing, judging and submitting results."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import RecordChanged
from core.once import new_key
from laboratory.errors import NothingEntered, SpecimenNotInUse
from laboratory.models import Result
from laboratory.services.entry import EntriesRefused, Entry, save_results, sheet_stamp
from tests.factories import laboratory as lab
from tests.factories import patients

pytestmark = pytest.mark.django_db


def child(days: int, sex: str = "male"):
    from core.clock import today

    return lab.encounter(patients.visit(patient=patients.patient(birth_date=today() - timedelta(days=days), sex=sex)))


def test_a_draft_is_kept_with_its_flag_and_range():
    specimen = lab.received("K")
    result = lab.typed(specimen, {"K": "5.9"})[0]
    assert (result.state, result.value, result.flag, result.unit) == ("draft", "5.9", "H", "mmol/L")
    assert (result.range_low, result.range_high) == (Decimal("3.5"), Decimal("5.3"))
    assert lab.item_of(specimen, "K").state == "received"


@pytest.mark.parametrize(("days", "flag"), [(3, "L"), (30, "N"), (364, "N"), (365, "N"), (8000, "L")])
def test_the_same_value_is_judged_by_the_age_in_days(days, flag):
    specimen = lab.received("HGB", encounter=child(days))
    assert lab.typed(specimen, {"HGB": "13"})[0].flag == flag


def test_age_is_counted_on_the_day_of_collection(clock):
    specimen = lab.received("HGB", encounter=child(6))
    clock.advance(days=30)
    assert lab.typed(specimen, {"HGB": "13"})[0].range_low == Decimal("13.5")


def test_critical_values_and_abnormal_choices_are_flagged():
    specimen = lab.received("K", "HBSAG")
    flags = {one.item.test.code: one.flag for one in lab.typed(specimen, {"K": "7.1", "HBSAG": "R"})}
    assert flags == {"K": "HH", "HBSAG": "A"}


def test_results_in_words_carry_the_technicians_own_mark():
    specimen = lab.received("SMEAR")
    entries = {lab.item_of(specimen, "SMEAR").pk: Entry("Target cells seen", abnormal=True)}
    save_results(specimen=specimen, entries=entries, seen="0", by=lab.person("labtech"))
    assert lab.the_result(specimen, "SMEAR").flag == "A"


def test_what_follows_by_formula_is_filled_in():
    encounter = child(40 * 365 + 10, sex="female")
    specimen = lab.received("CREA", "EGFR", "TBIL", "DBIL", "IBIL", encounter=encounter)
    lab.typed(specimen, {"CREA": "0.9", "EGFR": "", "TBIL": "1.2", "DBIL": "0.3", "IBIL": ""})
    assert lab.the_result(specimen, "EGFR").value == "83"
    assert lab.the_result(specimen, "IBIL").value == "0.9"


def test_a_typed_value_wins_over_the_formula():
    specimen = lab.received("TBIL", "DBIL", "IBIL")
    lab.typed(specimen, {"TBIL": "1.2", "DBIL": "0.3", "IBIL": "1.0"})
    assert lab.the_result(specimen, "IBIL").value == "1.0"


def test_one_impossible_value_keeps_all_from_being_saved():
    specimen = lab.received("K", "NA")
    with pytest.raises(EntriesRefused) as refused:
        lab.typed(specimen, {"K": "45", "NA": "140"})
    assert list(refused.value.errors) == [lab.item_of(specimen, "K").pk]
    assert not Result.objects.exists()


def test_submitting_leaves_empty_fields_open():
    specimen = lab.received("K", "NA")
    lab.typed(specimen, {"K": "4.5", "NA": ""}, submit=True)
    assert (lab.item_of(specimen, "K").state, lab.item_of(specimen, "NA").state) == ("resulted", "received")


def test_an_empty_sheet_is_not_submitted():
    specimen = lab.received("K")
    with pytest.raises(NothingEntered):
        lab.typed(specimen, {"K": ""}, submit=True)


def test_results_of_a_tube_that_is_not_received_are_refused():
    specimen = lab.collected("K")[0]
    with pytest.raises(SpecimenNotInUse):
        save_results(specimen=specimen, entries={}, seen="0", by=lab.person("labtech"))


def test_somebody_else_has_typed_meanwhile():
    specimen = lab.received("K")
    seen = sheet_stamp(specimen)
    lab.typed(specimen, {"K": "4.5"}, by=lab.person("labtech2"))
    entries = {lab.item_of(specimen, "K").pk: Entry("5.0")}
    with pytest.raises(RecordChanged):
        save_results(specimen=specimen, entries=entries, seen=seen, by=lab.person("labtech"))
    assert lab.the_result(specimen, "K").value == "4.5"


def test_who_typed_a_value_stays_its_author_until_it_is_changed():
    specimen = lab.received("K", "NA")
    lab.typed(specimen, {"K": "4.5", "NA": "140"})
    lab.typed(specimen, {"K": "4.5", "NA": "141"}, by=lab.person("labtech2"))
    authors = {one.item.test.code: one.entered_by.username for one in Result.objects.all()}
    assert authors == {"K": "labtech", "NA": "labtech2"}


def test_the_previous_result_and_a_remarkable_change_are_noted():
    first = lab.released({"K": "4.0"})
    second = lab.received("K", encounter=first.order.encounter, again=True)
    result = lab.typed(second, {"K": "5.2"})[0]
    assert (result.previous.value, result.remarkable) == ("4.0", True)
    assert lab.typed(second, {"K": "4.2"})[0].remarkable is False


def test_values_are_encrypted_in_the_database():
    from django.db import connection

    lab.typed(lab.received("K"), {"K": "5.9"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM laboratory_result")
        assert "5.9" not in cursor.fetchone()[0]


# --- The database's own refusals --------------------------------------------------------------------------------------
def a_result(of, code="K", **changes):
    specimen = changes.pop("specimen", of)
    item = lab.item_of(of, code)
    facts = {
        "item": item,
        "specimen": specimen,
        "value": "4.5",
        "received_at": specimen.received_at or specimen.collected_at,
        "entered_by": lab.person("labtech"),
        "entered_at": specimen.received_at or specimen.collected_at,
    }
    return Result(**{**facts, **changes})


def test_the_database_refuses_a_result_without_a_received_tube():
    specimen = lab.collected("K")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        a_result(specimen).save()


def test_the_database_refuses_a_result_on_the_tube_of_another_test():
    specimen, other = lab.received("K"), lab.received("NA")
    with pytest.raises(IntegrityError), transaction.atomic():
        a_result(specimen, specimen=other, received_at=other.received_at).save()


def test_the_database_keeps_the_times_in_order():
    specimen = lab.received("K")
    with pytest.raises(IntegrityError), transaction.atomic():
        a_result(specimen, entered_at=specimen.received_at - timedelta(seconds=1)).save()
    specimen = lab.released({"NA": "140"})
    result = lab.the_result(specimen, "NA")
    for field in ("released_at", "superseded_at"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Result.objects.filter(pk=result.pk).update(**{field: result.entered_at - timedelta(days=1)})


def test_the_database_refuses_a_second_result_in_work():
    specimen = lab.received("K")
    lab.typed(specimen, {"K": "4.5"})
    with pytest.raises(IntegrityError), transaction.atomic():
        a_result(specimen, version=2, correction_reason="x").save()


# --- The sheet --------------------------------------------------------------------------------------------------------
def sheet_data(specimen, values, **more):
    fields = {f"value-{lab.item_of(specimen, code).pk}": value for code, value in values.items()}
    return {**fields, "seen": sheet_stamp(specimen), "_once": new_key(), **more}


def entry_url(specimen):
    return reverse("laboratory:result-entry", args=[specimen.pk])


def test_the_sheet_shows_ranges_units_and_the_previous_result(client_for):
    first = lab.released({"K": "4.0"})
    specimen = lab.received("K", encounter=first.order.encounter, again=True)
    page = client_for("labtech").get(entry_url(specimen)).content.decode()
    assert "3.5–5.3" in page
    assert "mmol/L" in page
    assert "4.0" in page
    assert "to be confirmed" in page


def test_draft_and_submission_from_the_sheet(client_for):
    specimen, client = lab.received("K"), client_for("labtech")
    assert client.post(entry_url(specimen), sheet_data(specimen, {"K": "4.4"}, draft="1")).status_code == 302
    assert lab.the_result(specimen, "K").state == "draft"
    assert client.post(entry_url(specimen), sheet_data(specimen, {"K": "4.5"}, submit="1")).status_code == 302
    assert lab.the_result(specimen, "K").state == "submitted"


@pytest.mark.parametrize("value", ["4,5", "abc", "45", "-1", "4.55", "NaN", "9" * 40, "<script>"])
def test_garbage_is_refused_beside_its_field_and_stays_there(client_for, value):
    specimen, client = lab.received("K", "NA"), client_for("labtech")
    answer = client.post(entry_url(specimen), sheet_data(specimen, {"K": value, "NA": "140"}, submit="1"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "is-invalid" in page
    assert 'value="140"' in page
    assert "<script>" not in page.split("<main")[1].split("</main>")[0]
    assert not Result.objects.exists()


def test_a_stale_sheet_keeps_what_was_typed(client_for):
    specimen, client = lab.received("K"), client_for("labtech")
    data = sheet_data(specimen, {"K": "5.0"}, submit="1")
    lab.typed(specimen, {"K": "4.5"}, by=lab.person("labtech2"))
    answer = client.post(entry_url(specimen), data)
    assert answer.status_code == 422
    assert 'value="5.0"' in answer.content.decode()
    assert lab.the_result(specimen, "K").value == "4.5"


def test_a_value_is_judged_while_typing_and_nothing_is_kept(client_for):
    specimen, client = lab.received("K"), client_for("labtech")
    url, name = reverse("laboratory:result-check", args=[specimen.pk]), f"value-{lab.item_of(specimen, 'K').pk}"
    for typed, words in (("7.1", "Critically high"), ("4,5", "point for decimals"), ("4.5", "Normal")):
        answer = client.post(url, {name: typed}, headers={"HX-Request": "true", "HX-Trigger-Name": name})
        assert answer.status_code == 200
        assert words in answer.content.decode()
    assert not Result.objects.exists()
    assert client.post(url, {}, headers={"HX-Trigger-Name": "value-nonsense"}).status_code == 404


def test_a_question_that_arrives_after_the_result_was_submitted_is_not_an_error(client_for):
    specimen = lab.submitted({"K": "4.5"})
    name = f"value-{lab.item_of(specimen, 'K').pk}"
    url = reverse("laboratory:result-check", args=[specimen.pk])
    answer = client_for("labtech").post(url, {name: "4.5"}, headers={"HX-Trigger-Name": name})
    assert (answer.status_code, answer.content) == (204, b"")


def test_fields_of_other_tubes_are_not_read(client_for):
    mine, other = lab.received("K"), lab.received("NA")
    client_for("labtech").post(entry_url(mine), {**sheet_data(mine, {"K": "4.5"}), **sheet_data(other, {"NA": "140"})})
    assert not other.results.exists()


def test_who_may_not_enter_results(client_for):
    specimen = lab.received("K")
    for role in ("doctor", "nurse", "cashier", "receptionist"):
        assert client_for(role).get(entry_url(specimen)).status_code == 403


def test_a_tube_not_received_has_no_sheet(client_for):
    specimen = lab.collected("K")[0]
    assert client_for("labtech").get(entry_url(specimen)).status_code == 404


def test_the_sheet_needs_the_same_queries_for_one_test_and_ten(client_for, query_count):
    client, counts = client_for("labtech"), []
    for options in ({"panels": ("CBC",)}, {}):
        specimen = lab.received(*(() if options else ("HGB",)), **options)
        client.get(entry_url(specimen))
        with query_count() as queries:
            client.get(entry_url(specimen))
        counts.append(queries.count)
    assert counts[0] == counts[1]


def test_an_empty_field_of_the_sheet_carries_no_flag(client_for):
    """A choice that nobody has made is not normal."""
    specimen = lab.received("UPRO", "UGLU")
    page = client_for("labtech").get(reverse("laboratory:result-entry", args=[specimen.pk])).content.decode()
    assert page.count("-judgement") >= 2
    assert "Normal" not in page
