import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from demo.chaos import ground


class Command(BaseCommand):
    help = "For `make chaos`: draw up invoices to be paid, or say what does not agree after everything was killed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["prepare", "verify"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--payments", type=int, default=500)

    def handle(self, *args, **options) -> None:
        file: Path = options["file"]
        if options["act"] == "prepare":
            file.write_text(json.dumps(ground.prepare(options["payments"])))
            return
        work = json.loads(file.read_text())
        file.write_text(json.dumps({"found": ground.verify(work["payments"], work["receipts"])}))
