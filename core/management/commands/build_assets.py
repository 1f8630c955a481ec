from typing import Any

from django.core.management.base import BaseCommand

from core.assets import BUILT, build
from core.pdf_fonts import fonts_dir


class Command(BaseCommand):
    """Make what is made out of front-end packages, so that no request waits for it."""

    help = "Builds the icon sprite and the fonts for printing out of node_modules (needs no database)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for name in BUILT:
            build(name)
        fonts_dir()
