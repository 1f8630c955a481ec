"""The application of jobs: a task runs in the schema it was sent from."""

import os

from tenant_schemas_celery.app import CeleryApp

from config.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = CeleryApp("ihospita")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.conf.beat_scheduler = "config.beat:HospitalScheduler"
app.conf.worker_hijack_root_logger = False  # Django's LOGGING stays: JSON lines with request id and hospital
app.conf.broker_connection_retry_on_startup = True
app.autodiscover_tasks()
