"""Runs a scenario: alone, turn by turn with the bare view; then with eight clients at once; counts its statements."""

import statistics
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.once import FIELD
from demo.bench.client import Browser, Request
from demo.bench.people import cookies_of
from demo.bench.scenarios import Scenario
from demo.bench.server import Server

CLIENTS = 8
WARM = 12


@dataclass
class Row:
    """One line of the table; times in milliseconds."""

    scenario: Scenario
    p50: float = 0.0
    p95: float = 0.0
    bare: float = 0.0
    processor: float = 0.0
    bare_processor: float = 0.0
    per_second: float = 0.0
    errors: int = 0
    statements: int = 0
    kilobytes: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def multiple(self) -> float:
        return self.p50 / self.bare if self.bare else 0.0

    @property
    def processor_multiple(self) -> float:
        return self.processor / self.bare_processor if self.bare_processor else 0.0

    @property
    def misses(self) -> list[str]:
        found = []
        if self.scenario.aim and self.multiple > self.scenario.aim:
            found.append(f"{self.multiple:.1f}x > {self.scenario.aim:g}x")
        if self.p95 > 200:
            found.append("p95 > 200 ms")
        if self.errors:
            found.append(f"{self.errors} errors")
        return found


def measure(scenario: Scenario, product: Server, bare: Server, requests: int) -> Row:
    """Everything about one scenario."""
    row = Row(scenario)
    cookies = _cookies(scenario)
    row.statements = _count_statements(scenario, cookies[0])
    spare = scenario.most - WARM - 1
    alone = min(requests, spare // 2)
    spent, bare_spent = product.processor_seconds(), bare.processor_seconds()
    _alone(row, product, bare, cookies[0], alone)
    row.processor = (product.processor_seconds() - spent) / (alone + WARM) * 1000
    row.bare_processor = (bare.processor_seconds() - bare_spent) / (alone + WARM) * 1000
    _together(row, product, cookies, min(requests, spare - alone))
    return row


def host_of(scenario: Scenario) -> str:
    return f"{scenario.surface}.{scenario.schema}.localhost"


def _cookies(scenario: Scenario) -> list[dict[str, str]]:
    """One signed-in browser each; several people take turns where a scenario names them."""
    if not scenario.who:
        return [{} for _ in range(CLIENTS)]
    people = scenario.who.split()
    sessions = scenario.sessions or [{}]
    return [
        cookies_of(scenario.schema, people[place % len(people)], **sessions[place % len(sessions)])
        for place in range(CLIENTS)
    ]


def _alone(row: Row, product: Server, bare: Server, cookies: dict[str, str], requests: int) -> None:
    """Turn by turn with the bare view, so that both feel the same weather."""
    scenario = row.scenario
    browser, plain = Browser(product.port, host_of(scenario), cookies), Browser(bare.port, "localhost")
    times, bare_times, sizes = [], [], []
    for place, request in enumerate(islice(scenario.requests, requests + WARM)):
        answer, beside = browser.send(request), plain.send(Request("/"))
        if scenario.undo:
            scenario.undo()
        if answer.status not in request.expected or beside.status != 200:
            row.errors += 1
        elif place >= WARM:
            times.append(answer.seconds * 1000)
            bare_times.append(beside.seconds * 1000)
            sizes.append(len(answer.body) / 1024)
    if times:
        row.p50, row.p95 = statistics.median(times), _percentile(times, 0.95)
        row.bare, row.kilobytes = statistics.median(bare_times), statistics.median(sizes)


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _together(row: Row, product: Server, cookies: list[dict[str, str]], requests: int) -> None:
    """Eight clients at once. The rate is that of busy clients: what is put back between requests does not count."""
    scenario, lock = row.scenario, threading.Lock()
    waiting = list(islice(scenario.requests, requests))
    busy: list[float] = []

    def work(mine: dict[str, str]) -> None:
        browser = Browser(product.port, host_of(scenario), mine)
        while True:
            with lock:
                if not waiting:
                    break
                request = waiting.pop()
            try:
                answer = browser.send(request)
                failed = answer.status not in request.expected
            except OSError:
                failed = True
            with lock:
                row.errors += failed
                if not failed:
                    busy.append(answer.seconds)
                if scenario.undo:
                    scenario.undo()
        connection.close()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in cookies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row.per_second = CLIENTS * len(busy) / sum(busy) if busy else 0.0


def _count_statements(scenario: Scenario, cookies: dict[str, str]) -> int:
    """SQL statements of one warm request, counted in this process."""
    client = Client(HTTP_HOST=host_of(scenario))
    client.cookies.load(cookies)
    first = next(scenario.requests)
    if FIELD not in (first.data or {}):  # what a process reads once is not counted
        send(client, first)
        first = next(scenario.requests)
    with CaptureQueriesContext(connection) as captured:
        send(client, first)
    connection.set_schema_to_public()
    if scenario.undo:
        scenario.undo()
    return len(captured)


def send(client: Client, request: Request) -> None:
    """One request in this process."""
    headers = request.headers
    if request.data is None:
        client.get(request.path, headers=headers)
    else:
        body = urlencode(request.data)
        client.post(request.path, body, content_type="application/x-www-form-urlencoded", headers=headers)
