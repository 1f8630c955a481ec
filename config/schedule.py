"""Every job that beat sends by itself, in one table.

An entry runs in each open hospital; ``tenant_schemas: ["public"]`` makes it one job of the platform.
"""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "seal-audit-trail": {"task": "audit.tasks.seal_trail", "schedule": 10.0, "options": {"expires": 60}},
}
