import logging
from argparse import ArgumentParser
from datetime import timedelta
from random import Random

from django.core.management.base import BaseCommand
from django.db import connection
from django_tenants.utils import schema_context

from config.celery import app
from core.preferences import remembered
from demo.past.month import fill_month
from demo.services.patients import make_patients
from demo.services.setting import furnish, hang_up_screen
from demo.services.today import give_memberships, tell_today
from hospitals.models import Hospital

# schema: patients, visits a day, days back
SIZES = {"samaki": (300, 5, 30), "royal": (300, 3, 30)}


class Command(BaseCommand):
    help = "Give one demo hospital its patients, a month of history and its working day; called by seed_demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("schema", choices=sorted(SIZES))

    def handle(self, *args, **options) -> None:
        logging.getLogger("celery").setLevel(logging.WARNING)
        app.conf.task_always_eager = True  # what follows an act follows at once, at the story's time
        schema = options["schema"]
        patients, visits, days = SIZES[schema]
        connection.set_schema_to_public()
        name = Hospital.objects.get(schema_name=schema).name_en
        with schema_context(schema), remembered():  # as in a request
            self._fill(name, patients, visits, days)

    def _fill(self, name: str, patients: int, visits: int, days: int) -> None:
        def tell(text: str) -> None:
            self.stdout.write(f"{name}: {text}")
            self.stdout.flush()

        seed = sum(map(ord, name))
        furnish(days + 1)
        hang_up_screen(connection.schema_name)
        for batch in make_patients(patients, seed=seed, over=timedelta(days=days + 20)):
            tell(f"{len(batch)} patients")
        give_memberships(Random(seed))  # noqa: S311
        fill_month(days, visits_a_day=visits, seed=seed)
        tell(f"{days} days of history")
        tell_today(seed=seed, tell=tell)
