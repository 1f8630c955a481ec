"""Staff accounts are made by admins; roles decide what opens."""

import uuid

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from accounts.models import Branch, Invitation, Role, User
from accounts.permissions import declared, default_codes
from accounts.services.roles import meet_new_permissions
from accounts.services.staff import (
    InvitationUnusable,
    LastOwner,
    accept_invitation,
    close_account,
    invitation_token,
    invite,
    open_invitation,
)


def new_colleague(**changes):
    form = {
        "full_name": "New Nurse",
        "username": "new.nurse",
        "email": "new.nurse@samaki.example",
        "roles": [str(Role.objects.get(code="nurse").pk)],
        "_once": str(uuid.uuid4()),
    }
    return {**form, **changes}


def test_an_admin_adds_a_colleague_who_chooses_the_password(samaki, admin, client_for):
    answer = client_for(admin).post("/staff/new/", new_colleague())
    assert (answer.status_code, answer["Location"]) == (302, "/staff/")
    person = User.objects.get(username="new.nurse")
    assert not person.has_usable_password()
    assert person.may("staff:view") is False
    link = f"/welcome/{invitation_token(Invitation.objects.get(user=person))}/"
    visitor = client_for()
    assert visitor.get(link).status_code == 200
    weak = visitor.post(link, {"password": "short", "again": "short", "_once": uuid.uuid4()})
    assert weak.status_code == 422
    good = {"password": "river-lotus-47-moon", "again": "river-lotus-47-moon", "_once": uuid.uuid4()}
    assert visitor.post(link, good)["Location"] == "/login/"
    person.refresh_from_db()
    assert person.check_password("river-lotus-47-moon")
    assert visitor.get(link).status_code == 410


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "doctor"),
        ("username", "Two Words"),
        ("email", "doctor@samaki.example"),
        ("email", "x"),
        ("roles", []),
    ],
)
def test_bad_staff_details_are_refused_beside_the_field(samaki, admin, client_for, field, value):
    answer = client_for(admin).post("/staff/new/", new_colleague(**{field: value}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not User.objects.filter(username="new.nurse").exists()


def test_a_doctor_cannot_open_the_staff_pages(samaki, doctor, client_for):
    client = client_for(doctor)
    assert client.get("/staff/").status_code == 403
    assert client.post("/staff/new/", new_colleague()).status_code == 403


def test_the_staff_list_costs_the_same_for_few_and_for_many(samaki, admin, client_for, query_count):
    client = client_for(admin)
    client.get("/staff/")
    User.objects.exclude(username__in=["admin", "owner"]).update(is_active=True)
    with query_count() as few:
        client.get("/staff/?q=Sok")
    with query_count() as many:
        client.get("/staff/")
    assert many.count == few.count


def test_an_invitation_works_once_expires_and_stays_in_its_hospital(samaki, royal, nurse, admin, clock):
    clock_moment = invite(user=nurse, by=admin)
    token = invitation_token(clock_moment)
    with tenant_context(royal), pytest.raises(InvitationUnusable):
        open_invitation(token)
    accept_invitation(invitation=open_invitation(token), password="river-lotus-47-moon")
    with pytest.raises(InvitationUnusable):
        open_invitation(token)


def test_a_new_invitation_ends_the_old_one(samaki, nurse, admin):
    first = invite(user=nurse, by=admin)
    invite(user=nurse, by=admin)
    with pytest.raises(InvitationUnusable):
        open_invitation(invitation_token(first))


def test_two_parallel_acceptances_set_one_password(race, nurse, admin):
    invitation = invite(user=nurse, by=admin)
    outcome = race(lambda: accept_invitation(invitation=invitation, password="river-lotus-47-moon"), times=4)
    assert len(outcome.results) == 1
    assert all(isinstance(error, InvitationUnusable) for error in outcome.errors)


def test_the_last_owner_stays(samaki, owner):
    with pytest.raises(LastOwner):
        close_account(user=owner, by=owner)
    owner.refresh_from_db()
    assert owner.is_active


def test_a_closed_account_cannot_sign_in(samaki, nurse, admin):
    close_account(user=nurse, by=admin)
    client = Client(HTTP_HOST="portal.samaki.localhost")
    client.post("/login/", {"login": "nurse", "password": "demo-hospital-2026"})
    assert client.get("/").status_code == 302


def test_signing_in_works_with_username_and_with_email(samaki, nurse):
    for login in ("nurse", "nurse@samaki.example", "NURSE"):
        client = Client(HTTP_HOST="portal.samaki.localhost")
        client.post("/login/", {"login": login, "password": "demo-hospital-2026"})
        assert client.get("/").status_code == 200


def test_a_branch_that_is_not_mine_cannot_be_chosen(samaki, nurse, client_for):
    other = Branch.objects.create(code="OTH", name_en="Other")
    nurse.assignments.update(branch=Branch.objects.exclude(pk=other.pk).first())
    client = client_for(nurse)
    assert client.post("/staff/branch/", {"branch": str(other.pk)}).status_code == 404
    assert client.post("/staff/branch/", {"branch": "nonsense"}).status_code == 404


def test_a_new_permission_reaches_its_default_roles_once(samaki):
    from accounts.models import KnownPermission

    code = next(code for code in default_codes("nurse") if declared()[code].roles != {"nurse"})
    role = Role.objects.get(code="nurse")
    role.permissions.remove(code)
    role.save()
    meet_new_permissions()
    role.refresh_from_db()
    assert code not in role.permissions  # the hospital took it away, and that stands
    KnownPermission.objects.filter(code=code).delete()
    meet_new_permissions()
    role.refresh_from_db()
    assert code in role.permissions
