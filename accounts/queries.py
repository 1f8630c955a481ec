"""Reads of staff and workplaces."""

from django.db.models import Count, Q, QuerySet

from accounts.models import Branch, Department, Role, Room, SsoProvider, StaffSession, User
from core.db.kept import kept


def branches_of(user: User) -> list[Branch]:
    """The branches the person may work in: all where one of their roles is not bound to a branch.

    Of who makes the present request they are read once.
    """
    if not user.is_present:
        return _branches_of(user)
    if user.branches_now is None:
        user.branches_now = _branches_of(user)
    return list(user.branches_now)


def _branches_of(user: User) -> list[Branch]:
    bound = [(assignment.branch_id, assignment.department_id) for assignment in user.held]
    if not bound or (None, None) in bound:
        return _all_branches()
    whole = {branch for branch, _department in bound if branch}
    parts = {department for _branch, department in bound if department}
    return list(Branch.objects.filter(Q(pk__in=whole) | Q(departments__in=parts), is_active=True).distinct())


@kept
def _all_branches() -> QuerySet[Branch]:
    return Branch.objects.filter(is_active=True)


def within_places(user: User, branch: str = "branch", department: str = "department") -> Q:
    """Rows of the branches and departments to which the person's roles are bound; all where one of them is not bound.

    Worklists are narrowed by it; a patient's record does not end at the door of a branch.
    """
    bound = [(assignment.branch_id, assignment.department_id) for assignment in user.held]
    if not bound or (None, None) in bound:
        return ~Q(pk__in=[])  # every row, also beside an OR, where an empty Q would vanish
    parts = {place for _branch, place in bound if place}
    whole = {place for place, part in bound if place and not part}
    return Q(**{f"{department}__in": parts}) | Q(**{f"{branch}__in": whole})


def staff_with_role(code: str, branch: Branch | None = None) -> QuerySet[User]:
    """Active people holding the role (in the branch, where one is given), each once, by name."""
    people = User.objects.filter(is_active=True, assignments__role__code=code)
    if branch is not None:
        people = people.filter(assignments__branch__isnull=True) | people.filter(assignments__branch=branch)
    return people.distinct().order_by("full_name")


def staff_who_may(permission: str) -> QuerySet[User]:
    """Active people one of whose roles grants the permission."""
    return User.objects.filter(is_active=True, assignments__role__permissions__contains=[permission]).distinct()


def care_departments(branch: Branch) -> QuerySet[Department]:
    """Departments of a branch that receive patients, by code."""
    return Department.objects.filter(
        branch=branch, is_active=True, kind__in=["outpatient", "emergency", "inpatient"]
    ).order_by("code")


def rooms_of(department: Department) -> QuerySet[Room]:
    return Room.objects.filter(department=department, is_active=True).order_by("code")


def visible_staff(user: User, text: str = "") -> QuerySet[User]:
    """The hospital's staff with roles and profile at hand; ``text`` is looked for in names, username and email."""
    people = User.objects.prefetch_related(
        "assignments__role", "assignments__branch", "assignments__department"
    ).select_related("profile__home_department__branch", "profile__room")
    if text := text.strip():
        people = people.filter(
            Q(full_name__icontains=text)
            | Q(full_name_native__icontains=text)
            | Q(username__icontains=text)
            | Q(email__icontains=text)
        )
    return people.order_by("-is_active", "full_name")


def sessions_of(user: User) -> tuple[list[StaffSession], list[StaffSession]]:
    """The person's open sessions and the ten that ended last."""
    mine = StaffSession.objects.filter(user=user)
    return list(mine.filter(ended_at__isnull=True)), list(mine.exclude(ended_at=None).order_by("-ended_at")[:10])


def roles_in_use() -> QuerySet[Role]:
    """Roles that have not been retired, each with how many active people hold it."""
    holders = Count("assignments__user", filter=Q(assignments__user__is_active=True), distinct=True)
    return Role.objects.filter(retired_at=None).annotate(holders=holders).order_by("created_at", "code")


def sso_provider() -> SsoProvider | None:
    """The identity provider this hospital has set up, in use or not."""
    return SsoProvider.objects.first()


def active_sso_provider() -> SsoProvider | None:
    return SsoProvider.objects.filter(is_active=True).first()
