import os
import subprocess
import sys
import time
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from demo.cast import HOUSES
from demo.services.hospitals import houses_missing, make_hospital, make_platform
from hospitals.models import Hospital


class Command(BaseCommand):
    help = "Make the two demo hospitals with their people, a month of history and a working day at eleven."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when a hospital exists already")

    def handle(self, *args, **options) -> None:
        connection.set_schema_to_public()
        if Hospital.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There are hospitals already; the demo is made only in an empty database.")
        started = time.monotonic()
        make_platform()
        for house in houses_missing():
            make_hospital(house, self.stdout.write)
        self._tell_histories([house.schema for house in HOUSES])
        self.stdout.write(f"Demo data made in {time.monotonic() - started:.0f} s")

    def _tell_histories(self, schemas: list[str]) -> None:
        """One process a hospital, side by side, with the application's own database role."""
        environment = {**os.environ, "USE_OWNER_ROLE": "0"}
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "seed_history"]
        running = [subprocess.Popen([*command, schema], env=environment) for schema in schemas]
        codes = [process.wait() for process in running]  # all of them: none is left running behind an error
        if any(codes):
            raise CommandError("The demo's history could not be written; see above.")
