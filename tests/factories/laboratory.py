"""Orders on their way through the laboratory, each step made by the service that people use."""

from typing import Any

from accounts.models import User
from clinical.models import Encounter
from core import clock
from laboratory.identity import Identity
from laboratory.models import Order, OrderItem, Panel, Result, Specimen, Test
from laboratory.queries.specimens import tubes_of
from laboratory.services.entry import Entry, save_results, sheet_stamp
from laboratory.services.orders import place_order
from laboratory.services.specimens import collect_specimens, receive_specimen
from laboratory.services.verification import verify_results
from laboratory.states import ResultState
from tests.factories import patients


def person(username: str) -> User:
    return User.objects.get(username=username)


def encounter(visit: Any = None, **changes: Any) -> Encounter:
    """A consultation in progress with the doctor."""
    visit = visit or patients.visit()
    defaults = {
        "visit": visit,
        "patient": visit.patient,
        "branch": visit.branch,
        "department": visit.department,
        "practitioner": person("doctor"),
        "date": clock.today(),
        "status": "in_progress",
        "arrived_at": clock.now(),
        "started_at": clock.now(),
    }
    return Encounter.objects.create(**{**defaults, **changes})


def order(*codes: str, panels: tuple[str, ...] = (), by: User | None = None, **options: Any) -> Order:
    """An order of the doctor's for tests and panels of the catalogue every hospital starts with."""
    return place_order(
        encounter=options.pop("encounter", None) or encounter(),
        tests=list(Test.objects.filter(code__in=codes)),
        panels=list(Panel.objects.filter(code__in=panels)),
        by=by or person("doctor"),
        **options,
    )


def identity_of(patient: Any) -> Identity:
    return Identity(mrn=patient.mrn, birth=f"{patient.birth_date:%Y-%m-%d}")


def collected(*codes: str, of: Order | None = None, by: User | None = None, **options: Any) -> list[Specimen]:
    made = of or order(*codes, **options)
    keys = [tube.key for tube in tubes_of(made)]
    return collect_specimens(order=made, tubes=keys, identity=identity_of(made.patient), by=by or person("nurse"))


def received(*codes: str, by: User | None = None, **options: Any) -> Specimen:
    """The first tube of an order, at the bench."""
    specimens = collected(*codes, **options)
    taken = [receive_specimen(accession=one.accession, by=by or person("labtech")) for one in specimens]
    return taken[0]


def item_of(specimen: Specimen, code: str) -> OrderItem:
    return specimen.items.get(test__code=code)


def typed(specimen: Specimen, values: dict[str, str], *, submit: bool = False, by: User | None = None) -> list[Result]:
    """Results typed by the technician, by test code."""
    entries = {item_of(specimen, code).pk: Entry(value) for code, value in values.items()}
    by = by or person("labtech")
    return save_results(specimen=specimen, entries=entries, seen=sheet_stamp(specimen), submit=submit, by=by)


def submitted(values: dict[str, str], **options: Any) -> Specimen:
    """A tube whose results wait for the second person."""
    specimen = options.pop("specimen", None) or received(*values, **options)
    typed(specimen, values, submit=True)
    return specimen


def verify(specimen: Specimen, *, by: User | None = None) -> list[Result]:
    """Everything submitted of a tube, accepted by the second person."""
    waiting = specimen.results.filter(state=ResultState.SUBMITTED).values_list("item_id", flat=True)
    return verify_results(specimen=specimen, items=list(waiting), by=by or person("labtech2"))


def released(values: dict[str, str], **options: Any) -> Specimen:
    """A tube whose results the doctor may read."""
    specimen = submitted(values, **options)
    verify(specimen)
    return specimen


def the_result(specimen: Specimen, code: str) -> Result:
    """The latest version of one test's result."""
    return item_of(specimen, code).results.order_by("-version").first()
