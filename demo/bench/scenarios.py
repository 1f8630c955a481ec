"""What people do all day, as requests: each scenario gives as many different ones as it is asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from random import Random
from uuid import uuid4

from django.db.models import Count
from django_tenants.utils import schema_context

from accounts.models import Branch, Room, User
from billing.models import Invoice
from core.once import FIELD
from demo.bench.client import Request
from demo.people import person, phone
from demo.services.patients import communes
from patients.models import Patient
from queueing.models import Queue, Ticket
from queueing.services.displays import create_display

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://localhost/patients/"}
_serial = count()


@dataclass
class Scenario:
    """A row of the table. ``aim`` is the multiple of the bare view's p50; ``undo`` puts back what a request moved."""

    name: str
    who: str
    requests: Iterator[Request]
    aim: float | None = None
    schema: str = "samaki"
    surface: str = "portal"
    undo: Callable[[], None] | None = None
    sessions: list[dict[str, str]] = field(default_factory=list)  # what each of several browsers has in its session
    most: int = 10_000  # requests there are at all


def acting(data: dict[str, str]) -> dict[str, str]:
    return {FIELD: str(uuid4()), **data}


def searches(schema: str, label: str) -> list[Scenario]:
    """By the beginning of names in both scripts, and by the last digits of a phone, as HTMX asks while typing."""
    with schema_context(schema):
        patients = _some_patients(60)
        names = [_typed_name(patient, place) for place, patient in enumerate(patients)]
        phones = [patient.phone[-6:] for patient in patients]
    return [
        Scenario(f"search by name, {label}", "receptionist", _search(names), 5, schema),
        Scenario(f"search by phone, {label}", "receptionist", _search(phones), 5, schema),
    ]


def _typed_name(patient: Patient, place: int) -> str:
    """Four ways to type: family name, both beginnings, the given name, the native script."""
    ways = [
        patient.family_name,
        f"{patient.family_name[:3]} {patient.given_name[:3]}",
        patient.given_name,
        patient.native_family_name,
    ]
    return ways[place % 4]


def _search(texts: list[str]) -> Iterator[Request]:
    return cycle([Request("/patients/", {"q": text}, headers=HTMX) for text in texts])


def _some_patients(number: int) -> list[Patient]:
    ids = list(Patient.objects.order_by("mrn").values_list("pk", flat=True))
    chance = Random(7)  # noqa: S311
    return list(Patient.objects.filter(pk__in=chance.sample(ids, min(number, len(ids)))))


def registration() -> Scenario:
    """A new family, all required fields, no likely duplicate."""
    with schema_context("samaki"):
        places = communes()
    chance = Random(str(uuid4()))  # noqa: S311
    return Scenario("registration", "receptionist", (_registration(chance, places) for _ in count()), 10)


def _registration(chance: Random, places: list) -> Request:
    from core.clock import today

    details = person(chance, today(), places)
    contact = details.pop("contact")
    letters = "".join(chance.choice("bdkmnprst") + chance.choice("aeio") for _ in range(4))
    data = {
        **{key: str(value) for key, value in details.items() if key != "birth_date_precision"},
        "given_name": letters.title(),
        "native_given_name": "",
        "native_family_name": "",
        "phone": phone(chance),
        "contact_name": contact["name"],
        "contact_relationship": str(contact["relationship"]),
        "contact_phone": contact["phone"],
        "nationality": "KH",
        "confidentiality": "normal",
    }
    return Request("/patients/new/", acting(data), expected=(302,))


def charts() -> list[Scenario]:
    """Charts of patients with visits, each opened once: what stands there at once, and what comes right after it."""
    with schema_context("samaki"):
        seen = Patient.objects.annotate(n=Count("visits")).filter(n__gt=0).order_by("?")
        paths = [f"/patients/{pk}/" for pk in seen.values_list("pk", flat=True)[:200]]
    return [
        Scenario("chart", "doctor", cycle([Request(path) for path in paths]), 10),
        Scenario("chart, the rest", "doctor", cycle([Request(f"{path}?rest", headers=HTMX) for path in paths])),
    ]


def worklists() -> list[Scenario]:
    """The lists that stand open all day."""
    return [
        Scenario("laboratory worklist", "labtech", cycle([Request("/laboratory/")]), 6),
        Scenario("doctor's worklist", "doctor", cycle([Request("/clinic/")]), 6),
        Scenario("triage worklist", "nurse", cycle([Request("/clinic/triage/")]), 6),
        Scenario("cashier's worklist", "cashier", cycle([Request("/billing/")]), 6),
    ]


def queue_call() -> Scenario:
    """Doctors call from one queue, each into a room of their own; between two calls the patients sit down again."""
    with schema_context("samaki"):
        doctor = User.objects.get(username="doctor")
        queue = Queue.objects.filter(practitioner=doctor).order_by("-date").first()
        rooms = _rooms()
    path = f"/queue/{queue.pk}/call-next/"
    return Scenario(
        "queue call",
        "doctor",
        (Request(path, acting({}), expected=(302,)) for _ in count()),
        10,
        undo=lambda: _sit_down(queue),
        sessions=[{"room": str(room.pk)} for room in rooms],
    )


def _rooms() -> list[Room]:
    """Eight rooms nobody else uses."""
    branch = Branch.objects.order_by("code").first()
    department = branch.departments.get(code="OPD")
    return [
        Room.objects.get_or_create(department=department, code=f"B{place}", defaults={"name_en": f"Bench {place}"})[0]
        for place in range(8)
    ]


def _sit_down(queue: Queue) -> None:
    with schema_context("samaki"):
        Ticket.objects.filter(queue=queue, status="called").update(status="waiting", room=None, called_at=None)


def invoice_page() -> Scenario:
    with schema_context("samaki"):
        paid = Invoice.objects.exclude(status="draft").order_by("?").values_list("pk", flat=True)[:200]
        paths = [f"/billing/invoices/{pk}/" for pk in paid]
    return Scenario("invoice page", "cashier", cycle([Request(path) for path in paths]), 10)


def payment(invoices: list[Invoice]) -> Scenario:
    """Each invoice paid once, in full, with dollar notes."""
    requests = [
        Request(
            f"/billing/invoices/{invoice.pk}/pay/",
            acting({"usd": str(int(-(-invoice.total // 1))), "khr": "", "due": str(invoice.total), "change_in": ""}),
            expected=(302,),
        )
        for invoice in invoices
    ]
    return Scenario("payment", "cashier", iter(requests), 10, most=len(requests))


def display_poll(etag_of: Callable[[str], str]) -> Scenario:
    """A screen of the waiting room asks whether anything changed; nothing did."""
    with schema_context("samaki"):
        branch = Branch.objects.order_by("code").first()
        _display, key = create_display(name=f"Bench {uuid4().hex[:8]}", branch=branch, by="bench")
    path = f"/display/{key}/board/"
    poll = Request(path, headers={"HX-Request": "true", "If-None-Match": etag_of(path)}, expected=(304,))
    return Scenario("display poll, unchanged", "", cycle([poll]), 1.5, surface="queue")
