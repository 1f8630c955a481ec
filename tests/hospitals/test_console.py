"""The console: platform staff only, second factor always, every form acts once."""

import uuid

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from accounts.models import User
from hospitals.models import DemoRequest, Hospital, Provisioning, RoleTemplate


@pytest.fixture
def superadmin(samaki):
    with schema_context("public"):
        yield User.objects.get(username="superadmin")


@pytest.fixture
def console(superadmin, client_for):
    return client_for(superadmin, surface="console")


FORM = {
    "schema_name": "newone",
    "name_en": "New One",
    "owner_name": "Some Owner",
    "owner_username": "owner",
    "owner_email": "owner@newone.example",
}


def new_hospital(**changes):
    from hospitals.models import Plan

    return {**FORM, "plan": str(Plan.objects.get(code="clinic").pk), "_once": str(uuid.uuid4()), **changes}


def test_a_new_hospital_is_registered_once_however_often_the_form_is_sent(console, superadmin):
    form = new_hospital()
    first, second = console.post("/hospitals/new/", form), console.post("/hospitals/new/", form)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Hospital.objects.filter(schema_name="newone").count() == 1
    assert Provisioning.objects.get(hospital__schema_name="newone").owner_email == "owner@newone.example"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema_name", "samaki"),
        ("schema_name", "public"),
        ("schema_name", "Bad-Name"),
        ("owner_email", "nobody"),
        ("owner_username", "A B"),
        ("plan", "00000000-0000-7000-8000-000000000000"),
    ],
)
def test_bad_input_is_refused_beside_the_field_and_nothing_is_made(console, superadmin, field, value):
    answer = console.post("/hospitals/new/", new_hospital(**{field: value}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Hospital.objects.count() == 2


def test_support_sees_hospitals_but_cannot_create_or_suspend(samaki, client_for):
    with schema_context("public"):
        support = client_for(User.objects.get(username="support"), surface="console")
        hospital = Hospital.objects.get(schema_name="royal")
        assert support.get("/").status_code == 200
        assert support.get("/hospitals/new/").status_code == 403
        assert (
            support.post(f"/hospitals/{hospital.pk}/suspend/", {"reason": "x", "_once": uuid.uuid4()}).status_code
            == 403
        )


def test_without_the_second_factor_only_its_enrolment_opens(samaki):
    with schema_context("public"):
        client = Client(HTTP_HOST="console.localhost")
        client.force_login(User.objects.get(username="superadmin"))
        session = client.session
        session["surface"] = "console"
        session.save()
        assert client.get("/").status_code == 302
        assert client.get("/")["Location"].startswith("/account/2fa/")


def test_suspending_needs_a_reason(console, superadmin):
    hospital = Hospital.objects.get(schema_name="royal")
    answer = console.post(f"/hospitals/{hospital.pk}/suspend/", {"reason": "", "_once": uuid.uuid4()})
    assert answer.status_code == 422
    console.post(f"/hospitals/{hospital.pk}/suspend/", {"reason": "Unpaid", "_once": uuid.uuid4()})
    assert Hospital.objects.get(pk=hospital.pk).status == "suspended"


def test_the_list_costs_the_same_for_one_hospital_and_for_many(console, superadmin, query_count):
    console.get("/")
    with query_count() as few:
        console.get("/")
    for number in range(5):
        Hospital.objects.create(schema_name=f"more{number}", name=f"More {number}")
    with query_count() as many:
        console.get("/")
    assert many.count == few.count


def test_a_changed_template_touches_no_existing_hospital(console, superadmin, samaki):
    console.post("/role-templates/nurse/", {"permissions": ["staff:view", "no:such"], "_once": uuid.uuid4()})
    assert RoleTemplate.objects.get(code="nurse").permissions == ["staff:view"]
    with schema_context("samaki"):
        assert not User.objects.get(username="nurse").may("staff:view")


def test_a_demo_request_reaches_the_console(samaki, console):
    visitor = Client(HTTP_HOST="localhost")
    form = {"name": "A Visitor", "hospital_name": "Some Clinic", "email": "a@clinic.example", "_once": uuid.uuid4()}
    assert visitor.post("/", form).status_code == 302
    with schema_context("public"):
        asked = DemoRequest.objects.get()
        assert b"Some Clinic" in console.get("/demo-requests/").content
        console.post(f"/demo-requests/{asked.pk}/handle/", {"_once": uuid.uuid4()})
        assert DemoRequest.objects.get().handled_by == "Super Admin"


def test_the_admin_pages_carry_no_style_that_the_security_policy_refuses(console):
    for address in ("/admin/", "/admin/auth/group/"):
        page = console.get(address).content.decode()
        assert "addlink" in page
        assert "<style" not in page
        assert " style=" not in page


def test_the_console_is_not_called_like_the_hospital_it_shows(console):
    with schema_context("public"):
        hospital = Hospital.objects.get(schema_name="royal")
    page = console.get(f"/hospitals/{hospital.pk}/").content.decode()
    assert f"<strong>{hospital.name}</strong>" not in page
    assert f"<title>{hospital.name} · {hospital.name}</title>" not in page
