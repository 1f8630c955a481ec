"""Logs as JSON lines: request id, hospital, user id and path without its query; never personal data.

Only the fields named here are written. Of an exception the kinds and the places in the code are kept, not its text: it
may quote what a patient's form contained.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.db import connection
from django.http import HttpRequest

from core.db import writing

current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)

# What follows these beginnings opens a door by itself: a screen's key, an invitation, a reset of a password.
_SECRET = re.compile(r"^(/(?:display|welcome|account/password/reset/key)/)[^/]+")
_FIELDS = ("request_id", "hospital", "user_id", "method", "path", "status", "milliseconds")


class RequestContextFilter(logging.Filter):
    """Adds to every record who asked, in which hospital, and by which request."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in _facts().items():
            if not hasattr(record, name):
                setattr(record, name, value)
        return True


def _facts() -> dict[str, str]:
    request = current_request.get()
    if request is None:
        return {"request_id": writing.current().get("request_id", ""), "hospital": connection.schema_name}
    hospital = getattr(request, "hospital", None)
    user = getattr(request, "_cached_user", None)  # asking request.user could query the database from within a log line
    return {
        "request_id": getattr(request, "request_id", ""),
        "hospital": hospital.schema_name if hospital else connection.schema_name,
        "user_id": str(user.pk) if user is not None and user.pk else "",
        "method": request.method or "",
        "path": _SECRET.sub(r"\1…", request.path),
    }


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name in _FIELDS if (value := getattr(record, name, "")) != ""}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def places(error: BaseException) -> list[str]:
    """Return kinds and places of an error and of its causes, innermost last, without any of their texts."""
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        lines = [type(link).__qualname__, *_frames(link.__traceback__), *lines]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return lines


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
