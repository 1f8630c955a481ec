"""Every job that beat sends by itself, in one table.

An entry runs in each open hospital; ``tenant_schemas: ["public"]`` makes it one job of the platform.
"""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "seal-audit-trail": {"task": "audit.tasks.seal_trail", "schedule": 5.0, "options": {"expires": 60}},
    "seal-platform-trail": {
        "task": "audit.tasks.seal_trail",
        "schedule": 10.0,
        "options": {"expires": 60},
        "tenant_schemas": ["public"],
    },
    "sign-checkpoint": {"task": "audit.tasks.write_checkpoint", "schedule": crontab(hour=1, minute=5)},
    "sign-platform-checkpoint": {
        "task": "audit.tasks.write_checkpoint",
        "schedule": crontab(hour=1, minute=15),
        "tenant_schemas": ["public"],
    },
    "watch-readings": {"task": "oversight.tasks.watch_readings", "schedule": 300.0, "options": {"expires": 240}},
    "sweep-deliveries": {"task": "core.tasks.sweep_deliveries", "schedule": 15.0, "options": {"expires": 60}},
    "forget-submissions": {"task": "core.tasks.forget_submissions", "schedule": crontab(hour=3, minute=10)},
    "forget-events": {"task": "core.tasks.forget_events", "schedule": crontab(hour=3, minute=20)},
    "forget-sessions": {"task": "accounts.tasks.forget_sessions", "schedule": crontab(hour=3, minute=30)},
    "sweep-mail": {"task": "notifications.tasks.sweep_mail", "schedule": 600.0, "options": {"expires": 500}},
    "sweep-exports": {"task": "patients.tasks.sweep_exports", "schedule": 600.0, "options": {"expires": 500}},
    "forget-exports": {"task": "patients.tasks.forget_exports", "schedule": crontab(hour=3, minute=40)},
    "sweep-erasures": {"task": "patients.tasks.sweep_erasures", "schedule": crontab(hour=3, minute=50)},
    "preview-retention": {"task": "patients.tasks.preview_retention", "schedule": crontab(hour=2, minute=20)},
    "ask-about-codes": {"task": "gateways.tasks.ask_about_codes", "schedule": 5.0, "options": {"expires": 5}},
    "fetch-todays-rate": {"task": "billing.tasks.fetch_todays_rate", "schedule": crontab(hour="6,7,8", minute=40)},
    "remind-of-debts": {"task": "billing.tasks.remind_of_debts", "schedule": crontab(hour=8, minute=15)},
    "expire-tickets": {"task": "queueing.tasks.expire_tickets", "schedule": 300.0, "options": {"expires": 240}},
    "release-reservations": {
        "task": "pharmacy.tasks.release_reservations",
        "schedule": 300.0,
        "options": {"expires": 240},
    },
    "expire-prescriptions": {
        "task": "pharmacy.tasks.expire_old_prescriptions",
        "schedule": crontab(hour=0, minute=20),
    },
    "close-done-visits": {"task": "clinical.tasks.close_done_visits", "schedule": crontab(minute=25)},
}
