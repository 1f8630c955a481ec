"""Roles of one schema: made from templates, and granted newly declared permissions once."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import translation

from accounts.models import Assignment, Branch, KnownPermission, Role, User
from accounts.permissions import ROLES, declared

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


def assign_role(*, user: User, role: str, by: User | None, branch: Branch | None = None) -> Assignment:
    """Let the person hold the role (in one branch, where given); holding it already is no error."""
    return Assignment.objects.get_or_create(user=user, role=Role.objects.get(code=role), branch=branch)[0]
