"""The branch and department a person works in at the moment, chosen in the shell and kept in the session."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from accounts.models import Branch, Department
from accounts.queries import branches_of


@dataclass(frozen=True)
class Workplace:
    branch: Branch | None
    department: Department | None
    branches: list[Branch]

    @classmethod
    def of(cls, request: HttpRequest) -> "Workplace":
        """Return the chosen workplace, else the home department's, else the first branch the person may work in."""
        if not request.user.is_authenticated or request.surface != "portal":
            return cls(None, None, [])
        branches = branches_of(request.user)
        home = _home_department(request)
        wanted = request.session.get("branch") or (str(home.branch_id) if home else "")
        branch = next((one for one in branches if str(one.pk) == wanted), branches[0] if branches else None)
        department = home if home and branch and home.branch_id == branch.pk else None
        return cls(branch, department, branches)


def _home_department(request: HttpRequest) -> Department | None:
    profile = getattr(request.user, "profile", None)
    return profile.home_department if profile else None


def choose_branch(request: HttpRequest, branch_id: UUID) -> None:
    """Remember the branch for this session; a branch the person may not work in is refused with Branch.DoesNotExist."""
    if not any(branch.pk == branch_id for branch in branches_of(request.user)):
        raise Branch.DoesNotExist
    request.session["branch"] = str(branch_id)
