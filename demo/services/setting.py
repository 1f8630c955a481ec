"""What a demo hospital works with: prices, drawers, the rate, shelves with medicines, screens, memberships."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from django.conf import settings

from accounts.models import Branch, Department, Room, User
from billing.models import Drawer
from billing.services.catalogue import set_price
from billing.services.drawers import save_drawer
from billing.services.rates import set_rate
from core import clock
from core.clock import today
from core.money import USD
from demo.cases import CASES
from pharmacy.models import Location, Medicine
from pharmacy.services.locations import open_all_locations
from pharmacy.services.receipts import Delivered, receive_goods
from queueing.services.displays import create_display

CONSULTATIONS = [
    ("CONS", "5.00", "Consultation", "ពិគ្រោះជំងឺ", "门诊费"),
    ("CONS-OPD", "5.00", "Outpatient consultation", "ពិគ្រោះជំងឺក្រៅ", "门诊诊疗费"),
    ("CONS-ER", "12.00", "Emergency consultation", "ពិគ្រោះជំងឺសង្គ្រោះបន្ទាន់", "急诊诊疗费"),
]


@dataclass
class Place:
    """One branch at work: its departments, rooms and people by their usual names."""

    branch: Branch
    opd: Department
    rooms: list[Room]
    drawer: Drawer
    store: Location
    people: dict[str, User]


def furnish(first_day_back: int) -> None:
    """Prices, drawers, exchange rate and stock, in force since before the first day of the history."""
    people = {user.username: user for user in User.objects.all()}
    began = today() - timedelta(days=first_day_back)
    for code, amount, english, khmer, chinese in CONSULTATIONS:
        set_price(
            code=code,
            amount=Decimal(amount),
            currency=USD,
            category="consultation",
            name={"en": english, "km": khmer, "zh_hans": chinese},
            valid_from=began,
            by=people["admin"],
        )
    set_rate(riel_per_dollar=Decimal(4100), source="Hospital board", effective_on=began, by=people["accountant"])
    open_all_locations()
    for branch in Branch.objects.all():
        for code, name in (("C1", "Cash desk 1"), ("C2", "Cash desk 2")):
            save_drawer(branch=branch, code=code, name=name, by=people["admin"])
        delivered = _opening_stock(branch)
        with clock.freeze(clock.now() - timedelta(days=first_day_back)):
            receive_goods(
                location=Location.objects.get(branch=branch, kind="store"),
                supplier="Example Pharma Supply",
                delivered=delivered,
                by=people["pharmacist"],
                reference="OPENING",
            )


def hang_up_screen(schema: str) -> None:
    """One waiting-room screen, its address kept beside the demo's data, where `make demo` reads it again."""
    first = Branch.objects.order_by("code").first()
    _screen, key = create_display(
        name="Waiting hall", branch=first, voice_languages=["en", "zh-hans"], by=User.objects.get(username="admin")
    )
    with (Path(settings.MEDIA_ROOT).parent / "displays.txt").open("a", encoding="utf-8") as file:
        file.write(f"{schema} {key}\n")


def place_of(branch: Branch) -> Place:
    opd = Department.objects.get(branch=branch, code="OPD")
    return Place(
        branch=branch,
        opd=opd,
        rooms=list(Room.objects.filter(department=opd).order_by("code")),
        drawer=Drawer.objects.filter(branch=branch).order_by("code").first(),
        store=Location.objects.get(branch=branch, kind="store"),
        people={user.username: user for user in User.objects.all()},
    )


def _opening_stock(branch: Branch) -> list[Delivered]:
    """Three batches of what the cases need, one of them about to expire; a little of forty others, some expiring."""
    chance = Random(branch.code)  # noqa: S311
    wanted = {(drug.inn, drug.form, drug.strength) for case in CASES for drug in case.drugs}
    deliveries, day = [], today()
    for number, medicine in enumerate(Medicine.objects.order_by("code")):
        is_wanted = (medicine.inn, medicine.form, medicine.strength) in wanted
        if not is_wanted and number % 5:
            continue
        little = [(60 if number % 20 == 0 else 400, 120)]
        for lot, (days, quantity) in enumerate([(24, 60), (210, 400), (540, 2_000)] if is_wanted else little):
            deliveries.append(
                Delivered(
                    medicine=medicine,
                    lot_number=f"{branch.code}{number:03d}{'ABC'[lot]}",
                    expires_on=day + timedelta(days=days + chance.randint(0, 9)),
                    quantity=quantity,
                    unit_cost=Decimal("0.02"),
                )
            )
    return deliveries
