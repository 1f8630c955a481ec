"""What the year stands on: branch, doctors, prices, accounts, and the archive that signs for invented rows."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from accounts.models import Branch, Department, Room, User
from billing.models import Account, Drawer, ExchangeRate, Price, PriceList
from billing.models.snapshot import SUFFIXES
from core.clock import today
from core.preferences import preference
from demo.cases import CASES
from laboratory.models import Test
from terminology.models import Icd10Code

ARCHIVE = "archive"
DRAWER = "OLD"
RATE = Decimal(4100)
TESTS = ("GLU", "HBA1C")  # one number each: enough to give a chart its results


@dataclass
class Ground:
    """Looked up once for the whole run."""

    branch: Branch
    opd: Department
    rooms: list[Room]
    drawer: Drawer
    archive: User
    people: dict[str, User]
    formats: dict[str, str] = field(default_factory=dict)

    @property
    def doctors(self) -> list[User]:
        return [self.people["doctor"], self.people["doctor2"]]

    @cached_property
    def accounts(self) -> dict[str, Account]:
        return {account.key: account for account in Account.objects.all()}

    @cached_property
    def tests(self) -> list[Test]:
        found = Test.objects.filter(code__in=TESTS).select_related("specimen_type", "container")
        return [test for test in found if test.charge_code in self.prices]

    @cached_property
    def prices(self) -> dict[str, Price]:
        codes = ["CONS", "CONS-OPD", *(f"LAB-{code}" for code in TESTS)]
        rows = Price.objects.filter(price_list__is_default=True, service__code__in=codes, valid_to=None)
        return {row.service.code: row for row in rows.select_related("service", "price_list")}

    @cached_property
    def price_list(self) -> PriceList:
        return PriceList.objects.get(is_default=True)

    @cached_property
    def terms(self) -> dict[str, str]:
        """ICD-10 terms of the demo's cases by code."""
        codes = [case.code for case in CASES]
        return {item.code: item.title for item in Icd10Code.objects.filter(code__in=codes)}

    def texts_of(self, price: Price) -> dict[str, str]:
        """A service's names, as charges and invoice lines freeze them."""
        return {f"text_{suffix}": getattr(price.service, f"name_{suffix}") or "" for suffix in SUFFIXES.values()}


def prepare_ground() -> Ground:
    """Find what there is and add what the year needs: an archive account, its drawer, a rate old enough."""
    branch = Branch.objects.order_by("code").first()
    opd = Department.objects.get(branch=branch, code="OPD")
    archive, _made = User.objects.get_or_create(
        username=ARCHIVE, defaults={"full_name": "Archive (invented data)", "is_active": False, "password": "!"}
    )
    drawer, _made = Drawer.objects.get_or_create(
        branch=branch, code=DRAWER, defaults={"name": "Former cash desk", "is_active": False}
    )
    people = {user.username: user for user in User.objects.all()}
    began = today() - timedelta(days=400)
    if not ExchangeRate.objects.filter(effective_on__lte=began).exists():
        ExchangeRate.objects.create(
            effective_on=began, riel_per_dollar=RATE, source="Hospital board", set_by=people["accountant"]
        )
    formats = {key: preference(f"patients.{key}_format") for key in ("visit", "mrn")}
    rooms = list(Room.objects.filter(department=opd).order_by("code"))
    return Ground(branch, opd, rooms, drawer, archive, people, formats)
