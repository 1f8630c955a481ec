import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import ExitStack

from django.core.management.base import BaseCommand
from django.db import connection

from demo.bench import books, costs, ground, million, scenarios, tables, trail
from demo.bench.client import Browser, Request
from demo.bench.measuring import Row, measure
from demo.bench.scenarios import Scenario
from demo.bench.server import Server, serving

BARE, PRODUCT = "bare view", "product"
BOOKS = 1_000_000  # entries of the ledger


class Command(BaseCommand):
    help = "Measure the pages of a working day on the real web server, beside a bare view; prints tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, default=100_000, help="in samaki; royal gets a tenth")
        parser.add_argument("--requests", type=int, default=150, help="of each page, alone and again with 8 clients")
        parser.add_argument("--only", default="", help="pages whose name contains this; leaves the costs out")
        parser.add_argument(
            "--trail", type=int, default=1_000_000, help="records of the trail that is sealed and proved"
        )
        parser.add_argument(
            "--million", type=int, nargs="?", const=1_000_000, help="only this: search among so many patients (minutes)"
        )
        parser.add_argument(
            "--books", type=int, nargs="?", const=BOOKS, help="only this: reading a ledger of so many entries"
        )
        parser.add_argument("--as-owner", action="store_true", help="called by itself: what needs the owner's role")

    def handle(self, *args, **options) -> None:
        for name, room in (("million", million), ("books", books)):
            if options[name]:
                room.fill(options[name]) if options["as_owner"] else self._only(name, options[name], room.figures)
                return
        if options["as_owner"]:
            self._measure_as_owner(options["trail"])
            return
        ground.prepare(options["patients"], self._say)
        rows = self._pages(options["requests"], options["only"])
        if not options["only"]:
            self._costs(options["trail"])
            self._only("books", BOOKS, books.figures)
        missed = [row.scenario.name for row in rows if row.misses]
        self._say(f"\nMissed: {', '.join(missed)}" if missed else "\nEvery page meets its aim.")

    def _pages(self, requests: int, only: str) -> list[Row]:
        rows: list[Row] = []
        with ExitStack() as stack:
            bare = stack.enter_context(serving("bare", "demo.bench.bare", "/", "localhost"))
            product = stack.enter_context(serving("web", "config.wsgi", "/health/live", "localhost"))
            for scenario in self._scenarios(product, requests, only):
                rows.append(measure(scenario, product, bare, requests))
                self._say(f"measured {scenario.name}")
            self._say("\n" + tables.page_table(rows))
            self._say(tables.flatness_line(rows))
            self._say(tables.memory_line(BARE, bare) + "\n" + tables.memory_line(PRODUCT, product))
        return rows

    def _scenarios(self, product: Server, requests: int, only: str) -> list[Scenario]:
        """In an order in which none spoils what a later one shows."""

        def etag_of(path: str) -> str:
            return Browser(product.port, "queue.samaki.localhost").send(Request(path)).headers["etag"]

        makers = [
            ("search", lambda: [*scenarios.searches("royal", "royal"), *scenarios.searches("samaki", "samaki")]),
            ("chart", scenarios.charts),
            ("worklist", scenarios.worklists),
            ("queue call", lambda: [scenarios.queue_call()]),
            ("invoice page", lambda: [scenarios.invoice_page()]),
            ("display poll", lambda: [scenarios.display_poll(etag_of)]),
            ("registration", lambda: [scenarios.registration()]),
            ("payment", lambda: [scenarios.payment(ground.draw_up_invoices(2 * requests + 20))]),
        ]
        return [one for name, make in makers if only in name for one in make()]

    def _costs(self, trail_records: int) -> None:
        pages = [*scenarios.searches("samaki", "samaki")[:1], *scenarios.charts(), *scenarios.worklists()]
        self._say("\nEncryption\n  " + "\n  ".join(costs.encryption_costs(pages)))
        records, rate = costs.verifying_rate("royal")
        self._say(f"Trail of royal proved: {records:,} records, {rate:,.0f} a second")
        command = [sys.executable, "manage.py", "bench", "--as-owner", "--trail", str(trail_records)]
        found = json.loads(ground.as_owner(command).splitlines()[-1])
        plain, trailed = found["writes"]
        self._say(f"Audit on one inserted row: {plain:.0f} us without, {trailed:.0f} us with ({trailed / plain:.1f}x)")
        self._say(f"\nTrail of {trail_records:,} records\n  " + "\n  ".join(found["trail"]))
        self._say(f"A new hospital: {found['creation']:.1f} s (aim: under 10 s)")

    def _measure_as_owner(self, trail_records: int) -> None:
        found = {
            "creation": costs.creation_seconds(),
            "writes": costs.audit_costs(),
            "trail": trail.trail_figures(trail_records),
        }
        connection.close()
        self.stdout.write(json.dumps(found))

    def _only(self, name: str, number: int, figures: Callable[[], list[str]]) -> None:
        """Fill with the owner's role, then measure with the application's."""
        ground.have_hospitals(self._say) if name == "books" else ground.have_platform()
        ground.as_owner([sys.executable, "manage.py", "bench", "--as-owner", f"--{name}", str(number)])
        load = " ".join(f"{average:.1f}" for average in os.getloadavg())
        self._say(f"{name} of {number:,}, load of the machine: {load}")
        self._say("  " + "\n  ".join(figures()))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
