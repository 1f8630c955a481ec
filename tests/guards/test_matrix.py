"""Every role at every address with every kind of patient: who gets where.

The addresses come from the portal's URL map, the demanded permission from the view, the kind of record from the word
before the argument ("clinic/encounters/<uuid:pk>/" names an encounter). What is expected follows from the permission
and from the rules of sight written once more below, in plain words, without the queries that enforce them. An address
with a word that is not known here fails, and so does one that nobody may open.

Five patients lived through a whole visit: a normal and a very restricted one in the people's own branch, a normal and a
restricted one in another, and a normal one whose consultation was psychiatric. All were treated by the doctor and
measured by the nurse; the cashier was paid.
"""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pypdf
import pytest
from django.db import transaction
from django.template.backends.django import Template
from django.urls import resolve
from django.utils.safestring import SafeString

from accounts.models import Assignment, Branch, Department, Room, StaffProfile, User
from accounts.services.roles import assign_role
from billing.pricing import Paid
from billing.services.credits import approve_credit, pay_refund, request_credit
from billing.services.deposit_refunds import (
    approve_deposit_refund,
    pay_deposit_refund,
    request_deposit_refund,
)
from billing.services.deposits import take_deposit
from claims.models import Claim
from clinical.services.allergies import record_allergy
from clinical.services.problems import record_condition, record_history
from core.ids import new_id
from demo.cases import CASES
from demo.services.patients import make_patients
from demo.services.setting import furnish, place_of
from demo.services.story import Story, whole_visit
from demo.services.today import open_till
from gateways.models import QrRequest
from insurance.models import Coverage
from patients.models import Patient, PatientDocument
from tests.factories import insurance as insure
from tests.guards.test_doors import addresses

LEVELS = {"own": ("normal", "very_restricted"), "other": ("normal", "restricted")}
# One person a role who treats nobody, and those who did something for all five.
STRANGERS = {
    "owner": "owner",
    "admin": "admin",
    "doctor2": "doctor",
    "psychiatrist9": "doctor",
    "nurse9": "nurse",
    "receptionist9": "receptionist",
    "cashier2": "cashier",
    "labtech": "labtech",
    "pharmacist": "pharmacist",
    "accountant": "accountant",
    "auditor": "auditor",
}
TREATING = {"doctor", "nurse"}
# Elsewhere they are like the other person of their role.
ONLY = {"psychiatrist9": {"clinical", "laboratory", "pharmacy"}, "receptionist": {"clinical", "patients"}}
PEOPLE = [*STRANGERS, *sorted(TREATING), "cashier", "receptionist"]
CASE = next(case for case in CASES if case.tests and case.drugs)
BENCH = {"lab_specimen:receive", "lab_result:enter", "lab_result:verify"}

# Nobody opens these after a whole visit; each has tests of its own.
CLOSED = {
    "alert_call": "nothing critical was measured",
    "order_walk_in": "for patients who came to the laboratory only",
    "result_check": "asks for a value of a sheet that is still open",
    "document_file": "needs the short-lived link",
    "export_file": "needs the short-lived link (tests/patients/test_exports.py)",
    "claim_make": "asks for an invoice that a payer owes of (tests/claims)",
    "online_ask": "for visits of telemedicine only (tests/gateways/test_sending.py)",
    "item_new": "needs a consultation that goes on",
}

# What is protected by the specialisation of its consultation; medicines, results and measurements stay in sight.
OF_A_CONSULTATION = {"encounters", "notes", "diagnoses"}
CARE = {"clinical", "laboratory", "pharmacy"}  # rooms where a specialisation could matter
# Words of addresses whose argument names nothing of a patient.
NOT_OF_A_PATIENT = {
    *{
        "accounts",
        "staff",
        "roles",
        "places",
        "notices",
        "tiers",
        "shifts",
        "prices",
        "lists",
        "holidays",
        "funds",
        "grants",
        "promotions",
        "fees",
        "shares",
        "payouts",
        "packages",
        "drawers",
        "journal",
        "displays",
        "screens",
        "proposals",
        "sessions",
        "money",
    },
    *{"catalogue", "ranges", "tests", "batches", "balances", "stock/receipts", "adjustments", "formulary"},
    *{"alerts", "exports", "records", "rows"},  # of the trail
    *{"erasures", "holds", "retention"},  # by the record's number, for who serves the patients' rights
    *{"accounts"},  # of the books
    *{"vouchers", "reasons", "transfers", "variances", "banking", "statements", "days"},  # of the cash office
    *{"mappings", "matches", "unknown", "clearings"},  # of its statements
    *{"payers", "contracts", "rules", "cases", "remittances"},  # of insurers and schemes
    *{"queue", "queues", "families"},  # a family is no secret: its members are (tests/patients/test_access.py)
}


@dataclass
class Subject:
    """One patient with the newest record of every kind."""

    level: str
    branch: str
    patient: Patient
    records: dict[str, Any] = field(default_factory=dict)
    specialty: str = ""


def records_of(patient: Patient) -> dict[str, Any]:
    """Ids by the word that stands before the argument."""
    visit = patient.visits.get()
    encounter = visit.encounters.get()
    order = encounter.lab_orders.get()
    prescription = encounter.prescriptions.get()
    invoice = visit.invoices.get()
    payment = invoice.payments.get()
    dispense = prescription.dispenses.get()
    found = {
        "patients": patient,
        "documents": patient.documents.get(),
        "visits": visit,
        "encounters": encounter,
        "vitals": encounter.vital_signs.get(),
        "notes": encounter.notes.get(),
        "diagnoses": encounter.diagnoses.get(),
        "allergies": patient.allergies.get(),
        "problems": patient.conditions.get(),
        "history": patient.history_items.get(),
        "orders": order,
        "specimens": order.specimens.first(),
        "laboratory/items": order.items.first(),
        "tests": order.items.first().test,
        "prescriptions": prescription,
        "pharmacy/items": prescription.items.first(),
        "dispenses": dispense,
        "lines": dispense.lines.first(),
        "invoices": invoice,
        "charges": visit.charges.first(),
        "payments": payment,
        **_printed(_credited(invoice, payment.cashier), payment.cashier),
        **_deposited(patient, payment.cashier),
        "statement-papers": patient.statement_prints.create(
            copy=1, language="en", paper="a4", printed_by=payment.cashier
        ),
        "khqr": _shown_code(invoice, payment),
        "links": patient.checkouts.create(
            branch=visit.branch,
            asked_by=payment.cashier,
            status="cancelled",
            amount=1,
            currency="USD",
            session_id=new_id().hex,
            expires_at=payment.received_at,
        ),
        "write-offs": _written_off(invoice, payment.cashier),
        "reminders": invoice.reminders.create(due_on=visit.date, level=1, way="letter", currency="USD", amount=1),
        "concessions": invoice.concessions.create(
            kind="discount", rate=Decimal("0.5"), reason="-", requested_by=payment.cashier
        ),
        "invoice-papers": invoice.prints.create(copy=1, language="en", paper="a4", printed_by=payment.cashier),
        "receipts": payment.prints.create(copy=1, language="en", paper="80mm", printed_by=payment.cashier),
        "tickets": encounter.ticket,
        **_claimed(patient, invoice),
        "coverages": _card(patient),
        "authorisations": _card(patient).authorisations.create(scope="*", requested_by=patient.registered_by),
        "archives": patient.data_exports.create(reason="-", language="en", asked_by=patient.registered_by),
    }
    return {word: record.pk for word, record in found.items()}


def _claimed(patient: Patient, invoice: Any) -> dict[str, Any]:
    """A refused claim whose write-off waits; what it says of money nobody reads here."""
    card, by = _card(patient), patient.registered_by
    claim = Claim.objects.create(
        number=f"CL-{new_id().hex}", status="rejected", payer=card.contract.payer, coverage=card, patient=patient,
        invoice=invoice, service_date=invoice.visit.date, currency="USD", amount=9, rejected=9, made_by=by,
    )  # fmt: skip
    claim.lines.create(position=1, service_code="X", text_en="X", quantity=1, currency="USD", amount=9, rejected=9)
    asked = claim.dispositions.create(kind="write_off", amount=9, currency="USD", reason="-", requested_by=by)
    return {"claims": claim, "dispositions": asked}


def _card(patient: Patient) -> Any:
    return Coverage.objects.filter(patient=patient).first() or insure.coverage(patient)


def _credited(invoice: Any, cashier: User) -> Any:
    line = invoice.lines.first()
    note = request_credit(invoice=invoice, amounts={line.pk: line.net}, reason="not done", by=cashier)
    note = approve_credit(note=note, by=User.objects.get(username="accountant"))
    return pay_refund(note=note, method="bank", notes_in="USD", reference="FT-1", by=cashier).credit_note


def _printed(note: Any, cashier: User) -> dict[str, Any]:
    """A credit note with what was paid out for it, and the papers of both."""
    sheet = {"copy": 1, "language": "en", "paper": "a5", "printed_by": cashier}
    return {
        "credits": note,
        "credit-papers": note.prints.create(**sheet),
        "refunds": note.refund,
        "refund-papers": note.refund.prints.create(**sheet),
    }


def _written_off(invoice: Any, cashier: User) -> Any:
    """Asked for and declined: it waits for nobody."""
    return invoice.write_offs.create(
        currency="USD", amount=1, reason="-", requested_by=cashier, status="declined", decline_reason="-",
        decided_by=User.objects.get(username="accountant"),
    )  # fmt: skip


def _deposited(patient: Patient, cashier: User) -> dict[str, Any]:
    deposit = take_deposit(patient=patient, tenders=[Paid("cash", "USD", Decimal(5))], by=cashier)
    account = deposit.moves.get().account
    refund = request_deposit_refund(account=account, patient=patient, amount=Decimal(5), reason="left", by=cashier)
    refund = approve_deposit_refund(refund=refund, by=User.objects.get(username="accountant"))
    refund = pay_deposit_refund(refund=refund, method="bank", notes_in="USD", reference="FT-2", by=cashier)
    sheet = {"copy": 1, "language": "en", "paper": "a5", "printed_by": cashier}
    return {
        "deposits": deposit,
        "deposit-papers": deposit.prints.create(**sheet),
        "deposit-refunds": refund,
        "deposit-refund-papers": refund.prints.create(**sheet),
    }


def _shown_code(invoice: Any, payment: Any) -> QrRequest:
    """A code that was shown and given up."""
    return QrRequest.objects.create(
        invoice=invoice, shift=payment.shift, cashier=payment.cashier, status="cancelled", amount=1, currency="USD",
        account_id="a@b", code="-", md5=new_id().hex, expires_at=payment.received_at,
    )  # fmt: skip


@pytest.fixture
def hidden(samaki, admin) -> Subject:
    """A very restricted patient of the own branch, alone."""
    furnish(1)
    place = place_of(Branch.objects.get())
    open_till(place)
    [[patient]] = make_patients(1, seed=11, over=timedelta(days=3))
    live(Story(place, patient, CASE, "doctor", Random(7)))
    Patient.objects.filter(pk=patient.pk).update(confidentiality="very_restricted")
    return Subject("very_restricted", "own", patient, records_of(patient))


@pytest.fixture
def subjects(samaki, admin) -> list[Subject]:
    own = Branch.objects.get()
    _hire("nurse9", "nurse")
    _hire("receptionist9", "receptionist")
    _hire("psychiatrist9", "doctor")
    StaffProfile.objects.filter(user__username="psychiatrist9").update(specialties=["psychiatry"])
    other = _second_branch(own)
    furnish(2)
    people = [one for batch in make_patients(5, seed=11, over=timedelta(days=3)) for one in batch]
    found = []
    for branch, place in (("own", place_of(own)), ("other", place_of(other))):
        if branch == "own":
            open_till(place)
        for level in LEVELS[branch]:
            patient = people.pop()
            live(Story(place, patient, CASE, "doctor", Random(7)))
            Patient.objects.filter(pk=patient.pk).update(confidentiality=level)
            found.append(Subject(level, branch, patient, records_of(patient)))
        if branch == "own":
            patient = people.pop()
            live(Story(place, patient, CASE, "doctor", Random(7)))
            patient.encounters.update(specialty="psychiatry")
            found.append(Subject("normal", branch, patient, records_of(patient), specialty="psychiatry"))
    Assignment.objects.exclude(role__code="owner").update(branch=own)
    return found


def live(story: Story) -> None:
    """A whole visit, and what else is written down about a patient."""
    whole_visit(story, lambda minutes: None)
    doctor = story.doctor
    record_allergy(patient=story.patient, substance="Penicillin", by=doctor)
    record_condition(patient=story.patient, text="Asthma", by=doctor)
    record_history(patient=story.patient, text="Appendectomy", by=doctor)
    PatientDocument.objects.create(
        patient=story.patient, kind="other", title="Letter", name=str(new_id()), content_type="application/pdf", size=1,
        added_by=doctor,
    )  # fmt: skip


def _hire(username: str, role: str) -> None:
    user = User.objects.create_user(username, full_name=username)
    StaffProfile.objects.create(user=user)
    assign_role(user=user, role=role, by=None)


def _second_branch(like: Branch) -> Branch:
    branch = Branch.objects.create(code="B2", name_en="Second", name_km="Second", name_zh_hans="Second")
    for one in like.departments.all():
        names = {name: getattr(one, name) for name in ("name_en", "name_km", "name_zh_hans")}
        made = Department.objects.create(
            branch=branch, code=one.code, kind=one.kind, queue_prefix=one.queue_prefix, **names
        )
        for room in one.rooms.all():
            Room.objects.create(department=made, code=room.code, name_en="R", name_km="R", name_zh_hans="R")
    return branch


# --- What is expected -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """One address with the words before its arguments, and the permission its view demands."""

    address: str
    permission: str
    words: tuple[str, ...]
    room: str
    name: str
    asks: bool  # answers questions by POST (core.asking)

    @property
    def is_of_a_patient(self) -> bool:
        return any(word not in NOT_OF_A_PATIENT for word in self.words)

    def path(self, subject: Subject) -> str:
        records = iter(self.words)

        def fill(found: re.Match[str]) -> str:
            if found[0].startswith("<int"):
                return "1"
            return "-" if found[0].startswith("<str") else str(subject.records[next(records)])

        return "/" + re.sub(r"<[^>]+>", fill, self.address)


def doors() -> list[Door]:
    found = []
    for address, view in addresses("portal"):
        if "<" in address and hasattr(view, "permission"):
            room = view.__module__.partition(".")[0]
            words = tuple(_words(address))
            found.append(Door(address, view.permission, words, room, view.__name__, hasattr(view, "asks")))
    return found


def _words(address: str) -> Iterator[str]:
    """The word before each argument that names a record."""
    for found in re.finditer(r"([a-z-]+)/<(?:uuid|slug|str):", address):
        word = found[1]
        longer = f"{address.partition('/')[0]}/{word}"
        if word == "receipts" and "stock/" in address:
            word = "stock/receipts"
        yield longer if word == "items" else word


DOORS = doors()
ACTS_ONLY: set[str] = set()  # learned while walking
OF_PATIENTS = [door for door in DOORS if door.is_of_a_patient and door.name not in CLOSED]


def sees(who: str, user: User, subject: Subject) -> bool:
    """The rule of the three levels."""
    if subject.level == "normal" or who in TREATING:
        return True
    return subject.level == "restricted" and user.may("patient:view_restricted")


def sees_consultation(who: str, subject: Subject) -> bool:
    """The rule of protected specialisations, for the consultation with its note and diagnoses."""
    return not subject.specialty or who in TREATING or who == "psychiatrist9"


def works_on(who: str, user: User, door: Door) -> bool:
    """Steps that need an identity and no chart."""
    if door.room == "laboratory":
        return bool(BENCH & user.granted) and bool({"orders", "specimens", "laboratory/items"} & {*door.words})
    if door.room == "pharmacy":
        counter = {"prescriptions", "dispenses", "lines", "pharmacy/items"}
        return user.may("dispense:prepare") and bool(counter & {*door.words})
    if door.room in ("billing", "gateways"):
        return who == "cashier"  # was paid today by all of them
    if door.room == "claims":
        return user.may("claim:prepare")  # as at the cash desk, whoever it is about
    if door.room == "queueing":
        return True  # a number in a line; the name is veiled
    if door.room == "oversight":
        return True  # who watches over the trail sees who read a record, not the record
    return door.name == "visit_enrolled" and who == "receptionist"  # opened the visits today


def reaches(who: str, user: User, door: Door, subject: Subject) -> bool:
    if "tickets" in door.words and subject.branch == "other" and who != "owner":
        return False  # lines end at the branch, records do not
    if door.words[-1] in OF_A_CONSULTATION and not sees_consultation(who, subject):
        return works_on(who, user, door)
    return sees(who, user, subject) or works_on(who, user, door)


# --- The walk ---------------------------------------------------------------------------------------------------------


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done within does not stay."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Any, door: Door, subject: Subject) -> int:
    """The status of reading an address, or of sending it an empty form where it only acts."""
    path = door.path(subject)
    if door.address not in ACTS_ONLY:
        status = client.get(path).status_code
        if status != 405:
            return status
        ACTS_ONLY.add(door.address)
    with undone():
        return client.post(path, {"_once": str(new_id())}).status_code


@pytest.fixture
def no_drawing(monkeypatch) -> None:
    """Who may enter is decided before a page is drawn."""
    monkeypatch.setattr(Template, "render", lambda self, context=None, request=None: SafeString(""))
    monkeypatch.setattr("core.pdf.typst.compile", lambda *args, **kwargs: b"%PDF")


def test_every_address_is_of_a_known_kind():
    known = {*NOT_OF_A_PATIENT, "patients", "documents", "visits", "encounters", "vitals", "notes", "diagnoses"}
    known |= {"allergies", "problems", "history", "orders", "specimens", "laboratory/items", "tests", "critical"}
    known |= {"prescriptions", "pharmacy/items", "dispenses", "lines", "invoices", "charges", "payments", "receipts"}
    known |= {"tickets", "archives", "credits", "coverages", "authorisations"}
    known |= {"tickets", "archives", "credits", "concessions", "deposits", "deposit-refunds", "khqr", "links"}
    known |= {"write-offs", "reminders", "refunds"}
    known |= {f"{word}-papers" for word in ("invoice", "deposit", "deposit-refund", "credit", "refund", "statement")}
    known |= {"claims", "dispositions"}
    unknown = {f"{door.address}: {word}" for door in DOORS for word in door.words if word not in known}
    assert unknown == set(), "say in NOT_OF_A_PATIENT or in records_of() what this address is about"
    assert {door.address for door in DOORS if not door.words} == set()


def test_every_role_at_every_record_of_every_patient(subjects, client_for, staff, no_drawing):
    wrong: list[str] = []
    opened: set[str] = set()
    refused: set[tuple[frozenset[str], str]] = set()
    for who in PEOPLE:
        user, client = staff(who), client_for(who)
        for door in OF_PATIENTS:
            if who in ONLY and door.room not in ONLY[who]:
                continue
            if (known := (frozenset(user.role_codes), door.address)) in refused:
                continue  # a second person of a role whose permissions do not open it
            if not user.may(door.permission) and door.permission != "signed-in":
                refused.add(known)
            wrong += _walk(door, who, user, client, subjects, opened)
    assert wrong == []
    never = {door.address for door in OF_PATIENTS} - opened
    assert never == set(), "nobody could open these: the walk proves nothing for them"


def _walk(door: Door, who: str, user: User, client: Any, subjects: list[Subject], opened: set[str]) -> Iterator[str]:
    first = ask(client, door, subjects[0])
    if not user.may(door.permission) and door.permission != "signed-in":
        if first != 403:
            yield f"{who} without {door.permission}: {door.address} {first}"
        return
    for subject in subjects:
        if subject.specialty and door.room not in CARE:
            continue  # to those who count and claim, as the patient without a protected consultation
        status = first if subject is subjects[0] else ask(client, door, subject)
        expected = first if reaches(who, user, door, subject) else 404
        if first != 404:
            opened.add(door.address)
        if status != expected:
            yield f"{who}: {door.address} ({door.name}) {subject.level}, {subject.branch}: {status}, not {expected}"


LISTS: list[tuple[str, Callable[..., Any]]] = [
    (address, view) for address, view in addresses("portal") if "<" not in address and hasattr(view, "permission")
]


def test_lists_name_only_whom_one_may_know(subjects, client_for, staff):
    """Every address without arguments, drawn: no name and no number of a patient out of sight, in no role.

    The trail names a row by its number, and no person.
    """
    wrong = []
    for who in STRANGERS:
        user, client = staff(who), client_for(who)
        hidden = [one for one in subjects if not sees(who, user, one)]
        for address, view in LISTS:
            if view.permission != "signed-in" and not user.may(view.permission):
                continue
            with undone():
                page = client.get(f"/{address}").content.decode(errors="replace")
            room = view.__module__.partition(".")[0]
            if room in _at_work(user):
                continue
            wrong += [
                f"{who}: /{address} tells of a {one.level} patient ({one.branch})"
                for one in hidden
                if (one.patient.mrn in page and room != "oversight") or one.patient.latin_name in page
            ]
    assert wrong == []


def _at_work(user: User) -> set[str]:
    """Rooms whose own worklists name whoever stands at the counter."""
    found = set()
    if BENCH & user.granted:
        found |= {"laboratory", "reports"}
    if user.may("dispense:prepare"):
        found |= {"pharmacy", "reports"}
    if user.may("claim:prepare"):
        found |= {"claims"}
    return found


def test_behind_broken_glass_every_page_is_red_without_acts_and_every_paper_is_stamped(hidden, client_for, staff):
    """The doctor of another patient: each page about this one carries the banner and offers no act, each act is
    refused, each paper says how it was opened."""
    subject = hidden
    user, client = staff("doctor2"), client_for("doctor2")
    why = {"reason": "cover", "explanation": "Stands in for the treating doctor", "_once": str(new_id())}
    assert client.post(f"/patients/guarded/?number={subject.patient.mrn}", why).status_code == 302
    wrong, read, papers = [], 0, 0
    for door in OF_PATIENTS:
        if not user.may(door.permission) or door.room == "queueing" or door.name == "medicine_search":
            continue  # a line shows numbers, and the list of medicines is about nobody
        path = door.path(subject)
        with undone():
            seen = client.get(path)
            sent = client.post(path, {"_once": str(new_id())})
        if sent.status_code not in {403, 404, 405} and not door.asks:
            wrong.append(f"POST {door.address}: {sent.status_code}")
        is_page = seen.status_code == 200 and "text/html" in seen["Content-Type"] and b"<html" in seen.content
        read += is_page
        if is_page and b"data-glass" not in seen.content:
            wrong.append(f"no banner: {door.address}")
        if is_page:
            wrong += [f"{door.address} offers {act}" for act in _acts_on(seen.content.decode())]
        if seen.status_code == 200 and seen["Content-Type"] == "application/pdf":
            papers += 1
            wrong += [] if "MeasSophea,20" in _text(seen.content) else [f"bare: {door.address}"]
    assert wrong == []
    assert read >= 5
    assert papers >= 2


def test_who_treats_is_offered_acts_and_papers_without_a_stamp(hidden, client_for):
    client = client_for("doctor")
    assert _acts_on(client.get(f"/patients/{hidden.patient.pk}/").content.decode()) != []
    paper = client.get(f"/laboratory/orders/{hidden.records['orders']}/report.pdf")
    assert "SokPiseth" in _text(paper.content)  # who ordered the tests
    assert "breakingtheglass" not in _text(paper.content)


def _acts_on(page: str) -> list[str]:
    """What the main part of a page offers to do: forms that are sent, links to views that act."""
    main = page.partition("<main")[2].partition("</main>")[0]
    links = [path for path in re.findall(r'(?:href|hx-get)="(/[^"?#]*)', main) if not path.startswith("/static/")]
    forms = re.findall(r'<form[^>]*method="post"[^>]*action="(/[^"?#]*)', main)
    acting = [path for path in links if getattr(resolve(path, "config.urls_portal").func, "acts_once", False)]
    sent = [path for path in forms if not hasattr(resolve(path, "config.urls_portal").func, "asks")]
    return [*sent, *re.findall(r'<form(?![^>]*action=)[^>]*method="post"[^>]*>', main), *acting]


def _text(paper: bytes) -> str:
    """The text layer of a PDF without its blanks."""
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages).split())
