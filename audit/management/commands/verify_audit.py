from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import get_tenant_model, schema_context

from audit.services.chain import seal_pending, verify_chain


class Command(BaseCommand):
    help = "Recompute the hash chain of every hospital's trail (or of one) and name the first bad records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--schema", help="only this schema")

    def handle(self, *args, **options) -> None:
        schemas = [options["schema"]] if options["schema"] else ["public", *self._hospitals()]
        broken = [schema for schema in schemas if not self._verify(schema)]
        if broken:
            raise CommandError(f"The trail is not intact in: {', '.join(broken)}")

    def _hospitals(self) -> list[str]:
        return list(get_tenant_model().objects.filter(ready=True).values_list("schema_name", flat=True))

    def _verify(self, schema: str) -> bool:
        with schema_context(schema):
            while seal_pending():
                pass
            verdict = verify_chain()
        self.stdout.write(f"{schema}: {verdict.checked} sealed records, {'intact' if verdict.intact else 'BROKEN'}")
        for finding in verdict.findings[:20]:
            self.stdout.write(f"  {finding}")
        return verdict.intact
