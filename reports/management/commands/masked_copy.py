import getpass
import time
from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from hospitals.models.hospital import RESERVED_SCHEMAS, schema_validator
from reports.masking.service import make_masked_copy


class Command(BaseCommand):
    help = (
        "Make a hospital for testing out of a real one (USE_OWNER_ROLE=1): every personal value invented, no files, "
        "its own keys and people. All or nothing; what was interrupted begins anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="schema of the hospital that is copied")
        parser.add_argument("target", help="schema of the hospital that is made")
        parser.add_argument("--by", default="", help="whose order it is, for the source's trail; else the shell's user")

    def handle(self, *args, source: str, target: str, by: str, **options) -> None:
        try:
            schema_validator(target)
        except ValidationError as problem:
            raise CommandError(problem.messages[0]) from problem
        if target in RESERVED_SCHEMAS:
            raise CommandError(f"The name {target} is taken.")
        started = time.monotonic()
        who = by or f"{getpass.getuser()} (shell)"
        made = make_masked_copy(source=source, target=target, by=who, tell=self._say)
        self._say(f"{sum(made.rows.values()):,} rows in {time.monotonic() - started:.0f} s")
        self._say(f"Portal: {made.host}\nPeople: {', '.join(made.people)}")
        self._say(f"Password of all, shown this once: {made.password}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
