"""Two hospitals at once through the same workers and pooled connections: nothing of one may reach the other.

Many clients of both read and write side by side. Every answer is searched for ids of the other hospital's rows; every
third request tries a door with the neighbour's id or the neighbour's session. A crossing is counted, never excused.
"""

import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random

from django.apps import apps
from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from demo.bench.client import Browser, Request
from demo.bench.people import cookies_of
from demo.bench.scenarios import HTMX, acting

CLIENTS = 8
HOSPITALS = ("samaki", "royal")
WHO = ("receptionist", "doctor", "nurse", "cashier")
LEAST_KNOWN = 5  # ids of each hospital to recognise it by
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_PAGES = (
    "/",
    "/patients/",
    "/patients/?q=so",
    "/patients/?q=ch",
    "/clinic/",
    "/clinic/triage/",
    "/queue/",
    "/billing/",
)


@dataclass
class Crossings:
    """What came of it: requests by status, and each answer that held something of the other hospital."""

    statuses: Counter[int] = field(default_factory=Counter)
    crossed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())


@dataclass(frozen=True)
class Known:
    """What a hospital is recognised by, its patients, and those of them whom all its staff may see."""

    ids: frozenset[bytes]
    patients: tuple[str, ...]
    open_patients: tuple[str, ...]


def known(schema: str, most: int = 20_000) -> Known:
    """The newest ids of every table of a hospital that is keyed by UUID."""
    from patients.models import Patient
    from patients.states import Confidentiality

    with schema_context(schema):
        ids = {
            str(pk).encode()
            for model in apps.get_models()
            if model._meta.app_label in settings.TENANT_APPS and model._meta.pk.get_internal_type() == "UUIDField"
            for pk in model._base_manager.order_by("-pk").values_list("pk", flat=True)[:most]
        }
        newest = Patient.objects.order_by("-pk").values_list("pk", "confidentiality")[:500]
        patients = tuple(str(pk) for pk, _level in newest)
        open_patients = tuple(str(pk) for pk, level in newest if level == Confidentiality.NORMAL)
    connection.set_schema_to_public()
    return Known(frozenset(ids), patients, open_patients)


def prove(port: int, requests: int, seed: int = 7) -> Crossings:
    """Send so many requests with eight clients, each of which works in both hospitals in turn."""
    facts = {schema: known(schema) for schema in HOSPITALS}
    if any(len(one.ids) < LEAST_KNOWN or not one.open_patients for one in facts.values()):
        raise ValueError("Both hospitals need patients to be told apart")
    walk = _Walk(port, requests, facts)
    threads = [threading.Thread(target=walk.work, args=(Random(seed + client),)) for client in range(CLIENTS)]  # noqa: S311
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return walk.found


class _Walk:
    """What the clients share."""

    def __init__(self, port: int, requests: int, facts: dict[str, Known]) -> None:
        self.port, self.requests, self.facts = port, requests, facts
        self.cookies = {(schema, who): cookies_of(schema, who) for schema in HOSPITALS for who in WHO}
        self.found, self.numbers, self.lock = Crossings(), count(), threading.Lock()

    def work(self, chance: Random) -> None:
        """One client: a connection for each person in each hospital, used in any order."""
        mine = {(schema, who): self._browser(schema, schema, who) for schema, who in self.cookies}
        while next(self.numbers) < self.requests:
            schema, who = chance.choice(list(mine))
            other = HOSPITALS[1 - HOSPITALS.index(schema)]
            request, wanted = _request(chance, self.facts, schema, other)
            stranger = self._browser(schema, other, who) if wanted == "stranger" else None
            self._ask(stranger or mine[schema, who], request, wanted, other)
            if stranger:
                stranger.close()

    def _browser(self, host: str, schema: str, who: str) -> Browser:
        """A browser at one hospital's door with a session of the same or the other one."""
        return Browser(self.port, f"portal.{host}.localhost", dict(self.cookies[schema, who]))

    def _ask(self, browser: Browser, request: Request, wanted: str, other: str) -> None:
        try:
            answer = browser.send(request)
        except OSError as error:
            with self.lock:
                self.found.errors.append(str(error))
            return
        foreign = set(_UUID.findall(answer.body)) & self.facts[other].ids - set(_UUID.findall(request.path.encode()))
        with self.lock:
            self.found.statuses[answer.status] += 1
            if foreign or not _fits(answer.status, wanted):
                place = f"{browser.host}{request.path}"
                self.found.crossed.append(f"{place}: {answer.status}, {len(foreign)} foreign ids")


def _request(chance: Random, facts: dict[str, Known], schema: str, other: str) -> tuple[Request, str]:
    """What to ask, and how it has to end: "own" page, "foreign" record, "stranger" with the neighbour's session."""
    way = chance.random()
    if way < 0.4:
        return Request(chance.choice(_PAGES), headers=HTMX if chance.random() < 0.5 else {}), "own"
    if way < 0.65:
        return Request(f"/patients/{chance.choice(facts[schema].open_patients)}/"), "own"
    if way < 0.7:
        return Request("/set-theme/", acting({"theme": chance.choice(("light", "dark")), "next": "/"})), "own"
    if way < 0.85:
        return Request(f"/patients/{chance.choice(facts[other].patients)}/"), "foreign"
    return Request(chance.choice(_PAGES)), "stranger"


def _fits(status: int, wanted: str) -> bool:
    """One's own page may be forbidden to the role; a foreign record does not exist; a stranger has to sign in."""
    if wanted == "foreign":
        return status in (403, 404)
    return status == 302 if wanted == "stranger" else status in (200, 302, 403)
