import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django_tenants.utils import schema_context

from core.preferences import remembered
from demo.past.sealing import Sealer
from demo.past.year import fill_year
from hospitals.models import Hospital

WIDTH = 30


class Command(BaseCommand):
    help = (
        "Fill a demo hospital with invented patients and a year of finished visits; goes on where it was interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int, help="how many invented patients there shall be")
        parser.add_argument("--schema", default="samaki")
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args, **options) -> None:
        connection.set_schema_to_public()
        if options["count"] < 1:
            raise CommandError("Say how many patients, at least one.")
        if not Hospital.objects.filter(schema_name=options["schema"]).exists():
            raise CommandError(f"There is no hospital {options['schema']}; `make demo` makes the demo's.")
        started = time.monotonic()
        with schema_context(options["schema"]), remembered(), Sealer(options["schema"]) as sealer:
            self._fill(options["count"], options["seed"], started, sealer)
        self.stdout.write(f"\nDone in {time.monotonic() - started:.0f} s")

    def _fill(self, count: int, seed: int, started: float, sealer: Sealer) -> None:
        first = None
        for done in fill_year(count, seed=seed):
            first = done if first is None else first
            self._show(done, count, done - first, time.monotonic() - started)
            sealer.go_on()

    def _show(self, done: int, count: int, made: int, seconds: float) -> None:
        """A bar, the rate and the time left; one line that is written over on a terminal."""
        share = min(1.0, done / count)
        rate = made / seconds if made else 0.0
        left = f"{(count - done) / rate:4.0f} s left" if rate and done < count else ""
        bar = "#" * round(WIDTH * share)
        end = "\r" if self.stdout.isatty() else "\n"
        text = f"[{bar:<{WIDTH}}] {done:,} of {count:,} patients  {rate:5.0f}/s  {left:<14}"
        self.stdout.write(text, ending=end)
        self.stdout.flush()
