"""The line of the day: found, or opened by the first ticket."""

from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta
from itertools import product

from django.db import transaction

from accounts.models import Branch
from core.clock import today
from queueing.models import Queue

# I and O are left out: on a screen across the room they read as 1 and 0.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
RECENT = timedelta(days=14)


@transaction.atomic
def open_queue(*, branch, department, practitioner=None, date: Date | None = None) -> Queue:
    """Today's queue of a practitioner, or of a department of a branch; made when it does not exist yet.

    The branch row is locked while a prefix is chosen, so two desks never open the same line or letter twice.
    """
    owner = {"branch": branch, "department": department, "practitioner": practitioner, "date": date or today()}
    queue = _find(owner)
    if queue is not None:
        return queue
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    return _find(owner) or Queue.objects.create(prefix=_free_prefix(owner), **owner)


def _find(owner: dict) -> Queue | None:
    if owner["practitioner"] is None:
        owner = {**owner, "practitioner__isnull": True}
        del owner["practitioner"]
    return Queue.objects.filter(**owner).first()


def _free_prefix(owner: dict) -> str:
    """The letter this line had last time, else the department's, else one nobody uses, else any that is free today."""
    branch, day, department = owner["branch"], owner["date"], owner["department"]
    of_branch = Queue.objects.filter(branch=branch)
    taken = set(of_branch.filter(date=day).values_list("prefix", flat=True))
    usual = (
        of_branch.filter(department=department, practitioner=owner["practitioner"], date__lt=day)
        .order_by("-date")
        .values_list("prefix", flat=True)
        .first()
    )
    if usual and usual not in taken:
        return usual
    recent = set(of_branch.filter(date__gt=day - RECENT, date__lt=day).values_list("prefix", flat=True))
    others = set(branch.departments.exclude(pk=department.pk).values_list("queue_prefix", flat=True))
    if department.queue_prefix not in taken | recent:
        return department.queue_prefix
    unused = (letter for letter in LETTERS if letter not in taken | recent | others)
    return next(unused, None) or next(prefix for prefix in _prefixes() if prefix not in taken)


def _prefixes() -> Iterator[str]:
    yield from LETTERS
    yield from ("".join(pair) for pair in product(LETTERS, LETTERS))
