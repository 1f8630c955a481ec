"""The cast: who works in both hospitals of every test. Each is fetched by a fixture of the same name.

They are made once, in the template database; a test that needs somebody else makes them itself.
"""

from typing import Any

PASSWORD = "demo-hospital-2026"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"

# username: (full name, Khmer name, role, title, home department)
CAST: dict[str, tuple[str, str, str, str, str | None]] = {
    "owner": ("Chan Vuthy", "ចាន់ វុទ្ធី", "owner", "", None),
    "admin": ("Keo Sreyneang", "កែវ ស្រីនាង", "admin", "", None),
    "doctor": ("Sok Piseth", "សុខ ពិសិដ្ឋ", "doctor", "Dr", "OPD"),
    "doctor2": ("Meas Sophea", "មាស សុភា", "doctor", "Dr", "OPD"),
    "nurse": ("Dara Chenda", "ដារ៉ា ចិន្តា", "nurse", "", "OPD"),
    "receptionist": ("Nary Mealea", "ណារី មាលា", "receptionist", "", "REG"),
    "cashier": ("Lin Bora", "លីន បូរ៉ា", "cashier", "", "BIL"),
    "cashier2": ("Heng Rithy", "ហេង ឫទ្ធី", "cashier", "", "BIL"),
    "labtech": ("Vanna Rith", "វណ្ណា រិទ្ធ", "labtech", "", "LAB"),
    "labtech2": ("Touch Sreymom", "ទូច ស្រីមុំ", "labtech", "", "LAB"),
    "pharmacist": ("Bopha Kanika", "បុប្ផា កន្និកា", "pharmacist", "", "PHA"),
    "pharmacist2": ("Ly Samnang", "លី សំណាង", "pharmacist", "", "PHA"),
    "accountant": ("Thida Rany", "ធីតា រ៉ានី", "accountant", "", None),
    "auditor": ("Oum Visal", "អ៊ុំ វិសាល", "auditor", "", None),
}
PLATFORM = {
    "superadmin": ("Super Admin", "superadmin"),
    "support": ("Support Desk", "support"),
    "platform-billing": ("Billing Desk", "platform_billing"),
}
# A second room in the outpatient department, so that two doctors may call at once.
ROOMS = {
    "OPD": [("1", "Room 1"), ("2", "Room 2")],
    "ER": [("E1", "Emergency 1")],
    "REG": [("D1", "Desk 1")],
    "LAB": [("L1", "Laboratory desk")],
    "PHA": [("P1", "Pharmacy window")],
    "BIL": [("C1", "Cash desk 1"), ("C2", "Cash desk 2")],
}


def hire_staff(schema: str) -> None:
    """Make the cast, their profiles and the rooms in the present hospital."""
    from accounts.models import Branch, Department, Room

    branch = Branch.objects.get()
    departments = {department.code: department for department in Department.objects.filter(branch=branch)}
    rooms = {}
    for code, named in ROOMS.items():
        for room, name in named:
            rooms.setdefault(
                code,
                Room.objects.create(
                    department=departments[code], code=room, name_en=name, name_km=name, name_zh_hans=name
                ),
            )
    for username in CAST:
        _hire(username, schema, departments, rooms)


def _hire(username: str, schema: str, departments: dict[str, Any], rooms: dict[str, Any]) -> None:
    from accounts.models import StaffProfile, User
    from accounts.services.roles import assign_role

    name, native, role, title, home = CAST[username]
    user = User.objects.filter(username=username).first() or User(username=username)
    user.full_name, user.full_name_native, user.email = name, native, f"{username}@{schema}.example"
    user.set_password(PASSWORD)
    user.save()
    assign_role(user=user, role=role, by=None)
    StaffProfile.objects.create(
        user=user, title=title, home_department=departments.get(home or ""), room=rooms.get(home or "")
    )
    _enrol_second_factor(user)


def hire_platform_staff() -> None:
    """Make the platform's own people in the public schema."""
    from accounts.models import User
    from accounts.services.roles import assign_role
    from hospitals.services.platform import prepare_platform

    prepare_platform()
    for username, (name, role) in PLATFORM.items():
        user = User.objects.create_user(
            username,
            f"{username}@platform.example",
            PASSWORD,
            full_name=name,
            is_staff=role == "superadmin",
            is_superuser=role == "superadmin",
        )
        assign_role(user=user, role=role, by=None)
        _enrol_second_factor(user)


def _enrol_second_factor(user: Any) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    from accounts.signs import remember_device

    if user.needs_second_factor:
        TOTP.activate(user, TOTP_SECRET)
        remember_device(user)
