"""Who is signed in, read with everything a request asks of a person: one statement instead of five.

Every request of every page begins with it, so it is written down: to put the same statement together anew each time
costs more than to run it. It is read each time: what a person may do changes at once.
"""

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection, models
from django.http import HttpRequest

from accounts.models import Assignment, Department, Role, SsoProvider, StaffProfile, User

_READ: tuple[type[models.Model], ...] = (Assignment, Role, User, StaffProfile, Department)


class StaffBackend(AuthenticationBackend):
    """allauth's sign-in by username or email; the person of a session comes with roles, profile and home department."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """The person of a username or email whose password this is.

        Exactly one hash is worked out whether the account exists, is closed, has no password, or the password is
        wrong: nobody learns by a clock which names work here.
        """
        password = credentials.get("password")
        if not password:
            return None
        user = find_person(credentials.get("username") or credentials.get("email") or "")
        if user is None:
            User().set_password(password)
            return None
        is_right = user.check_password(password) and self.user_can_authenticate(user)
        return user if is_right and _may_use_password(user) else None

    def get_user(self, user_id: object) -> User | None:
        with connection.cursor() as cursor:
            cursor.execute(_statement(), [str(user_id)])
            rows = [_models(row) for row in cursor.fetchall()]
        if not rows:  # nobody without a role has much to read
            return super().get_user(user_id)
        user = _joined(rows)
        return user if self.user_can_authenticate(user) else None


def _may_use_password(user: User) -> bool:
    """Where the hospital has switched passwords off, only owners keep theirs: somebody must be able to mend it."""
    switched_off = SsoProvider.objects.filter(is_active=True, local_passwords=False).exists()
    return not switched_off or user.is_superuser or "owner" in user.role_codes


def find_person(login: str) -> User | None:
    """By username, else by email; both are unique whatever their case."""
    people = User.objects.filter(models.Q(username__iexact=login) | models.Q(email__iexact=login))
    found = [person for person in people if login]
    return next((person for person in found if person.username == login.lower()), found[0] if found else None)


def _joined(rows: list[list[Any]]) -> User:
    """The person of the first row, with all assignments, roles and the profile hanging on it."""
    _assignment, _role, user, profile, department = rows[0]
    user.held, user.is_present = [], True
    for assignment, role, *_others in rows:
        assignment.role, assignment.user = role, user
        user.held.append(assignment)
    user._state.fields_cache["profile"] = profile
    if profile:
        profile.user, profile.home_department = user, department
    return user


@cache
def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _statement() -> str:
    """All columns of each table, in the order in which the models take them."""
    names = ", ".join(
        f"{model._meta.db_table}.{field.column}" for model in _READ for field in model._meta.concrete_fields
    )
    return (
        f"SELECT {names} FROM accounts_assignment "
        "JOIN accounts_role ON accounts_role.id = accounts_assignment.role_id "
        "JOIN accounts_user ON accounts_user.id = accounts_assignment.user_id "
        "LEFT JOIN accounts_staffprofile ON accounts_staffprofile.user_id = accounts_user.id "
        "LEFT JOIN accounts_department ON accounts_department.id = accounts_staffprofile.home_department_id "
        "WHERE accounts_assignment.user_id = %s::uuid ORDER BY accounts_role.code"
    )


def _models(row: tuple[Any, ...]) -> list[Any]:
    """Cut a row into its models; None where a table had no row."""
    found: list[Any] = []
    start = 0
    for model in _READ:
        names = _columns(model)
        values = row[start : start + len(names)]
        found.append(model.from_db(connection.alias, names, values) if values[0] is not None else None)
        start += len(names)
    return found
