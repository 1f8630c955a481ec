"""Roles: what each may, who may change that, and what nobody can do to the last owner."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Assignment, Branch, Department, Role, User
from accounts.permissions import OWNER_KEEPS, by_room
from accounts.services.roles import (
    OwnerKeepsRights,
    OwnerRoleOfOwners,
    ReasonMissing,
    RoleIsHeld,
    RoleNotRetirable,
    assign_role,
    change_role,
    copy_role,
    retire_role,
)
from accounts.services.staff import LastOwner, OnlyOwners, close_account, save_staff
from audit.models import Record
from core.errors import RecordChanged


def role(code):
    return Role.objects.get(code=code)


def form_of(one, **changes):
    return {
        "version": one.version,
        "permissions": list(one.permissions),
        "name_en": one.name_en,
        "name_km": one.name_km,
        "name_zh_hans": one.name_zh_hans,
        "reason": "New division of work",
        "_once": str(uuid.uuid4()),
        **changes,
    }


def test_the_table_shows_every_permission_by_department_and_role(samaki, client_for):
    page = client_for("admin").get("/staff/roles/").content.decode()
    for permissions in by_room().values():
        for one in permissions:
            assert f"<code>{one.code}</code>" in page
    assert "Cashier" in page
    assert "Platform" not in list(by_room())
    assert "hospital:create" not in page
    khmer = client_for("admin", HTTP_ACCEPT_LANGUAGE="km").get("/staff/roles/").content.decode()
    assert "អ្នកគិតលុយ" in khmer or "បេឡា" in khmer


@pytest.mark.parametrize(("name", "sees", "edits"), [("owner", 200, 200), ("admin", 200, 200), ("auditor", 200, 403)])
def test_owner_and_admin_change_and_the_auditor_reads(samaki, client_for, name, sees, edits):
    client = client_for(name)
    assert client.get("/staff/roles/").status_code == sees
    assert client.get(f"/staff/roles/{role('nurse').pk}/").status_code == edits
    assert client.get("/staff/roles/new/").status_code == edits


@pytest.mark.parametrize("name", ["doctor", "nurse", "receptionist", "cashier", "labtech", "pharmacist", "accountant"])
def test_others_do_not_see_roles(samaki, client_for, name):
    assert client_for(name).get("/staff/roles/").status_code == 403


def test_a_change_counts_from_the_next_request_and_is_in_the_trail(samaki, client_for):
    nurse, client = role("nurse"), client_for("nurse")
    assert client.get("/clinic/triage/").status_code == 200
    fewer = [code for code in nurse.permissions if code != "vitals:record"]
    answer = client_for("admin").post(f"/staff/roles/{nurse.pk}/", form_of(nurse, permissions=fewer))
    assert (answer.status_code, answer["Location"]) == (302, "/staff/roles/")
    assert client.get("/clinic/triage/").status_code == 403
    kept = Record.objects.filter(table_name="accounts_role", row_id=str(nurse.pk), kind="update").latest("id")
    assert "vitals:record" in kept.before["permissions"]
    assert "vitals:record" not in kept.after["permissions"]
    assert (kept.actor, kept.reason) == ("admin", "New division of work")


def test_a_stale_page_changes_nothing(samaki, client_for, owner):
    nurse = role("nurse")
    stale = form_of(nurse, permissions=["patient:view"])
    change_role(role=nurse, version=nurse.version, permissions=nurse.permissions, reason="First", by=owner)
    answer = client_for("admin").post(f"/staff/roles/{nurse.pk}/", stale)
    assert answer.status_code == 422
    assert "Somebody else changed this record" in answer.content.decode()
    assert role("nurse").permissions == nurse.permissions
    with pytest.raises(RecordChanged):
        change_role(role=nurse, version=1, permissions=[], reason="Late", by=owner)


def test_a_form_sent_twice_counts_once(samaki, client_for):
    nurse, client = role("nurse"), client_for("admin")
    sent = form_of(nurse, permissions=["patient:view"])
    assert client.post(f"/staff/roles/{nurse.pk}/", sent).status_code == 302
    assert client.post(f"/staff/roles/{nurse.pk}/", sent).status_code == 302
    assert role("nurse").version == nurse.version + 1


def test_a_reason_is_needed(samaki, client_for, owner):
    nurse = role("nurse")
    assert client_for("admin").post(f"/staff/roles/{nurse.pk}/", form_of(nurse, reason="")).status_code == 422
    with pytest.raises(ReasonMissing):
        change_role(role=nurse, version=nurse.version, permissions=[], reason=" ", by=owner)


def test_a_role_is_copied_renamed_given_and_retired(samaki, client_for, owner, admin):
    client = client_for("admin")
    names = {"name_en": "Senior nurse", "name_km": "គិលានុបដ្ឋាកជាន់ខ្ពស់", "name_zh_hans": "高级护士"}
    sent = {**names, "source": role("nurse").pk, "reason": "A new post", "_once": str(uuid.uuid4())}
    answer = client.post("/staff/roles/new/", sent)
    made = Role.objects.get(name_en="Senior nurse")
    assert answer["Location"] == f"/staff/roles/{made.pk}/"
    assert made.permissions == role("nurse").permissions
    client.post(f"/staff/roles/{made.pk}/", form_of(made, name_en="Head nurse"))
    person = User.objects.create_user("head.nurse", full_name="Head Nurse")
    assign_role(user=person, role=made.code, by=admin)
    assert person.may("vitals:record")
    with pytest.raises(RoleIsHeld):
        retire_role(role=made, reason="No longer needed", by=admin)
    person.assignments.all().delete()
    post = client.post(f"/staff/roles/{made.pk}/retire/", {"reason": "No longer needed", "_once": str(uuid.uuid4())})
    assert post.status_code == 302
    assert "Head nurse" not in client.get("/staff/roles/").content.decode()
    assert "Head nurse" not in client.get("/staff/new/").content.decode()
    with pytest.raises(IntegrityError, match="accounts_retired_role"), transaction.atomic():
        Assignment.objects.create(user=person, role=made)


def test_the_owner_role_keeps_its_rights_over_roles_and_staff(samaki, client_for, owner, admin):
    own = role("owner")
    less = [code for code in own.permissions if code not in OWNER_KEEPS]
    with pytest.raises(OwnerKeepsRights):
        change_role(role=own, version=own.version, permissions=less, reason="Why not", by=owner)
    assert client_for("owner").post(f"/staff/roles/{own.pk}/", form_of(own, permissions=less)).status_code == 422
    with pytest.raises(OwnerRoleOfOwners):
        change_role(role=own, version=own.version, permissions=own.permissions, reason="I may", by=admin)
    with pytest.raises(OwnerRoleOfOwners):
        copy_role(source=own, reason="The same by another name", by=admin, name_en="X", name_km="X", name_zh_hans="X")
    with pytest.raises(RoleNotRetirable):
        retire_role(role=own, reason="Gone", by=owner)
    for statement in (
        "UPDATE accounts_role SET permissions = array_remove(permissions, 'role:edit') WHERE code = 'owner'",
        "UPDATE accounts_role SET code = 'boss' WHERE code = 'owner'",
        "UPDATE accounts_role SET retired_at = now() WHERE code = 'owner'",
    ):
        with pytest.raises(IntegrityError, match="accounts_owner_role"), transaction.atomic():
            connection.cursor().execute(statement)


def test_only_an_owner_makes_and_unmakes_owners(samaki, owner, admin, nurse):
    facts = {"full_name": "Nurse", "username": "nurse", "email": "nurse@samaki.example"}
    with pytest.raises(OnlyOwners):
        save_staff(user=nurse, roles=[role("owner")], branch=None, by=admin, **facts)
    with pytest.raises(OnlyOwners):
        close_account(user=owner, by=admin)
    save_staff(user=nurse, roles=[role("owner"), role("nurse")], branch=None, by=owner, **facts)
    assert "owner" in User.objects.get(pk=nurse.pk).role_codes


# --- The last owner ---------------------------------------------------------------------------------------------------


def owned_by_one_is_refused(act):
    def at_once():
        act()
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="accounts_last_owner"), transaction.atomic():
        at_once()


def test_the_last_owner_can_neither_leave_nor_be_closed_nor_be_demoted(samaki, owner):
    facts = {"full_name": owner.full_name, "username": "owner", "email": owner.email}
    with pytest.raises(LastOwner):
        close_account(user=owner, by=owner)
    with pytest.raises(LastOwner):
        save_staff(user=owner, roles=[role("nurse")], branch=None, by=owner, **facts)
    owned_by_one_is_refused(lambda: User.objects.filter(pk=owner.pk).update(is_active=False))
    owned_by_one_is_refused(lambda: owner.assignments.all().delete())
    owned_by_one_is_refused(lambda: owner.assignments.update(role=role("nurse")))


def test_the_last_owner_may_be_bound_elsewhere_and_others_may_leave(samaki, owner, nurse):
    facts = {"full_name": owner.full_name, "username": "owner", "email": owner.email}
    save_staff(user=owner, roles=[role("owner")], branch=Branch.objects.get(), by=owner, **facts)
    nurse.assignments.all().delete()
    User.objects.filter(pk=nurse.pk).update(is_active=False)
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_two_owners_who_demote_each_other_leave_one(committed_db, staff, race):
    first, second = staff("owner"), staff("admin")
    Assignment.objects.create(user=second, role=role("owner"))
    second = staff("admin")

    def demote(victim, by):
        facts = {"full_name": victim.full_name, "username": victim.username, "email": victim.email}
        save_staff(user=User.objects.get(pk=victim.pk), roles=[role("nurse")], branch=None, by=by, **facts)

    assert {*first.role_codes, *second.role_codes} >= {"owner"}
    outcome = race(lambda: demote(second, first), lambda: demote(first, second))
    assert len(outcome.errors) == 1
    assert isinstance(outcome.errors[0], LastOwner)
    assert Assignment.objects.filter(role__code="owner", user__is_active=True).count() == 1


def test_the_database_alone_keeps_one_owner_of_two(committed_db, staff, race):
    first, second = staff("owner"), staff("admin")
    Assignment.objects.create(user=second, role=role("owner"))
    outcome = race(
        lambda: Assignment.objects.filter(user=first, role__code="owner").delete(),
        lambda: User.objects.filter(pk=second.pk).update(is_active=False),
    )
    assert len(outcome.errors) == 1
    assert "accounts_last_owner" in str(outcome.errors[0])
    assert Assignment.objects.filter(role__code="owner", user__is_active=True).count() == 1


def test_a_role_is_not_given_while_it_is_being_retired(committed_db, staff, race):
    owner, person = staff("owner"), User.objects.create_user("new.one", full_name="New One")
    names = {"name_en": "Aide", "name_km": "ជំនួយ", "name_zh_hans": "助理"}
    made = copy_role(source=role("nurse"), reason="Trial", by=owner, **names)
    outcome = race(
        lambda: retire_role(role=made, reason="Over", by=owner),
        lambda: assign_role(user=person, role=made.code, by=owner),
    )
    made.refresh_from_db()
    assert len(outcome.errors) == 1
    assert (made.retired_at is None) is made.assignments.exists()


# --- Places -----------------------------------------------------------------------------------------------------------


def test_a_role_is_given_in_a_branch_and_a_department(samaki, client_for, nurse):
    branch, department = Branch.objects.get(), Department.objects.get(code="ER")
    sent = {
        "full_name": nurse.full_name,
        "username": "nurse",
        "email": nurse.email,
        "_once": str(uuid.uuid4()),
        "roles": [role("nurse").pk],
        "branch": branch.pk,
        "department": department.pk,
    }
    assert client_for("admin").post(f"/staff/{nurse.pk}/", sent).status_code == 302
    held = nurse.assignments.get()
    assert (held.branch, held.department) == (branch, department)
    other = Branch.objects.create(code="B2", name_en="Second", name_km="Second", name_zh_hans="Second")
    wrong = {**sent, "branch": other.pk, "_once": str(uuid.uuid4())}
    assert client_for("admin").post(f"/staff/{nurse.pk}/", wrong).status_code == 422
