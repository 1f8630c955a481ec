"""Made-up content for the gallery of components: every component once, with long and Khmer and Chinese words too."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from core.charts import Chart, Series
from core.forms import ChoiceCards, DecimalInput, Form, PhoneInput, SearchSelect, SegmentedChoice
from core.paging import paginate

STATES = (
    *("draft", "open", "waiting", "called", "serving", "in_progress", "finished", "closed", "cancelled", "no_show"),
    *("ordered", "collected", "received", "resulted", "verified", "released", "rejected", "active", "dispensed"),
    *(
        "partly_dispensed",
        "expired",
        "pending",
        "invoiced",
        "issued",
        "partly_paid",
        "paid",
        "written_off",
        "void",
        "booked",
    ),
    *("confirmed", "checked_in", "emergency", "suspended"),
)
FLAGS = ("N", "L", "H", "LL", "HH", "A", "AA")


class SampleForm(Form):
    """Every kind of field."""

    name_km = forms.CharField(label="ឈ្មោះ", max_length=80, help_text="ដូចក្នុងអត្តសញ្ញាណប័ណ្ណ")
    name_latin = forms.CharField(label="Name in Latin letters", max_length=80)
    sex = forms.ChoiceField(
        label="Sex", choices=[("f", "Female"), ("m", "Male"), ("u", "Unknown")], widget=SegmentedChoice
    )
    birth_date = forms.DateField(label="Birth date", help_text="2001-04-13 or 13/04/2001")
    phone = forms.CharField(label="Phone", widget=PhoneInput)
    weight = forms.DecimalField(label="Weight", max_value=400, widget=DecimalInput(unit="kg"))
    price = forms.DecimalField(label="Price", widget=DecimalInput(prefix="USD"))
    diagnosis = forms.ChoiceField(
        label="Diagnosis",
        choices=[("J06.9", "J06.9 Acute upper respiratory infection")],
        widget=SearchSelect("/gallery/"),
    )
    department = forms.ChoiceField(label="Department", choices=[("opd", "Outpatients 门诊"), ("er", "សង្គ្រោះបន្ទាន់")])
    payer = forms.ChoiceField(
        label="Payer",
        choices=[("self", "The patient pays"), ("nssf", "NSSF"), ("hef", "Health Equity Fund")],
        widget=ChoiceCards,
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    consent = forms.BooleanField(label="The patient agrees that family members may be told")


class FilterForm(Form):
    q = forms.CharField(label="Search", required=False, widget=forms.TextInput(attrs={"type": "search"}))
    status = forms.ChoiceField(label="State", required=False, choices=[("", "All"), ("waiting", "Waiting")])


def gallery_context(request: HttpRequest) -> dict[str, Any]:
    """Everything templates/gallery/index.html shows."""
    bound = SampleForm({"name_km": "សុខ ដារ៉ា", "birth_date": "31/02/2001", "weight": "1,5", "sex": "f"})
    now = timezone.localtime()
    return {
        "states": STATES,
        "flags": FLAGS,
        "form": SampleForm(),
        "bound": bound,
        "filters": FilterForm(request.GET or None),
        "page": paginate(request, _rows(), per_page=6),
        "banner": _banner(),
        "events": _events(now),
        "steps": _steps(now),
        "facts": [
            ("MRN", "SAM-000123"),
            ("Phone", "012 345 678"),
            ("Blood group", None),
            ("Address", "ភូមិ ត្រពាំងសេះ, ខេត្តកំពត"),
        ],
        "tabs": [
            {"label": "Summary", "url": "?", "active": True, "icon": "layout-list"},
            {"label": "Results", "url": "?tab=results", "count": 3},
            {"label": "វេជ្ជបញ្ជា", "url": "?tab=rx", "count": 0},
        ],
        "bars": Chart(
            "Visits by hour",
            [f"{hour}:00" for hour in range(7, 17)],
            [Series("Samaki", [3, 8, 14, 19, 17, 9, 6, 11, 9, 4])],
        ),
        "stacked": Chart(
            "Collected today",
            ["Cash", "KHQR", "Card"],
            [
                Series("USD", [Decimal("412.50"), Decimal(96), Decimal(120)]),
                Series("KHR", [Decimal(310), Decimal(150), 0]),
            ],
            kind="stacked",
            unit="USD",
        ),
        "ring": Chart("Payers", ["Self", "NSSF", "HEF"], [Series("Visits", [56, 23, 21])], kind="doughnut", unit="%"),
        "today": timezone.localdate(),
        "baby": timezone.localdate() - timedelta(days=40),
    }


def _rows() -> list[dict[str, Any]]:
    names = [
        "សុខ ដារ៉ា|Sok Dara",
        "ចាន់ បុប្ផា|Chan Bopha",
        "林美|Lin Mei",
        "ហេង វិសាល|Heng Visal",
        "មាស ស្រីនាង|Meas Sreynang",
    ]
    rows = []
    for place in range(14):
        local, latin = names[place % len(names)].split("|")
        state = ["waiting", "called", "in_progress", "done", "cancelled"][place % 5]
        amount = Decimal("12.50") * (place + 1)
        rows.append(
            {
                "number": f"A-{place + 1:03}",
                "local": local,
                "latin": latin,
                "state": state,
                "amount": amount,
                "riel": amount * 4100,
            }
        )
    return rows


def _banner() -> dict[str, Any]:
    return {
        "name_local": "ស្រ៊ុន សុភាព្រះ",
        "name_latin": "Srun Sopheap",
        "sex": "Female",
        "birth_date": date(1988, 4, 13),
        "mrn": "SAM-000123",
        "phone": "012 345 678",
        "tier": "Gold",
        "allergies": ["Penicillin", "Peanut"],
        "alerts": [("violet", "Pregnant, 24 weeks")],
    }


def _events(now: Any) -> list[dict[str, Any]]:
    return [
        {
            "at": now,
            "title": "Result verified",
            "actor": "Sok Vanna",
            "icon": "checks",
            "tone": "green",
            "text": "Full blood count",
        },
        {"at": now, "title": "Sample rejected", "actor": "Chea Lina", "icon": "x", "tone": "red", "text": "Haemolysed"},
        {"at": now, "title": "បានបញ្ជាធ្វើតេស្ត", "actor": "វេជ្ជបណ្ឌិត សុខ", "icon": "clipboard-list", "tone": "blue"},
    ]


def _steps(now: Any) -> list[dict[str, Any]]:
    return [
        {"label": "Registered", "state": "done", "at": now},
        {"label": "Triage", "state": "done", "at": now},
        {"label": "Consultation", "state": "current"},
        {"label": "Laboratory", "state": "todo"},
        {"label": "Pharmacy", "state": "skipped"},
        {"label": "Cashier", "state": "todo"},
    ]
