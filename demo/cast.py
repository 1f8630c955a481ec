"""Who works in the demo hospitals and where. Names are invented; the sign-ins are those README.md prints."""

from dataclasses import dataclass

PASSWORD = "demo-hospital-2026"  # noqa: S105  printed by `make demo`; no production settings know it
TOTP_SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105


@dataclass(frozen=True)
class Colleague:
    username: str
    name: str
    native: str
    role: str
    department: str = ""
    room: str = ""
    title: str = ""
    specialisation: str = ""
    language: str = ""


CAST = [
    Colleague("owner", "Chan Vuthy", "ចាន់ វុទ្ធី", "owner"),
    Colleague("admin", "Keo Sreyneang", "កែវ ស្រីនាង", "admin"),
    Colleague("doctor", "Sok Piseth", "សុខ ពិសិដ្ឋ", "doctor", "OPD", "1", "Dr", "Internal medicine"),
    Colleague("doctor2", "Meas Sophea", "មាស សុភា", "doctor", "OPD", "2", "Dr", "Paediatrics"),
    Colleague("nurse", "Dara Chenda", "ដារ៉ា ចិន្តា", "nurse", "OPD"),
    Colleague("receptionist", "Nary Mealea", "ណារី មាលា", "receptionist", "REG", "D1"),
    Colleague("cashier", "Lin Bora", "លីន បូរ៉ា", "cashier", "BIL", "C1"),
    Colleague("cashier2", "Heng Rithy", "ហេង ឫទ្ធី", "cashier", "BIL", "C2"),
    Colleague("labtech", "Vanna Rith", "វណ្ណា រិទ្ធ", "labtech", "LAB", "L1"),
    Colleague("labtech2", "Touch Sreymom", "ទូច ស្រីមុំ", "labtech", "LAB", "L1"),
    Colleague("pharmacist", "Bopha Kanika", "បុប្ផា កន្និកា", "pharmacist", "PHA", "P1"),
    Colleague("pharmacist2", "Ly Samnang", "លី សំណាង", "pharmacist", "PHA", "P1"),
    Colleague("accountant", "Thida Rany", "ធីតា រ៉ានី", "accountant"),
    Colleague("auditor", "Oum Visal", "អ៊ុំ វិសាល", "auditor"),
]

PLATFORM = [
    Colleague("superadmin", "Super Admin", "", "superadmin"),
    Colleague("support", "Support Desk", "", "support"),
    Colleague("platform-billing", "Billing Desk", "", "platform_billing"),
]

# department code: rooms as (code, English, Khmer, Chinese)
ROOMS = {
    "OPD": [("1", "Room 1", "បន្ទប់លេខ 1", "1号诊室"), ("2", "Room 2", "បន្ទប់លេខ 2", "2号诊室")],
    "ER": [("E1", "Emergency room", "បន្ទប់សង្គ្រោះបន្ទាន់", "急诊室")],
    "REG": [("D1", "Desk 1", "តុលេខ 1", "1号窗口")],
    "LAB": [("L1", "Laboratory desk", "តុមន្ទីរពិសោធន៍", "检验科窗口")],
    "PHA": [("P1", "Pharmacy window", "បង្អួចឱសថស្ថាន", "药房窗口")],
    "BIL": [("C1", "Cash desk 1", "បេឡា 1", "1号收费窗口"), ("C2", "Cash desk 2", "បេឡា 2", "2号收费窗口")],
}


@dataclass(frozen=True)
class Site:
    """A branch of a demo hospital; the first one is made by provisioning, the others are added."""

    code: str
    names: tuple[str, str, str]
    address: str


@dataclass(frozen=True)
class House:
    """A demo hospital."""

    schema: str
    names: tuple[str, str, str]
    plan: str
    phone: str
    address: str
    sites: tuple[Site, ...] = ()


HOUSES = [
    House(
        "samaki",
        ("Samaki Hospital", "មន្ទីរពេទ្យសាមគ្គី", "沙玛基医院"),
        "hospital",
        "023 900 100",
        "12 Example Street, Phnom Penh",
        (Site("SAM2", ("Samaki Riverside", "សាមគ្គី មាត់ទន្លេ", "沙玛基河畔分院"), "7 Sample Quay, Phnom Penh"),),
    ),
    House(
        "royal",
        ("Royal Clinic", "គ្លីនិករ៉ូយ៉ាល់", "皇家诊所"),
        "clinic",
        "063 900 200",
        "3 Model Road, Siem Reap",
    ),
]
