"""Writing down who moved what: one row for each change of status in this room."""

from typing import Any

from billing.models import Transition
from core.states import Flow


def move(subject: Any, *, flow: Flow, verb: str, by: Any, reason: str = "", **columns: Any) -> None:
    """Check the move, write the new status and `columns` on a row the caller has locked, and its history row.

    Raises MoveNotAllowed when the present status does not allow the verb.
    """
    record(subject, verb=verb, to_status=flow.check(verb, subject.status), by=by, reason=reason)
    flow.move(subject, verb, **columns)


def record(
    subject: Any, *, verb: str, to_status: str, by: Any, reason: str = "", from_status: str | None = None
) -> None:
    """The history row alone, for what begins its life."""
    Transition.objects.create(
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        verb=verb,
        from_status=subject.status if from_status is None else from_status,
        to_status=to_status,
        reason=reason,
        by=by,
    )
