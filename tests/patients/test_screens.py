"""The desk's screens: search, registration, chart, change, family; who may, and what is refused."""

import re
from uuid import uuid4

import pytest

from audit.models import Record
from patients.models import DuplicateAnswer, Patient
from tests.factories.patients import patient, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_for):
    return client_for("receptionist")


def filled(**changes):
    """A registration form as a receptionist fills it."""
    return {
        "_once": str(uuid4()),
        "family_name": "Prum",
        "given_name": "Kosal",
        "sex": "male",
        "birth_date": "31/12/1984",
        "age_unit": "years",
        "phone": "012 555 123",
        "contact_name": "Prum Sina",
        "contact_relationship": "spouse",
        "contact_phone": "092 555 124",
        "nationality": "KH",
        "preferred_language": "km",
        **changes,
    }


def only_patient():
    return Patient.objects.get()


def test_the_search_page_shows_who_registered_last_and_offers_to_register(desk):
    person = patient()
    page = desk.get("/patients/").content.decode()
    assert person.mrn in page
    assert "/patients/new/" in page


def test_live_results_are_a_piece_of_the_same_page(desk):
    person = patient(family_name="Vann", given_name="Molika")
    answer = desk.htmx("/patients/", {"q": "mol"})
    text = answer.content.decode()
    assert person.mrn in text
    assert "<html" not in text
    assert "mol" not in " ".join(re.findall(r'href="([^"]*)"', text))
    form = desk.get(re.search(r'href="(/patients/new/[^"]+)"', text)[1]).content.decode()
    assert 'value="Mol"' in form


def test_a_scanned_card_goes_straight_to_the_chart(desk):
    person = patient()
    answer = desk.get("/patients/", {"q": person.mrn})
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{person.pk}/")
    assert desk.htmx("/patients/", {"q": person.mrn}).status_code == 200


def test_the_typed_name_is_carried_into_the_form(desk):
    page = desk.get("/patients/new/", {"q": "chea bopha"}).content.decode()
    assert 'value="Chea"' in page
    assert 'value="Bopha"' in page
    assert 'value="ជា"' in desk.get("/patients/new/", {"q": "ជា បុប្ផា"}).content.decode()


def test_registering_leads_to_the_chart(desk):
    answer = desk.post("/patients/new/", filled(national_id="៩២៣៤៥៦៦៧៨", province="12", district="1201"))
    person = only_patient()
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{person.pk}/")
    assert (person.latin_name, person.phone, str(person.birth_date)) == ("Prum Kosal", "+85512555123", "1984-12-31")
    assert person.registered_at_branch is not None
    assert person.identifiers.get().value == "923456678"
    assert person.emergency_contacts.get().phone == "+85592555124"


def test_a_double_click_registers_once(desk):
    form = filled()
    first, second = desk.post("/patients/new/", form), desk.post("/patients/new/", form)
    assert first["Location"] == second["Location"]
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"family_name": "", "given_name": ""}, "family_name"),
        ({"given_name": ""}, "given_name"),
        ({"family_name": "R2D2"}, "family_name"),
        ({"sex": ""}, "sex"),
        ({"sex": "unicorn"}, "sex"),
        ({"birth_date": ""}, "birth_date"),
        ({"birth_date": "31/02/1984"}, "birth_date"),
        ({"birth_date": "01/01/2999"}, "birth_date"),
        ({"birth_date": "01/01/1850"}, "birth_date"),
        ({"birth_date": "yesterday"}, "birth_date"),
        ({"birth_date": "", "age": "200"}, "age"),
        ({"birth_date": "", "age": "-3"}, "age"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"contact_name": ""}, "contact_name"),
        ({"contact_phone": "abc"}, "contact_phone"),
        ({"contact_relationship": ""}, "contact_relationship"),
        ({"national_id": "12"}, "national_id"),
        ({"other_type": "passport"}, "other_number"),
        ({"other_number": "N123"}, "other_type"),
        ({"other_type": "nssf", "other_number": "123"}, "other_number"),
        ({"province": "99"}, "province"),
        ({"province": "12", "district": "0102"}, "district"),
        ({"province": "12", "district": "1201", "commune": "010201"}, "commune"),
        ({"nationality": "XX"}, "nationality"),
        ({"occupation": "astronaut"}, "occupation"),
        ({"preferred_language": "fr"}, "preferred_language"),
        ({"blood_group": "C+"}, "blood_group"),
        ({"family": "00000000-0000-7000-8000-000000000000"}, "family"),
        ({"family": "not-an-id"}, "family"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_nothing_is_saved(desk, changes, field):
    answer = desk.post("/patients/new/", filled(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors, answer.context["form"].errors
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert Patient.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "stored", "precision"),
    [
        ({"birth_date": "1984"}, "1984-01-01", "year"),
        ({"birth_date": "12/1984"}, "1984-12-01", "month"),
        ({"birth_date": "1984-12-31"}, "1984-12-31", "day"),
        ({"birth_date": "៣១/១២/១៩៨៤"}, "1984-12-31", "day"),
        ({"birth_date": "", "age": "40"}, "1986-03-03", "estimated"),
        ({"birth_date": "", "age": "8", "age_unit": "months"}, "2025-07-03", "estimated"),
    ],
)
def test_a_birth_date_is_taken_as_far_as_it_is_known(clock, desk, typed, stored, precision):
    desk.post("/patients/new/", filled(**typed))
    person = only_patient()
    assert (str(person.birth_date), person.birth_date_precision) == (stored, precision)


def test_the_khmer_name_alone_is_enough(desk):
    names = {"family_name": "", "given_name": "", "native_family_name": "ជា", "native_given_name": "ដារ៉ា"}
    assert desk.post("/patients/new/", filled(**names)).status_code == 302


def test_a_duplicate_is_shown_while_typing(desk):
    person = patient(family_name="Chhean", given_name="Sopheap", phone="+85512777666")
    typed = {"family_name": "Chean", "given_name": "Sopheap", "phone": "012 777 666"}
    text = desk.htmx("/patients/new/duplicates/", typed, method="post").content.decode()
    assert person.mrn in text
    assert "Same phone and name" in text
    assert person.mrn not in desk.htmx("/patients/new/duplicates/", {"phone": "012"}, method="post").content.decode()


def test_a_duplicate_must_be_answered_before_anything_is_saved(desk):
    person = patient(given_name="Kosal", family_name="Prum", phone="+85512555123")
    answer = desk.post("/patients/new/", filled())
    assert answer.status_code == 422
    assert f"/patients/{person.pk}/" in answer.content.decode()
    assert Patient.objects.count() == 1
    answered = filled(different_from=str(person.pk), different_reason="Father of the same name")
    assert desk.post("/patients/new/", answered).status_code == 302
    assert DuplicateAnswer.objects.get().reason == "Father of the same name"


def test_a_restricted_duplicate_shows_its_number_only(desk):
    person = patient(family_name="Hidden", given_name="Kosal", phone="+85512555123", confidentiality="restricted")
    text = desk.post("/patients/new/", filled(family_name="Hidden")).content.decode()
    assert person.mrn in text
    assert f"/patients/{person.pk}/" not in text
    assert "Hidden</strong>" not in text


def test_a_member_is_registered_into_the_family_given(desk):
    mother = patient()
    page = desk.get("/patients/new/", {"family": str(mother.family_id)}).content.decode()
    assert mother.family.number in page
    desk.post("/patients/new/", filled(family=str(mother.family_id)))
    assert mother.family.members.count() == 2


def test_the_lists_of_the_address_follow_the_province(desk):
    text = desk.get("/patients/address/", {"province": "12", "district": "1201"}).content.decode()
    assert 'value="120101"' in text
    assert 'value="010201"' not in text
    other = desk.get("/patients/address/", {"province": "01", "district": "1201"}).content.decode()
    assert 'value="0102"' in other
    assert 'value="120101"' not in other


def test_the_address_can_be_filled_without_javascript(desk):
    answer = desk.post("/patients/new/", filled(province="12", fill_address="1"))
    assert answer.status_code == 422
    assert 'value="1201"' in answer.content.decode()
    assert Patient.objects.count() == 0


def test_the_chart_shows_the_patient_and_is_recorded_as_read(desk):
    person = patient(native_family_name="ជា", native_given_name="ដារ៉ា", province="12", village="Phum 3")
    opened = visit(patient=person)
    page = desk.get(f"/patients/{person.pk}/").content.decode()
    for words in (person.mrn, person.latin_name, "ជា ដារ៉ា", "Phum 3", "Phnom Penh", opened.number, "Sok Chanthy"):
        assert words in page, words
    assert Record.objects.filter(kind="read", row_id=str(person.pk)).exists()


def test_the_chart_comes_in_two_parts_and_each_reading_is_recorded(desk):
    person = patient()
    sibling = patient(family=person.family)
    address = f"/patients/{person.pk}/"
    first, rest = desk.get(address).content.decode(), desk.htmx(f"{address}?rest").content.decode()
    assert f'hx-get="{address}?rest"' in first
    assert 'href="?whole"' in first
    assert sibling.mrn not in first + rest
    assert f"/patients/{sibling.pk}/" not in first
    assert f"/patients/{sibling.pk}/" in rest
    assert person.mrn not in rest
    assert "<html" not in rest
    pages = (
        Record.objects.filter(kind="read", row_id=str(person.pk)).order_by("id").values_list("after__page", flat=True)
    )
    assert list(pages) == ["chart", "chart.rest"]


def test_a_form_that_shows_who_it_is_about_is_a_reading_by_its_address_s_name(desk):
    person = patient()
    assert desk.get(f"/clinic/patients/{person.pk}/enrol/").status_code == 200
    pages = Record.objects.filter(kind="read", row_id=str(person.pk)).values_list("after__page", flat=True)
    assert list(pages) == ["clinical:visit-enrol"]


def test_the_whole_chart_needs_no_script(desk):
    person = patient()
    sibling = patient(family=person.family)
    page = desk.get(f"/patients/{person.pk}/?whole").content.decode()
    assert f"/patients/{sibling.pk}/" in page
    assert "?rest" not in page


def test_the_rest_of_a_chart_that_is_not_seen_does_not_exist(desk):
    person = patient(confidentiality="very_restricted")
    assert desk.htmx(f"/patients/{person.pk}/?rest").status_code == 404
    assert not Record.objects.filter(kind="read", row_id=str(person.pk)).exists()


def test_the_chart_costs_the_same_with_one_visit_and_with_three(desk, query_count, clock):
    person = patient()
    visit(patient=person)
    desk.get(f"/patients/{person.pk}/")
    with query_count() as one:
        desk.get(f"/patients/{person.pk}/")
    for _day in range(2):
        clock.advance(days=1)
        visit(patient=person)
        patient(family=person.family)
    with query_count() as three:
        desk.get(f"/patients/{person.pk}/")
    assert three.count == one.count, str(three)


def test_changing_keeps_the_rest_and_leads_back(desk):
    person = patient(village="Phum 3")
    page = desk.get(f"/patients/{person.pk}/edit/").content.decode()
    assert 'value="1984-12-31"' in page
    changes = filled(version="1", family_name="Changed", given_name=person.given_name, village="Phum 4")
    assert desk.post(f"/patients/{person.pk}/edit/", changes).status_code == 302
    person = only_patient()
    assert (person.family_name, person.village, person.version) == ("Changed", "Phum 4", 2)
    assert person.emergency_contacts.get().name == "Prum Sina"


def test_a_stale_page_keeps_what_was_typed_and_says_what_changed(desk, receptionist):
    from patients.services.patients import change_patient

    person = patient(village="Old")
    change_patient(patient=person, version=1, by=receptionist, village="Meanwhile")
    answer = desk.post(f"/patients/{person.pk}/edit/", filled(version="1", village="Typed"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Meanwhile" in text
    assert 'value="Typed"' in text
    again = filled(version="2", village="Typed")
    assert desk.post(f"/patients/{person.pk}/edit/", again).status_code == 302
    assert only_patient().village == "Typed"


def test_only_some_may_restrict_a_record(desk, client_for):
    person = patient()
    assert 'name="confidentiality"' not in desk.get(f"/patients/{person.pk}/edit/").content.decode()
    desk.post(f"/patients/{person.pk}/edit/", filled(version="1", confidentiality="restricted"))
    assert only_patient().confidentiality == "normal"
    doctor = client_for("doctor")
    doctor.post(f"/patients/{person.pk}/edit/", filled(version="2", confidentiality="restricted"))
    assert only_patient().confidentiality == "restricted"
    assert desk.get(f"/patients/{person.pk}/").status_code == 404
    assert doctor.get(f"/patients/{person.pk}/").status_code == 200


@pytest.mark.parametrize("path", ["", "edit/", "card/", "family/"])
def test_an_unknown_patient_is_not_found(desk, path):
    assert desk.get(f"/patients/{uuid4()}/{path}").status_code == 404


def test_a_patient_of_the_hospital_next_door_is_not_found(samaki, royal, client_for):
    from django_tenants.utils import tenant_context

    with tenant_context(royal):
        theirs = patient()
        family = theirs.family_id
    desk = client_for("receptionist")
    for path in (f"{theirs.pk}/", f"{theirs.pk}/edit/", f"{theirs.pk}/card/", f"families/{family}/"):
        assert desk.get(f"/patients/{path}").status_code == 404
    assert theirs.pk not in {row.pk for row in desk.get("/patients/", {"q": "sok"}).context["patients"]}
    answer = desk.post("/patients/new/", filled(family=str(family)))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("labtech", "/patients/new/", 403),
        ("pharmacist", "/patients/new/", 403),
        ("accountant", "/patients/new/", 403),
        ("cashier", "/patients/new/", 403),
        ("nurse", "/patients/new/", 200),
        ("labtech", "/patients/", 200),
        ("auditor", "/patients/", 200),
    ],
)
def test_roles_open_what_they_may(client_for, role, path, status):
    assert client_for(role).get(path).status_code == status


def test_strangers_are_led_to_the_sign_in(client_for):
    answer = client_for(None).get("/patients/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_the_family_page_shows_its_members_and_changes_its_head(desk):
    head = patient()
    member = patient(family=head.family, family_name="Younger")
    page = desk.get(f"/patients/families/{head.family_id}/").content.decode()
    assert head.mrn in page
    assert member.mrn in page
    form = {"_once": str(uuid4()), "head": str(member.pk)}
    assert desk.post(f"/patients/families/{head.family_id}/head/", form).status_code == 302
    stranger = patient()
    form = {"_once": str(uuid4()), "head": str(stranger.pk)}
    assert desk.post(f"/patients/families/{head.family_id}/head/", form).status_code == 422


def test_a_patient_joins_another_family_found_by_a_members_name(desk):
    person, other = patient(), patient(family_name="Neang", given_name="Sothea")
    options = desk.get("/patients/families/options/", {"q": "sothea"}).content.decode()
    assert str(other.family_id) in options
    form = {"_once": str(uuid4()), "family": str(other.family_id)}
    assert desk.post(f"/patients/{person.pk}/family/", form).status_code == 302
    person.refresh_from_db()
    assert person.family_id == other.family_id


def test_the_search_page_costs_the_same_for_one_and_for_three(desk, query_count):
    patient(family_name="Equal")
    desk.get("/patients/", {"q": "equal"})
    with query_count() as one:
        desk.get("/patients/", {"q": "equal"})
    patient(family_name="Equal")
    patient(family_name="Equal")
    with query_count() as three:
        desk.get("/patients/", {"q": "equal"})
    assert three.count == one.count, str(three)


@pytest.mark.parametrize("language", ["km", "zh-hans"])
def test_every_screen_opens_in_every_language(desk, language):
    person = patient(native_family_name="ជា", native_given_name="ដារ៉ា")
    desk.post("/set-language/", {"language": language})
    words = {"km": "អ្នកជំងឺ", "zh-hans": "患者"}[language]
    assert words in desk.get("/patients/").content.decode()
    for path in ("", "new/", f"{person.pk}/", f"{person.pk}/edit/", f"families/{person.family_id}/"):
        assert desk.get(f"/patients/{path}").status_code == 200


def test_pages_hold_no_inline_script_or_style(desk):
    person = patient()
    for path in ("", "new/", f"{person.pk}/"):
        page = desk.get(f"/patients/{path}").content.decode()
        assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*src)", page)


@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_the_card_carries_names_and_number_and_never_the_birth_day(desk, language):
    import io

    from pypdf import PdfReader

    person = patient(native_family_name="ជា", native_given_name="ដារ៉ា", preferred_language=language)
    answer = desk.get(f"/patients/{person.pk}/card/")
    assert answer["Content-Type"] == "application/pdf"
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert person.mrn in text
    assert person.latin_name in text
    assert "1984" in text
    assert "31" not in text.replace(person.mrn, "").replace(person.family.number, "")
    assert Record.objects.filter(kind="print", row_id=str(person.pk)).exists()
