"""Nothing of the hospital next door can be reached: every address of the portal, with the neighbour's ids and sessions.

Royal lives through a day (two patients, one of them at home again, one still in the house). Then each address of
Samaki's portal that names a record is asked for, and sent a form, with the ids of Royal's rows, by somebody whose role
may open it.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from core.ids import new_id
from demo.cases import CASES
from demo.services.patients import make_patients
from demo.services.setting import furnish, place_of
from demo.services.story import Story, whole_visit
from demo.services.today import open_till
from tests.cast import CAST
from tests.guards.test_doors import addresses

REFUSED = {400, 403, 404, 405, 409, 422}
DOES_NOT_EXIST = {404, 405}


@pytest.fixture
def neighbours_day(samaki) -> dict[str, list[str]]:
    """The newest id of each of Royal's tables, by app, after a day of work there."""
    from accounts.models import Branch

    with schema_context("royal"):
        furnish(2)
        patients = [one for batch in make_patients(2, seed=7, over=timedelta(days=3)) for one in batch]
        place = place_of(Branch.objects.get())
        open_till(place)
        chance = Random(7)
        case = next(case for case in CASES if case.tests)
        whole_visit(Story(place, patients[0], case, "doctor", chance), lambda minutes: None)
        waiting = Story(place, patients[1], case, "doctor2", chance)
        waiting.arrive()
        waiting.triage()
        return _ids()


def _ids() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for model in apps.get_models():
        if model._meta.app_label in settings.TENANT_APPS and model._meta.pk.get_internal_type() == "UUIDField":
            newest = model.objects.order_by("-pk").values_list("pk", flat=True)[:1]
            found[model._meta.app_label] += [str(pk) for pk in newest]
    return found


def doors_to_records() -> list[tuple[str, Any]]:
    """Named addresses of the portal with at least one argument."""
    return [(address, view) for address, view in addresses("portal") if "<" in address and hasattr(view, "permission")]


def _filled(address: str, ids: list[str]) -> Iterator[str]:
    """The address with every uuid argument set to each id; other arguments get something harmless."""
    for record in ids:
        parts, rest = [], address
        while "<" in rest:
            before, _, after = rest.partition("<")
            argument, _, rest = after.partition(">")
            kind = argument.partition(":")[0] if ":" in argument else "str"
            parts += [before, {"uuid": record, "int": "1", "date": "2026-03-03"}.get(kind, record)]
        yield "/" + "".join(parts) + rest


def _somebody_who_may(permission: str, staff: Any) -> str:
    return next((name for name in CAST if staff(name).may(permission)), "doctor")


def test_records_of_the_neighbour_do_not_exist(neighbours_day, client_for, staff):
    assert sum(map(len, neighbours_day.values())) > 40, "the neighbour's day left too little to look for"
    clients, leaks = {}, []
    for address, view in doors_to_records():
        who = _somebody_who_may(view.permission, staff)
        client = clients.setdefault(who, client_for(who))
        room = view.__module__.partition(".")[0]
        for path in _filled(address, neighbours_day[room] + neighbours_day["patients"][:1]):
            seen = client.get(path).status_code
            sent = client.post(path, {"_once": str(new_id())}).status_code
            if seen not in DOES_NOT_EXIST or sent not in REFUSED:
                leaks.append(f"{who}: {path} ({view.__name__}) GET {seen}, POST {sent}")
    assert leaks == []


def test_records_that_never_were_answer_the_same(samaki, client_for, staff):
    """An id of the neighbour cannot be told from one that nobody has."""
    clients = {}
    for address, view in doors_to_records():
        who = _somebody_who_may(view.permission, staff)
        client = clients.setdefault(who, client_for(who))
        for path in _filled(address, [str(uuid.uuid4())]):
            assert client.get(path).status_code in DOES_NOT_EXIST, path


def test_a_session_opens_only_its_own_hospital(royal, client_for):
    client = client_for("doctor")
    assert client.get("/").status_code == 200
    client.defaults["HTTP_HOST"] = "portal.royal.localhost"
    with schema_context("royal"):
        for address, view in addresses("portal"):
            if "<" not in address and getattr(view, "login_required", True) and hasattr(view, "permission"):
                answer = client.get(f"/{address}")
                assert answer.status_code == 302, address
                assert "/login/" in answer["Location"], address
    assert connection.schema_name == "samaki"
