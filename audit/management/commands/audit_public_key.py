from django.core.management.base import BaseCommand

from audit.signing import key_id, public_pem, signing_key


class Command(BaseCommand):
    help = "Print the public key that proves this installation's checkpoints (PEM), to be kept outside of it."

    def handle(self, *args, **options) -> None:
        key = signing_key().public_key()
        self.stderr.write(f"key {key_id(key)}")
        self.stdout.write(public_pem(key).decode(), ending="")
