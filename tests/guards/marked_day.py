"""A day with a patient made of markers, lived at the running web server: every door opened, every form filled."""

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser
from http.client import HTTPConnection
from random import Random
from urllib.parse import quote, urlencode, urljoin

from django.apps import apps
from pypdf import PdfWriter

from core.ids import new_id
from tests.cast import CAST
from tests.guards import sources
from tests.guards.markers import MARKERS, found_in
from tests.guards.test_doors import addresses
from tests.support.clients import HospitalClient, host_of
from tests.support.web import Web

ROOMS = {*sources.ROOMS} - {"core", "audit", "accounts", "terminology", "hospitals"}
# Rows about goods, prices, rooms and papers of the house: what is typed there says nothing of a patient.
NOT_ABOUT_PATIENTS = {
    "billing.views.accounts",
    "billing.views.drawers",
    "billing.views.fees",
    "billing.views.funds",
    "billing.views.packages",
    "billing.views.price_lists",
    "billing.views.prices",
    "billing.views.promotions",
    "billing.views.rates",
    "billing.views.shifts",
    "cashoffice.views.deposits",
    "cashoffice.views.reasons",
    "cashoffice.views.rules",
    "cashoffice.views.statements",
    "cashoffice.views.unknown",
    "claims.views.batches",
    "crm.views.tiers",
    "gateways.views.setup",
    "insurance.views.payers",
    "laboratory.views.catalogue",
    "pharmacy.views.adjustments",
    "pharmacy.views.formulary",
    "pharmacy.views.receipts",
    "pharmacy.views.stock",
    "queueing.views.displays",
}


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: action and fields as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str], set[str]]] = []
        self._open = self._search = False
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = facts.get("method", "").lower() == "post" and "multipart" not in facts.get("enctype", "")
            self._search = facts.get("role") == "search"
            if self._open:
                self.forms.append((facts.get("action", ""), {}, set()))
        elif self._open and facts.get("name"):
            self._take(tag, facts)
        elif self._open and tag == "option" and self._select:
            fields = self.forms[-1][1]
            if "selected" in facts or not fields.get(self._select):
                fields[self._select] = facts.get("value", "")

    def _take(self, tag: str, facts: dict[str, str]) -> None:
        _, fields, typed = self.forms[-1]
        name, kind = facts["name"], facts.get("type", "text")
        self._select = name if tag == "select" else ""
        self._area = name if tag == "textarea" else ""
        if tag == "textarea" or (tag == "input" and kind in {"text", "search", "email", "tel"}):
            fields[name] = facts.get("value", "")
            if not (self._search and "data-date" in facts):  # a filter's dates may stand in an address
                typed.add(name)
        elif kind not in {"checkbox", "radio"} or "checked" in facts or name not in fields:
            fields[name] = facts.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        if tag in {"select", "textarea"}:
            self._select = self._area = ""


VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
TYPED = {"text", "search", "email", "tel"}
ADDRESS = re.compile(r'(?:href|src|action|formaction|data-[a-z-]*url|hx-[a-z-]+)="([^"]*)"')


class Questions(HTMLParser):
    """What a page would ask for by GET once its fields are typed into: addresses with the fields they would carry.

    A form sent by GET, an element with ``hx-get``, and the fields that ``hx-include`` and ``hx-params`` name.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self._stack: list[tuple[str, dict[str, str]]] = []
        self._askers: list[tuple[int, dict[str, str]]] = []
        self._typed: list[tuple[str, list[int]]] = []  # name, elements around it
        self._places: list[int] = []
        self._ids: dict[str, int] = {}
        self._serial = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        self._serial += 1
        around = [*self._places, self._serial]
        if facts.get("id"):
            self._ids[facts["id"]] = self._serial
        in_figures = facts.get("inputmode") in {"numeric", "decimal"}  # dates and amounts
        if tag == "textarea" or (tag == "input" and facts.get("type", "text") in TYPED and not in_figures):
            self._typed.append((facts.get("name", ""), around))
        by_get = tag == "form" and facts.get("method", "get").lower() == "get"
        if by_get or "hx-get" in facts:
            self._askers.append((self._serial, facts | {"form": str(self._form_around(tag))}))
        if tag not in VOID:
            self._places.append(self._serial)
            self._stack.append((tag, facts))

    def _form_around(self, tag: str) -> int:
        open_forms = [place for place, (name, _) in zip(self._places, self._stack, strict=True) if name == "form"]
        return self._serial if tag == "form" else (open_forms or [0])[-1]

    def handle_endtag(self, tag: str) -> None:
        while self._stack:
            name, _ = self._stack.pop()
            self._places.pop()
            if name == tag:
                return

    def asked(self) -> Iterator[tuple[str, list[str]]]:
        for place, facts in self._askers:
            include = facts.get("hx-include", "")
            within = {place}
            if include == "closest form":
                within.add(int(facts["form"]))
            elif include.startswith("#"):
                within.add(self._ids.get(include[1:], 0))
            names = [name for name, around in self._typed if name and within & {*around}]
            chosen = facts.get("hx-params", "*")
            listed = {one.strip() for one in chosen.removeprefix("not ").split(",")}
            if chosen.startswith("not "):
                names = [name for name in names if name not in listed]
            elif chosen != "*":
                names = [name for name in names if name in listed]
            if names:
                yield facts.get("hx-get") or facts.get("action", ""), names


@dataclass
class Person:
    """Somebody at the running web server; what the server says about addresses is kept."""

    web: Web
    username: str
    hospital: str = "samaki"
    cookies: dict[str, str] = field(default_factory=dict)
    leads_to: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        from accounts.models import User

        client = HospitalClient(self.hospital)
        client.sign_in(User.objects.get(username=self.username))
        self.cookies["sessionid"] = client.cookies["sessionid"].value
        self.get("/")

    def get(self, path: str) -> str:
        self.addresses.append(path)
        return self._ask("GET", path, None)

    def get_by_hand(self, path: str) -> str:
        """An address somebody wrote or kept: it is answered, and nothing of it goes on."""
        return self._ask("GET", path, None)

    def post(self, path: str, data: dict[str, str], **headers: str) -> str:
        self.addresses.append(path)
        token = self.cookies.get("csrftoken", "")
        return self._ask("POST", path, urlencode({**data, "csrfmiddlewaretoken": token}), **headers)

    def _ask(self, method: str, path: str, body: str | None, **more: str) -> str:
        headers = {**{name.replace("_", "-"): value for name, value in more.items()}}
        headers |= {"Host": f"{host_of(self.hospital, 'portal')}:{self.web.port}", "Cookie": self._cookie()}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{headers['Host']}"}
        link = HTTPConnection("127.0.0.1", self.web.port, timeout=60)
        link.request(method, path, body, headers)
        answer = link.getresponse()
        page = answer.read().decode(errors="replace")
        link.close()
        named = ("Location", "Content-Location", "HX-Push-Url", "HX-Replace-Url", "HX-Redirect", "Link", "Refresh")
        self.leads_to = [answer.headers[name] for name in named if answer.headers.get(name)]
        self.addresses += self.leads_to
        if "<" in page:
            shown = {unescape(one) for one in ADDRESS.findall(page)}
            self.addresses += [one for one in shown if not one.startswith(("tel:", "mailto:")) and found_in(one)]
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            self.addresses.append(value)
        self.statuses.append(answer.status)
        self.status = answer.status
        return page

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def registration() -> dict[str, str]:
    return {
        "_once": str(new_id()),
        "family_name": MARKERS["family name"],
        "given_name": MARKERS["given name"],
        "native_family_name": MARKERS["Khmer family name"],
        "native_given_name": MARKERS["Khmer given name"],
        "sex": "female",
        "birth_date": MARKERS["birth date"],
        "phone": f"0{MARKERS['phone']}",
        "phone_other": f"0{MARKERS['second phone']}",
        "email": f"{MARKERS['email']}@example.com",
        "street": MARKERS["street"],
        "village": MARKERS["village"],
        "national_id": MARKERS["national ID"],
        "contact_name": MARKERS["contact"],
        "contact_phone": f"0{MARKERS['phone of the contact']}",
        "contact_relationship": "sibling",
        "nationality": "KH",
        "preferred_language": "km",
        "confidentiality": "normal",
        "different_reason": MARKERS["typed into a form"],
    }


def live_a_day() -> None:
    """Everything the services write about a patient, with markers in every text."""
    from accounts.models import Branch
    from clinical.services.allergies import record_allergy
    from demo.cases import CASES
    from demo.services.setting import furnish, place_of
    from demo.services.story import Story, whole_visit
    from demo.services.today import open_till
    from patients.models import Patient
    from patients.services.documents import add_document

    furnish(2)
    place = place_of(Branch.objects.get())
    open_till(place)
    person = Patient.objects.get()
    case = next(case for case in CASES if case.tests and case.drugs)
    texts = dict.fromkeys(("subjective", "objective", "assessment", "plan"), MARKERS["note"])
    case = replace(case, complaint=MARKERS["reason of the visit"], **texts)
    doctor = place.people["doctor"]
    record_allergy(patient=person, substance=MARKERS["diagnosis"], reaction=MARKERS["note"], by=doctor)
    whole_visit(Story(place, person, case, "doctor", Random(7)), lambda minutes: None)
    waiting = Story(place, person, case, "doctor2", Random(8))
    waiting.arrive()
    waiting.triage()
    waiting.begin()
    waiting.write()
    paper, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": MARKERS["note"]})
    writer.write(paper)
    paper.seek(0)
    add_document(patient=person, kind="other", title=MARKERS["title of a paper"], file=paper, by=doctor)


def doors() -> list[tuple[str, object]]:
    return [
        (address, view)
        for address, view in addresses("portal")
        if view.__module__.partition(".")[0] in ROOMS and hasattr(view, "permission")
    ]


def paths(address: str, ids: list[str]) -> Iterator[tuple[str, str]]:
    """The address with one record's id after the other; and the record."""
    if "<" not in address:
        yield f"/{address}", ""
        return
    for record in ids:
        numbered = re.sub(r"<int:\w+>", "1", address)
        yield "/" + re.sub(r"<(?:\w+:)?\w+>", record, numbered), record


def ids_by_room() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for model in apps.get_models():
        if model._meta.app_label in ROOMS and model._meta.pk.get_internal_type() == "UUIDField":
            newest = model.objects.order_by("-pk").values_list("pk", flat=True)[:1]
            found[model._meta.app_label] += [str(pk) for pk in newest]
    return found


def walk(people: dict[str, Person]) -> None:
    """Open every door; send its forms with markers in their text fields."""
    from accounts.models import User

    users = {username: User.objects.get(username=username) for username in CAST}
    ids, fitting = ids_by_room(), {}
    for address, view in doors():
        word = address.partition("/<")[0].rpartition("/")[2]  # what fitted another address of "invoices" is tried first
        likely = [fitting[word]] if word in fitting else []
        able = next((name for name in CAST if users[name].may(view.permission)), "doctor")
        unable = next((name for name in CAST if not users[name].may(view.permission)), "accountant")
        for path, record in paths(address, [*likely, *ids[view.__module__.partition(".")[0]], *ids["patients"][:4]]):
            page = people[able].get(path)
            status = people[able].status
            if view.__module__ not in NOT_ABOUT_PATIENTS:
                if status == 405:
                    act_blindly(people[able], path)
                elif status == 200:
                    fill(people[able], path, page)
                    ask(people[able], path, page)
            if status == 200:
                fitting[word] = record
            if status in {200, 302, 405}:
                break
        people[unable].post(path, {"_once": str(new_id()), "reason": MARKERS["typed by somebody who may not"]})


def act_blindly(person: Person, path: str) -> None:
    words = dict.fromkeys(("reason", "note", "text", "name", "q", "question", "answer"), MARKERS["typed into a form"])
    person.post(path, {"_once": str(new_id()), **words})


def fill(person: Person, path: str, page: str) -> None:
    for action, fields, typed in Forms(page).forms:
        target = urljoin(path, action) if action else path
        if target.startswith(("/account", "/login", "/logout", "/language", "/theme", "/set-", "/staff")):
            continue
        fields = {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}
        person.post(target, {**fields, **dict.fromkeys(typed, MARKERS["typed into a form"])})


def ask(person: Person, path: str, page: str) -> None:
    """Type into everything that is sent by GET: whatever stands in the address then is found among the addresses."""
    for action, names in Questions(page).asked():
        target = urljoin(path, action.partition("?")[0]) if action else path
        person.get(f"{target}?{urlencode(dict.fromkeys(names, MARKERS['typed into a form']))}")


SEARCHES = {
    "receptionist": ("/patients/", "/patients/families/options/"),
    "cashier": ("/billing/", "/billing/invoices/"),
}
SEARCHES |= {"pharmacist": ("/pharmacy/",), "labtech": ("/laboratory/",), "owner": ("/staff/", "/oversight/trail/")}


def search(people: dict[str, Person]) -> None:
    """Typed into a search: no address carries the words, whether the form, HTMX or a hand sent them."""
    words = (MARKERS["family name"], MARKERS["Khmer given name"], f"0{MARKERS['phone']}", MARKERS["national ID"])
    for who, places in SEARCHES.items():
        for place in places:
            for word in words:
                typed = {"q": word, "record": word}
                people[who].post(place, typed)
                assert people[who].status == 302, (who, place, people[who].status)
                people[who].get(people[who].leads_to[0])
                people[who].post(place, typed, HX_Request="true", HX_Current_URL=f"http://localhost{place}")
                assert people[who].leads_to, (who, place)
                people[who].get_by_hand(f"{place}?q={quote(word)}&record={quote(word)}")
                assert people[who].status in {200, 302}, (who, place, people[who].status)
    people["receptionist"].get_by_hand(f"/patients/new/?q={quote(words[0])}")


def provoke(person: Person) -> None:
    """400 and 404; the walk brings 403, 409 and 422."""
    many = {f"field{number}": MARKERS["typed into a form"] for number in range(2_100)}
    person.post("/patients/new/", many)
    assert person.status == 400, person.status
    person.get(f"/patients/{new_id()}/")
    assert person.status == 404
    kept = person.cookies.pop("csrftoken")
    person.post("/patients/new/", registration())
    assert person.status == 403
    person.cookies["csrftoken"] = kept


def break_jobs() -> None:
    """A job whose handler is gone; it fails each time it is tried."""
    from core.models import Delivery, Event
    from core.tasks import send_deliveries

    event = Event.objects.create(name="clinical.note_signed", payload={"note_id": str(new_id())})
    delivery = Delivery.objects.create(event=event, subscriber="nobody.listens")
    send_deliveries([delivery.pk], schema="samaki")
