from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from hospitals.models import Hospital, Plan, Provisioning
from hospitals.models.hospital import RESERVED_SCHEMAS, schema_validator
from hospitals.services import provisioning as service


class Command(BaseCommand):
    help = "Create a hospital now, in this process (USE_OWNER_ROLE=1), and print the address of its portal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("schema", help="short name used in host names, e.g. samaki")
        parser.add_argument("name")
        parser.add_argument("--name-km", default="")
        parser.add_argument("--name-zh", default="")
        parser.add_argument("--owner-username", default="owner")
        parser.add_argument("--owner-name", default="Owner")
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--plan", default="")

    def handle(self, *args, **options) -> None:
        job = self._register(options)
        service.provision(job, lambda step, percent: self.stdout.write(f"{percent:3d} %  {step}"))
        self.stdout.write(f"Portal: {job.hospital.domains.get(surface='portal').domain}")

    def _register(self, options: dict) -> Provisioning:
        schema = options["schema"]
        try:
            schema_validator(schema)
        except ValidationError as problem:
            raise CommandError(problem.messages[0]) from problem
        if schema in RESERVED_SCHEMAS or Hospital.objects.filter(schema_name=schema).exists():
            raise CommandError(f"The name {schema} is taken.")
        with transaction.atomic():
            return service.register_hospital(
                schema_name=schema,
                names={
                    "name_en": options["name"],
                    "name_km": options["name_km"] or options["name"],
                    "name_zh_hans": options["name_zh"] or options["name"],
                },
                owner_name=options["owner_name"],
                owner_username=options["owner_username"],
                owner_email=options["owner_email"],
                plan=Plan.objects.filter(code=options["plan"]).first(),
            )
