"""Who somebody is here whom the hospital's identity provider has signed in."""

import re
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.limits import ensure_room_for_one_more
from accounts.models import Role, SsoIdentity, SsoProvider, User
from accounts.services.staff import set_roles
from core.errors import DomainError

SECOND_FACTORS = {"mfa", "otp", "hwk", "swk", "fpt", "face", "sms"}  # RFC 8176


class SsoRefused(DomainError):
    """Nobody is signed in; ``code`` says why, for the trail, and the message for the person."""

    status = 403


MESSAGES = {
    "no_account": _("There is no account for you here. Ask your administrator for one."),
    "closed": _("There is no account for you here. Ask your administrator for one."),
    "no_role": _("Your account at the identity provider carries no role that is known here. Ask your administrator."),
    "owner": _("The owner's account is not joined by single sign-on. Sign in with your password."),
    "no_email": _("The identity provider did not tell your name or email address."),
}


def refuse(code: str) -> SsoRefused:
    return SsoRefused(MESSAGES[code], code=code)


@transaction.atomic
def person_of(*, provider: SsoProvider, claims: dict[str, Any]) -> User:
    """The account of the person the claims speak of: known, joined by a verified email, or made now.

    Raises SsoRefused, or StaffLimitReached when a new account would exceed the plan.
    """
    _one_at_a_time()
    known = SsoIdentity.objects.select_related("user").filter(issuer=provider.issuer, subject=claims["sub"]).first()
    if known is None:
        known = _joined(provider, claims) or _made(provider, claims)
    if not known.user.is_active:
        raise refuse("closed")
    if known.made_here:
        _follow_claims(known.user, provider, claims)
    return known.user


def has_second_factor(claims: dict[str, Any]) -> bool:
    """Whether the provider says that more than a password was given (claim ``amr``, RFC 8176)."""
    ways = claims.get("amr")
    return isinstance(ways, list) and bool(SECOND_FACTORS & {str(way) for way in ways})


def claimed_roles(provider: SsoProvider, claims: dict[str, Any]) -> list[Role]:
    """The roles that the hospital gives to the values of its claim. Nobody becomes an owner by a claim."""
    values = _values(claims, provider.role_claim)
    codes = {code for code, wanted in provider.role_values.items() if values & set(wanted)} - {"owner"}
    return list(Role.objects.filter(code__in=codes, retired_at=None))


def _values(claims: dict[str, Any], path: str) -> set[str]:
    """The claim's value as a set of words; ``realm_access.roles`` goes into objects, a whole name comes first."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for step in path.split("."):
            found = found.get(step) if isinstance(found, dict) else None
    if isinstance(found, str):
        return set(found.split())
    return {str(one) for one in found} if isinstance(found, list) else set()


def _joined(provider: SsoProvider, claims: dict[str, Any]) -> SsoIdentity | None:
    """The account whose email the provider vouches for. An owner's is never joined: it rules over this very setting."""
    email = claims.get("email")
    if not isinstance(email, str) or not email or claims.get("email_verified") is not True:
        return None
    user = User.objects.filter(email__iexact=email).first()
    if user is None or SsoIdentity.objects.filter(user=user, issuer=provider.issuer).exists():
        return None
    if user.is_superuser or "owner" in user.role_codes:
        raise refuse("owner")
    return SsoIdentity.objects.create(user=user, issuer=provider.issuer, subject=claims["sub"])


def _made(provider: SsoProvider, claims: dict[str, Any]) -> SsoIdentity:
    if not provider.creates_accounts:
        raise refuse("no_account")
    roles = claimed_roles(provider, claims)
    if not roles:
        raise refuse("no_role")
    ensure_room_for_one_more()
    email = claims.get("email") if claims.get("email_verified") is True else ""
    username = _free_username(str(claims.get("preferred_username") or claims.get("email") or ""))
    name = str(claims.get("name") or claims.get("preferred_username") or username)[:150]
    user = User.objects.create_user(username, str(email or ""), None, full_name=name)
    set_roles(user, roles, None, None, by=None)
    return SsoIdentity.objects.create(user=user, issuer=provider.issuer, subject=claims["sub"], made_here=True)


def _free_username(wish: str) -> str:
    base = re.sub(r"[^a-z0-9._-]+", "", wish.partition("@")[0].lower()).strip("._-")[:40]
    if not base:
        raise refuse("no_email")
    base = base if len(base) >= 3 else f"{base}.staff"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    return next(name for name in (base, *(f"{base}{n}" for n in range(2, 10_000))) if name not in taken)


def _follow_claims(user: User, provider: SsoProvider, claims: dict[str, Any]) -> None:
    """An account that came from the provider holds what the provider says today; an owner's role stays ours."""
    wanted = {role.code: role for role in claimed_roles(provider, claims)}
    if not wanted:
        raise refuse("no_role")
    held = {assignment.role.code: assignment.role for assignment in user.held}
    if held.keys() - {"owner"} != wanted.keys():
        set_roles(
            user, [*wanted.values(), *(role for code, role in held.items() if code == "owner")], None, None, by=None
        )
        for name in ("held", "roles", "role_codes", "role_line", "granted"):
            user.__dict__.pop(name, None)


def _one_at_a_time() -> None:
    """Two windows of one person make one account."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [f"staff.{connection.schema_name}"])
