"""Jobs of the platform; they run in the public schema."""

import os
import subprocess
import sys

from celery import shared_task
from django.conf import settings


@shared_task(acks_late=True)
def provision_hospital(provisioning_id: str) -> None:
    """Make a hospital in a process of its own, which alone works with the owner's database role."""
    subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "provision_hospital", provisioning_id],
        env={**os.environ, "USE_OWNER_ROLE": "1", "DATABASE_POOL_SIZE": "0"},
        check=True,
        timeout=600,
    )
