from django.core.management.base import BaseCommand

from hospitals.services.platform import prepare_platform


class Command(BaseCommand):
    help = "Create missing platform roles, role templates and plans; run after every migration of the public schema."

    def handle(self, *args, **options) -> None:
        prepare_platform()
        self.stdout.write("Platform roles, role templates and plans are in place.")
