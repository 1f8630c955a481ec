"""Seals the trail of what was written in bulk, as beat would do by and by."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from django.db import connection
from django_tenants.utils import schema_context

from audit.services.chain import seal_pending

AT_ONCE = 50_000


def seal_all() -> None:
    while seal_pending(AT_ONCE) == AT_ONCE:
        pass


class Sealer:
    """Seals a hospital's trail over a connection of its own while the next rows are written; at the end, all of it."""

    def __init__(self, schema: str) -> None:
        self.schema = schema
        self.thread = ThreadPoolExecutor(1)
        self.work: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is None:
            self.thread.submit(self._seal).result()
        self.thread.submit(connection.close)
        self.thread.shutdown()

    def go_on(self) -> None:
        """Begin with what is committed by now, unless the last round is still at work."""
        if self.work is None or self.work.done():
            if self.work:
                self.work.result()  # an error of the last round is told
            self.work = self.thread.submit(self._seal)

    def _seal(self) -> None:
        with schema_context(self.schema):
            seal_all()
