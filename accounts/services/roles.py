"""Roles of one schema: made from templates, and granted newly declared permissions once."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Assignment, Branch, KnownPermission, Role, User
from accounts.permissions import OWNER_KEEPS, ROLES, declared
from core.clock import now
from core.db import writing
from core.errors import DomainError
from core.ids import new_id
from core.models import lock_current

NEEDS_SECOND_FACTOR = {"owner", "admin", "superadmin", "platform_admin", "support", "platform_billing"}


@transaction.atomic
def meet_new_permissions() -> None:
    """Grant each permission this schema has not met yet to its default roles; a hospital's later choice stands."""
    codes = declared()
    new = codes.keys() - set(KnownPermission.objects.values_list("code", flat=True))
    if not new:
        return
    for role in Role.objects.select_for_update().filter(code__in={name for code in new for name in codes[code].roles}):
        role.permissions = sorted({*role.permissions, *(code for code in new if role.code in codes[code].roles)})
        role.save(update_fields=["permissions", "updated_at"])
    KnownPermission.objects.bulk_create([KnownPermission(code=code) for code in sorted(new)], ignore_conflicts=True)


@transaction.atomic
def create_roles(permissions_by_role: Mapping[str, list[str]], labels: Mapping = ROLES) -> None:
    """Create the named roles where they are missing, in three languages, with the given permissions."""
    for code, permissions in permissions_by_role.items():
        names = {f"name_{lang}": _in_language(labels[code], lang) for lang in ("en", "km", "zh_hans")}
        Role.objects.get_or_create(
            code=code,
            defaults={
                "permissions": sorted(permissions),
                "requires_second_factor": code in NEEDS_SECOND_FACTOR,
                **names,
            },
        )


def _in_language(label: object, language: str) -> str:
    with translation.override(language.replace("_", "-")):
        return str(label)


class OwnerKeepsRights(DomainError):
    message = _("The owner role keeps its rights over roles and staff.")
    field = "permissions"


class OwnerRoleOfOwners(DomainError):
    message = _("Only an owner changes the owner role.")


class RoleIsHeld(DomainError):
    message = _("Somebody still holds this role. Give them another one first.")


class RoleNotRetirable(DomainError):
    message = _("This role cannot be retired.")


class ReasonMissing(DomainError):
    message = _("Say why.")
    field = "reason"


class RoleIsRetired(DomainError):
    message = _("This role was retired.")


@transaction.atomic
def change_role(
    *,
    role: Role,
    version: int,
    permissions: Collection[str],
    reason: str,
    by: User,
    requires_second_factor: bool | None = None,
    **names: str,
) -> Role:
    """Set what a role may and how it is called; in force with the next request of whoever holds it.

    Codes that no room declares any more stay as they are. The trail keeps before, after and the reason. Raises
    RecordChanged on a stale page, OwnerKeepsRights, OwnerRoleOfOwners, RoleIsRetired and ReasonMissing.
    """
    _require_reason(reason)
    stored = lock_current(Role, role.pk, version)
    _refuse_outsider(stored, by)
    if stored.retired_at:
        raise RoleIsRetired()
    granted = {code for code in permissions if code in declared()}
    if stored.is_owner and not granted >= OWNER_KEEPS:
        raise OwnerKeepsRights()
    stored.permissions = sorted(granted | {code for code in stored.permissions if code not in declared()})
    if requires_second_factor is not None:
        stored.requires_second_factor = requires_second_factor
    for field, name in names.items():
        setattr(stored, field, name)
    stored.touch_version()
    with writing.context(reason=reason.strip()):
        stored.save()
    return stored


@transaction.atomic
def copy_role(*, source: Role, reason: str, by: User, **names: str) -> Role:
    """Make a new role that may what another one may; nobody holds it yet."""
    _require_reason(reason)
    _refuse_outsider(source, by)
    role = Role(
        code=f"role-{new_id().hex[-12:]}",
        permissions=list(source.permissions),
        requires_second_factor=source.requires_second_factor,
    )
    for field, name in names.items():
        setattr(role, field, name)
    with writing.context(reason=reason.strip()):
        role.save(force_insert=True)
    return role


@transaction.atomic
def retire_role(*, role: Role, reason: str, by: User) -> Role:
    """Take a role that nobody holds out of use; the trail and old papers still name it.

    The row is locked against new holders (a trigger takes the same lock), so nobody is given it meanwhile.
    """
    _require_reason(reason)
    locked = Role.objects.select_for_update().get(pk=role.pk)
    if locked.is_owner:
        raise RoleNotRetirable()
    if locked.assignments.exists():
        raise RoleIsHeld()
    locked.retired_at = locked.retired_at or now()
    locked.touch_version()
    with writing.context(reason=reason.strip()):
        locked.save(update_fields=["retired_at", "version", "updated_at"])
    return locked


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing()


def _refuse_outsider(role: Role, by: User) -> None:
    if role.is_owner and "owner" not in by.role_codes:
        raise OwnerRoleOfOwners()


def assign_role(*, user: User, role: str, by: User | None, branch: Branch | None = None) -> Assignment:
    """Let the person hold the role (in one branch, where given); holding it already is no error."""
    return Assignment.objects.get_or_create(user=user, role=Role.objects.get(code=role), branch=branch)[0]
