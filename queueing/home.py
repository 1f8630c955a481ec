"""The first page of who keeps the lines moving: who waits in this branch, in calling order."""

from typing import Any

from django.http import HttpRequest

from core import home
from queueing.access import veiled
from queueing.queries import waiting_in


def waiting(request: HttpRequest) -> dict[str, Any] | None:
    branch = request.workplace.branch
    return {"rows": veiled(home.first(waiting_in(request.user, branch)), request.user)} if branch else None


home.register("queueing/home/waiting.html", order=40, permission="queue:manage", context=waiting)
