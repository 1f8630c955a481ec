"""Who writes, from where and why: kept beside the running code, handed to the database with the first write."""

import contextlib
import contextvars
import json
from collections.abc import Iterator

_context: contextvars.ContextVar[dict[str, str]] = contextvars.ContextVar("writing_context", default={})  # noqa: B039


def current() -> dict[str, str]:
    """Return a copy of what is known of the present writer (actor_id, actor, role, reason, request_id, …)."""
    return dict(_context.get())


def as_json() -> str:
    return json.dumps(_context.get(), separators=(",", ":"), ensure_ascii=False)


@contextlib.contextmanager
def context(**facts: str | None) -> Iterator[None]:
    """Add facts for the duration of a block; None and empty values are left out."""
    token = _context.set({**_context.get(), **{key: str(value) for key, value in facts.items() if value}})
    try:
        yield
    finally:
        _context.reset(token)
