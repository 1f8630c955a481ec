from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from demo.bench.crossing import prove
from demo.bench.ground import have_hospitals
from demo.bench.server import serving


class Command(BaseCommand):
    help = "Work in both demo hospitals at once through pooled connections and count what crosses (0 is expected)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--requests", type=int, default=100_000)

    def handle(self, *args, requests: int, **options) -> None:
        have_hospitals(self.stdout.write)
        with serving("web", "config.wsgi", "/health/live", "localhost") as product:
            found = prove(product.port, requests)
        statuses = ", ".join(f"{status}: {number:,}" for status, number in sorted(found.statuses.items()))
        self.stdout.write(f"{found.requests:,} requests ({statuses}), {len(found.errors)} lost connections")
        self.stdout.write(f"{len(found.crossed)} crossings")
        if found.crossed or found.errors:
            raise CommandError("\n".join([*found.crossed[:20], *found.errors[:5]]))
