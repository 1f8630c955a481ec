"""The first page of the desk: find a patient, or register one."""

from typing import Any

from django.http import HttpRequest

from core import home


def desk(request: HttpRequest) -> dict[str, Any]:
    """Clinical staff search from the top bar; who looks after families stands at the desk."""
    return {}


home.register("patients/home/desk.html", order=10, permission="family:edit", context=desk)
