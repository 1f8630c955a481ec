"""Medicines, stock and prescriptions for tests."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Branch, User
from clinical.models import AllergyReview, Encounter
from clinical.states import EncounterStatus
from core import clock
from patients.models import Visit
from pharmacy.models import Batch, Interaction, Location, Medicine, Prescription
from pharmacy.services.formulary import set_medicine_price
from pharmacy.services.locations import open_locations
from pharmacy.services.prescriptions import prescribe
from pharmacy.services.receipts import Delivered, receive_goods
from pharmacy.states import LocationKind
from tests.factories.patients import visit as open_a_visit

_serial = iter(range(1, 1_000_000))


def medicine(inn: str = "testamol", *, price: str | None = "0.10", **changes: Any) -> Medicine:
    """A tablet of 500 mg unless told otherwise, with a price in dollars."""
    serial = next(_serial)
    fields = {
        "code": f"TEST-{serial}",
        "inn": inn,
        "name_en": inn.capitalize(),
        "atc": "V99XX99" if inn == "testamol" else f"V98XX{serial % 90 + 10}",
        "form": "tablet",
        "strength": "500 mg",
        "unit": "tablet",
        "routes": ["oral"],
        "dose_unit": "tablet",
        "doses_per_unit": Decimal(1),
        "content": Decimal(500),
        "content_unit": "mg",
        "max_daily_dose": Decimal(4),
        "max_daily_unit": "g",
        **changes,
    }
    made = Medicine.objects.create(**fields)
    if price:
        set_medicine_price(medicine=made, amount=Decimal(price), currency="USD")
    return made


def store(branch: Branch | None = None) -> Location:
    return _location(LocationKind.STORE, branch)


def quarantine(branch: Branch | None = None) -> Location:
    return _location(LocationKind.QUARANTINE, branch)


def _location(kind: str, branch: Branch | None) -> Location:
    branch = branch or Branch.objects.order_by("code").first()
    open_locations(branch)
    return Location.objects.get(branch=branch, kind=kind)


def in_stock(of: Medicine, quantity: int, *, days: int = 365, lot: str = "", location: Location | None = None) -> Batch:
    """Receive a delivery that expires in so many days."""
    delivered = Delivered(
        medicine=of,
        lot_number=lot or f"LOT{next(_serial)}",
        expires_on=clock.today() + timedelta(days=days),
        quantity=quantity,
        unit_cost=Decimal("0.05"),
    )
    by = User.objects.get(username="pharmacist")
    receipt = receive_goods(location=location or store(), supplier="Test supplier", delivered=[delivered], by=by)
    return receipt.lines.get().batch


def expired_stock(of: Medicine, quantity: int, *, lot: str = "OLD") -> Batch:
    """A lot that was good when it was counted and expired yesterday: only an adjustment can bring it in."""
    from pharmacy.services.adjustments import adjust_stock, approve_adjustment

    batch = Batch.objects.create(medicine=of, lot_number=lot, expires_on=clock.today() - timedelta(days=1))
    first, second = (User.objects.get(username=name) for name in ("pharmacist", "pharmacist2"))
    adjustment = adjust_stock(location=store(), batch=batch, quantity=quantity, reason="count", note="found", by=first)
    if adjustment.is_waiting:
        approve_adjustment(adjustment=adjustment, by=second)
    return batch


def encounter(visit: Visit | None = None, *, asked: bool = True, **changes: Any) -> Encounter:
    """A consultation in progress with the doctor; `asked`: the patient says there are no allergies."""
    visit = visit or open_a_visit()
    doctor = User.objects.get(username="doctor")
    fields = {
        "visit": visit,
        "patient": visit.patient,
        "branch": visit.branch,
        "department": visit.department,
        "practitioner": doctor,
        "date": clock.today(),
        "status": EncounterStatus.IN_PROGRESS,
        "arrived_at": clock.now(),
        "started_at": clock.now(),
        **changes,
    }
    if asked:
        AllergyReview.objects.create(patient=visit.patient, reviewed_at=clock.now(), reviewed_by=doctor)
    return Encounter.objects.create(**fields)


def order(of: Medicine, **changes: Any) -> dict[str, Any]:
    """The arguments of one item: one tablet three times a day for five days."""
    return {
        "medicine": of,
        "dose": Decimal(1),
        "dose_unit": of.dose_unit,
        "frequency": "TDS",
        "route": of.routes[0],
        "duration_days": 5,
        "quantity": None,
        **changes,
    }


def prescription(*items: dict[str, Any], at: Encounter | None = None, by: User | None = None) -> Prescription:
    """A signed prescription; without items one of a fresh medicine."""
    at = at or encounter()
    by = by or User.objects.get(username="doctor")
    return prescribe(encounter=at, items=items or [order(medicine())], by=by)


def interaction(a: list[str], b: list[str], severity: str = "major", **changes: Any) -> Interaction:
    fields = {"number": 90_000 + next(_serial), "a_name": "A", "b_name": "B", "effect_en": "harm", **changes}
    return Interaction.objects.create(a_atc=a, b_atc=b, severity=severity, **fields)
