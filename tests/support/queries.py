"""Counts the SQL statements a page costs."""

from types import TracebackType

from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext

_HOUSEKEEPING = ("SET search_path", "SELECT set_config", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO", "BEGIN")


class CountedQueries:
    """Statements run inside the block; the connection's own housekeeping is left out."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._captured = CaptureQueriesContext(connection)

    def __enter__(self) -> "CountedQueries":
        self._captured.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._captured.__exit__(kind, error, trace)

    @property
    def statements(self) -> list[str]:
        everything = (query["sql"] for query in self._captured.captured_queries)
        return [sql for sql in everything if not sql.startswith(_HOUSEKEEPING)]

    @property
    def count(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(self.statements)
