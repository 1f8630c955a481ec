"""Making, inviting and closing staff accounts. Nobody registers themselves."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.limits import ensure_room_for_one_more
from accounts.models import Assignment, Branch, Department, Invitation, Role, Room, SessionEnd, StaffProfile, User
from accounts.services.sessions import end_sessions
from core.clock import now
from core.errors import DomainError
from core.events import publish

INVITATION_DAYS = 7


class InvitationUnusable(DomainError):
    message = _("This invitation has been used or has expired. Ask your administrator for a new one.")


class OnlyOwners(DomainError):
    message = _("Only an owner decides who is an owner.")


class LastOwner(DomainError):
    message = _("A hospital needs at least one owner who may sign in.")


@transaction.atomic
def invite(*, user: User, by: User | None) -> Invitation:
    """Give the person a link to choose a password; earlier links stop working. The mail goes out after commit."""
    Invitation.objects.filter(user=user, accepted_at__isnull=True).update(expires_at=now())
    invitation = Invitation.objects.create(user=user, invited_by=by, expires_at=now() + timedelta(days=INVITATION_DAYS))
    publish("accounts.staff_invited", invitation_id=str(invitation.pk))
    return invitation


def invitation_token(invitation: Invitation) -> str:
    """The token for the link; bound to this hospital's schema."""
    return signing.dumps(str(invitation.pk), salt=_salt())


def open_invitation(token: str) -> Invitation:
    """Return the invitation of a token that still works; raise InvitationUnusable otherwise."""
    try:
        pk = UUID(signing.loads(token, salt=_salt(), max_age=timedelta(days=INVITATION_DAYS)))
    except (signing.BadSignature, ValueError) as problem:
        raise InvitationUnusable from problem
    invitation = Invitation.objects.select_related("user").filter(pk=pk).first()
    if invitation is None or not invitation.is_open or not invitation.user.is_active:
        raise InvitationUnusable
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, password: str) -> User:
    """Set the password and use the invitation up; of two parallel acceptances one is refused."""
    locked = Invitation.objects.select_for_update().select_related("user").get(pk=invitation.pk)
    if not locked.is_open:
        raise InvitationUnusable
    locked.accepted_at = now()
    locked.save(update_fields=["accepted_at", "updated_at"])
    locked.user.set_password(password)
    locked.user.save(update_fields=["password", "updated_at"])
    end_sessions(user=locked.user, why=SessionEnd.PASSWORD)
    return locked.user


@transaction.atomic
def close_account(*, user: User, by: User) -> None:
    """Stop the person from signing in; their work stays theirs. The last owner stays; another is closed by an owner."""
    if user.assignments.filter(role__code="owner").exists() and "owner" not in by.role_codes:
        raise OnlyOwners()
    _keep_an_owner(user)
    user.is_active = False
    user.save(update_fields=["is_active", "updated_at"])
    end_sessions(user=user, why=SessionEnd.CLOSED)


def reopen_account(*, user: User, by: User) -> None:
    """Let the person sign in again."""
    user.is_active = True
    user.save(update_fields=["is_active", "updated_at"])


@transaction.atomic
def save_staff(
    *,
    user: User | None,
    roles: Collection[Role],
    branch: Branch | None,
    by: User,
    department: Department | None = None,
    home_department: Department | None = None,
    room: Room | None = None,
    title: str = "",
    specialisation: str = "",
    specialties: Collection[str] = (),
    licence_number: str = "",
    **facts: str,
) -> User:
    """Create a colleague and invite them, or change one. The last owner keeps the owner's role (LastOwner)."""
    is_new = user is None
    if is_new:
        ensure_room_for_one_more()
    user = User.objects.create_user(password=None, **facts) if user is None else _changed(user, facts)
    set_roles(user, roles, branch, department, by=by)
    StaffProfile.objects.update_or_create(
        user=user,
        defaults={
            "home_department": home_department,
            "room": room,
            "title": title,
            "specialisation": specialisation,
            "specialties": sorted(specialties),
            "licence_number": licence_number,
        },
    )
    if is_new:
        invite(user=user, by=by)
    return user


def _changed(user: User, facts: dict[str, str]) -> User:
    for name, value in facts.items():
        setattr(user, name, value)
    user.save(update_fields=[*facts, "updated_at"])
    return user


def set_roles(
    user: User, roles: Collection[Role], branch: Branch | None, department: Department | None, *, by: User | None
) -> None:
    """Let the person hold just these roles, everywhere or in one place. Changed roles end their sessions.

    Only an owner makes or unmakes an owner (OnlyOwners); ``by`` is None where claims of single sign-on decide.
    """
    was_owner = user.assignments.filter(role__code="owner").exists()
    if was_owner != any(role.is_owner for role in roles) and (by is None or "owner" not in by.role_codes):
        raise OnlyOwners(field="roles")
    if not any(role.code == "owner" for role in roles):
        _keep_an_owner(user)
    before = _held(user)
    user.assignments.exclude(role__in=roles, branch=branch, department=department).delete()
    for role in roles:
        Assignment.objects.get_or_create(user=user, role=role, branch=branch, department=department)
    if _held(user) != before:
        end_sessions(user=user, why=SessionEnd.ROLES)


def _held(user: User) -> set[tuple[UUID, UUID | None, UUID | None]]:
    return set(user.assignments.values_list("role_id", "branch_id", "department_id"))


def _keep_an_owner(leaving: User) -> None:
    """Raise LastOwner when nobody else would be left; the role is locked, so two cannot leave at once."""
    Role.objects.select_for_update(no_key=True).filter(code="owner").first()
    owners = User.objects.filter(is_active=True, assignments__role__code="owner")
    if {owner.pk for owner in owners} == {leaving.pk}:
        raise LastOwner


def _salt() -> str:
    return f"{connection.schema_name}|invitation"
