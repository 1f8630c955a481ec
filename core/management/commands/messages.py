import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Collect every text into locale/{km,zh_Hans}/LC_MESSAGES/django.po and compile them. "
        "Untranslated texts go out with --export FILE and come back, filled in, with --fill FILE."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail where anything is missing")
        parser.add_argument("--export", metavar="FILE", help="write untranslated texts as JSON (- is the terminal)")
        parser.add_argument("--fill", metavar="FILE", help="take translations over from such a file first")

    def handle(self, *args: Any, **options: Any) -> None:
        from core.translations import catalogues, compiling, extracting, faults

        messages = extracting.extract()
        if options["check"]:
            self._report(faults.faults(messages))
            return
        for language in catalogues.LANGUAGES:
            catalogues.merge(language, messages)
        if options["fill"]:
            filled = catalogues.fill(json.loads(Path(options["fill"]).read_text(encoding="utf-8")))
            self.stdout.write(f"{filled} translations taken over")
        compiling.compile_catalogues()
        self._summarise(len(messages), catalogues.untranslated(), options["export"])

    def _report(self, found: list[str]) -> None:
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults in the translations: run `make messages` and translate")
        self.stdout.write("Every text is translated")

    def _summarise(self, total: int, missing: list[dict[str, Any]], export: str | None) -> None:
        if export:
            text = json.dumps(missing, ensure_ascii=False, indent=1)
            if export == "-":
                sys.stdout.write(text + "\n")
            else:
                Path(export).write_text(text + "\n", encoding="utf-8")
        self.stderr.write(f"{total} texts, {len(missing)} of them not translated everywhere")
