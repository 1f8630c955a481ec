import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

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
        self.stdout.write(f"Demo data made in {time.monotonic() - started:.0f} s")
