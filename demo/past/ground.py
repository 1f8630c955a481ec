"""What the past of a branch stands on: people, rooms, prices, accounts, catalogues; looked up once for a whole run."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from accounts.models import Branch, User
from billing.models import Account, Drawer, ExchangeRate, Price
from core.clock import today
from core.preferences import preference
from demo.cases import CASES
from demo.services.setting import Place, place_of
from laboratory.models import Panel, ReferenceRange, Test
from pharmacy.models import Medicine
from terminology.models import Icd10Code

ARCHIVE = "archive"
DRAWER = "OLD"
RATE = Decimal(4100)


@dataclass
class Ground(Place):
    """A place with whoever takes its money. Without a store nothing is prescribed."""

    cashier: User

    @property
    def doctors(self) -> list[User]:
        return [self.people["doctor"], self.people["doctor2"]]

    @cached_property
    def visit_format(self) -> str:
        return preference("patients.visit_format")

    @cached_property
    def accounts(self) -> dict[str, Account]:
        return {account.key: account for account in Account.objects.all()}

    @cached_property
    def prices(self) -> dict[str, Price]:
        """Prices in force, by code of their service."""
        rows = Price.objects.filter(price_list__is_default=True, valid_to=None)
        return {row.service.code: row for row in rows.select_related("service", "price_list")}

    @cached_property
    def tests(self) -> dict[str, Test]:
        """Tests that the cases may ask for by code, alone or in a panel."""
        rows = Test.objects.filter(active=True).select_related("specimen_type", "container", "answer_set")
        return {test.code: test for test in rows.prefetch_related("answer_set__answers")}

    @cached_property
    def panels(self) -> dict[str, tuple[Panel, list[Test]]]:
        """Panels by code, each with its tests."""
        rows = Panel.objects.filter(active=True).prefetch_related("members__test")
        return {
            panel.code: (panel, [self.tests[one.test.code] for one in panel.members.all() if one.test.active])
            for panel in rows
        }

    @cached_property
    def spans(self) -> dict[object, list[ReferenceRange]]:
        """Reference ranges by test."""
        spans: dict[object, list[ReferenceRange]] = {}
        for span in ReferenceRange.objects.all():
            spans.setdefault(span.test_id, []).append(span)
        return spans

    @cached_property
    def medicines(self) -> dict[tuple[str, str, str], Medicine]:
        """Medicines in use by INN, form and strength."""
        rows = Medicine.objects.filter(is_active=True)
        return {(medicine.inn, medicine.form, medicine.strength): medicine for medicine in rows}

    @cached_property
    def terms(self) -> dict[str, str]:
        """ICD-10 terms of the demo's cases by code."""
        codes = [case.code for case in CASES]
        return {item.code: item.title for item in Icd10Code.objects.filter(code__in=codes)}


def ground_of(branch: Branch, *, cashier: str) -> Ground:
    """A branch as it works today."""
    place = place_of(branch)
    return Ground(**vars(place), cashier=place.people[cashier])


def archive_ground() -> Ground:
    """The first branch with what a year needs: an archive account that signs, its drawer, a rate old enough."""
    branch = Branch.objects.order_by("code").first()
    User.objects.get_or_create(
        username=ARCHIVE, defaults={"full_name": "Archive (invented data)", "is_active": False, "password": "!"}
    )
    drawer, _made = Drawer.objects.get_or_create(
        branch=branch, code=DRAWER, defaults={"name": "Former cash desk", "is_active": False}
    )
    ground = ground_of(branch, cashier=ARCHIVE)
    ground.drawer, ground.store = drawer, None
    began = today() - timedelta(days=400)
    if not ExchangeRate.objects.filter(effective_on__lte=began).exists():
        ExchangeRate.objects.create(
            effective_on=began, riel_per_dollar=RATE, source="Hospital board", set_by=ground.people["accountant"]
        )
    return ground
