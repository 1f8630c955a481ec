"""People and visits for tests; everybody is fictional."""

from datetime import date
from typing import Any

from accounts.models import Branch, Department, User
from patients.models import Patient, Visit
from patients.services.patients import register_patient
from patients.services.visits import open_visit

SYLLABLES = ("ba", "ka", "ma", "na", "la", "ra", "sa", "ta", "va", "cha")
_serial = iter(range(10_000_000, 99_999_999))


def somebody(**changes: Any) -> dict[str, Any]:
    """The details of a person nobody on file resembles."""
    serial = next(_serial)
    return {
        "family_name": "Sok",
        "given_name": _letters(serial).title(),
        "native_family_name": "",
        "native_given_name": "",
        "sex": "female",
        "birth_date": date(1984, 12, 31),
        "phone": f"+85512{serial % 1_000_000:06d}",
        **changes,
    }


def patient(by: User | None = None, **changes: Any) -> Patient:
    """Register somebody through the service, as the desk does."""
    extra = {
        name: changes.pop(name)
        for name in ("family", "branch", "identifiers", "different_from", "different_reason")
        if name in changes
    }
    contact = changes.pop("contact", {"name": "Sok Chanthy", "relationship": "mother", "phone": "+85512999888"})
    by = by or User.objects.get(username="receptionist")
    return register_patient(by=by, contact=contact, **extra, **somebody(**changes))


def visit(by: User | None = None, **changes: Any) -> Visit:
    """Open a visit of somebody at the outpatient department."""
    by = by or User.objects.get(username="receptionist")
    department = changes.pop("department", None) or Department.objects.get(code="OPD")
    defaults = {
        "patient": changes.pop("patient", None) or patient(by=by),
        "kind": "outpatient",
        "branch": changes.pop("branch", None) or Branch.objects.get(pk=department.branch_id),
        "department": department,
        "practitioner": User.objects.get(username="doctor"),
    }
    return open_visit(by=by, **{**defaults, **changes})


def _letters(number: int) -> str:
    """A serial as syllables that no spelling key makes equal."""
    return "".join(SYLLABLES[int(digit)] for digit in str(number))
