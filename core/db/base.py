"""Django's database backend for us: django-tenants, plus the writer's identity inside every writing transaction.

PostgreSQL's audit triggers read the transaction-local setting ``app.context``. It is sent just before the first write
of a transaction (and again after a savepoint is rolled back, which undoes it, or when the writer changes). A pooled
connection therefore never carries one request's identity into the next.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django_tenants.postgresql_backend import base

from core.db import writing

# A SELECT of a function that writes says so with a leading comment.
_WRITES = re.compile(
    r"\s*(?:/\* writes \*/|INSERT|UPDATE|DELETE|MERGE|TRUNCATE|WITH\b.*\b(?:INSERT|UPDATE|DELETE)\b)",
    re.IGNORECASE | re.DOTALL,
)


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._context_sent: str | None = None
        self.execute_wrappers.append(self._tell_who_writes)

    def set_autocommit(self, *args: Any, **kwargs: Any) -> None:
        self._context_sent = None
        super().set_autocommit(*args, **kwargs)

    def _savepoint_rollback(self, sid: str) -> None:
        self._context_sent = None
        super()._savepoint_rollback(sid)

    def close(self) -> None:
        self._context_sent = None
        super().close()

    def _tell_who_writes(self, execute: Callable, sql: Any, params: Any, many: bool, context: dict) -> Any:
        if not isinstance(sql, str) or not _WRITES.match(sql):
            return execute(sql, params, many, context)
        if not self.in_atomic_block:
            with transaction.atomic(using=self.alias):
                return self._tell_who_writes(execute, sql, params, many, context)
        facts = writing.as_json()
        if facts != self._context_sent:
            context["cursor"].cursor.execute("SELECT set_config('app.context', %s, true)", [facts])
            self._context_sent = facts
        return execute(sql, params, many, context)
