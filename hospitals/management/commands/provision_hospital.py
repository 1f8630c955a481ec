from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from hospitals.models import Provisioning
from hospitals.services.provisioning import provision


class Command(BaseCommand):
    help = "Make (or go on making) the hospital of one provisioning job; needs USE_OWNER_ROLE=1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("provisioning_id")

    def handle(self, *args, **options) -> None:
        provisioning = Provisioning.objects.select_related("hospital").get(pk=options["provisioning_id"])
        provision(provisioning, lambda step, percent: self.stdout.write(f"{percent:3d} %  {step}"))
