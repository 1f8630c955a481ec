"""Nothing of the hospital next door can be reached: every address of the portal, with the neighbour's ids and sessions.

Royal lives through a day (two patients, one of them at home again, one still in the house). Then each address of
Samaki's portal that names a record is asked for, and sent a form, with the ids of Royal's rows, by somebody whose role
may open it.
"""

import functools
import re
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from core.ids import new_id
from demo.cases import CASES
from demo.services.patients import make_patients
from demo.services.setting import furnish, place_of
from demo.services.story import Story
from demo.services.today import open_till
from tests.cast import CAST
from tests.guards.test_doors import addresses
from tests.guards.test_matrix import live, records_of

REFUSED = {400, 403, 404, 405, 409, 422}
DOES_NOT_EXIST = {404, 405}


@pytest.fixture
def neighbours_day(samaki) -> dict[str, str]:
    """The newest id of each of Royal's tables after a day of work there."""
    from accounts.models import Branch

    with schema_context("royal"):
        furnish(2)
        patients = [one for batch in make_patients(2, seed=7, over=timedelta(days=3)) for one in batch]
        place = place_of(Branch.objects.get())
        open_till(place)
        chance = Random(7)
        case = next(case for case in CASES if case.tests)
        live(Story(place, patients[0], case, "doctor", chance))
        records_of(patients[0])
        waiting = Story(place, patients[1], case, "doctor2", chance)
        waiting.arrive()
        waiting.triage()
        return _ids()


def _ids() -> dict[str, str]:
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in settings.TENANT_APPS and model._meta.pk.get_internal_type() == "UUIDField":
            newest = model.objects.order_by("-pk").values_list("pk", flat=True).first()
            if newest:
                found[model._meta.db_table] = str(newest)
    return found


def doors_to_records() -> list[tuple[str, Any]]:
    """Named addresses of the portal with at least one argument."""
    return [(address, view) for address, view in addresses("portal") if "<" in address and hasattr(view, "permission")]


def _filled(address: str, record: str) -> str:
    """The address with every argument set to the id, a number to 1; the kind of a place beside an id is a real one."""
    parts, rest = [], address
    while "<" in rest:
        before, _, after = rest.partition("<")
        argument, _, rest = after.partition(">")
        parts += [before, _argument(argument, record, "<uuid:" in rest)]
    return "/" + "".join(parts) + rest


def _argument(argument: str, record: str, beside_an_id: bool) -> str:
    if argument.startswith("int:"):
        return "1"
    return "room" if argument == "slug:kind" and beside_an_id else record


def _somebody_who_may(permission: str, staff: Any) -> str:
    return next((name for name in CAST if staff(name).may(permission)), "doctor")


@functools.cache
def _tables_named() -> dict[tuple[str, str], str]:
    """The table whose rows a column names: its own for an id, the other one for a relation."""
    named = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            target = field.related_model._meta.db_table if field.is_relation else model._meta.db_table
            if field.primary_key or field.is_relation:
                named[model._meta.db_table, field.column] = target
    return named


def _tables_asked(statements: CaptureQueriesContext, record: str) -> set[str]:
    """The tables in which the statements looked for the id."""
    asked, shapes = set(), f"{record}|{record.replace('-', '')}"
    for statement in statements:
        for table, column in re.findall(rf'"?(\w+)"?\."?(\w+)"? (?:=|IN) \(*\'(?:{shapes})\'', statement["sql"]):
            asked.add(_tables_named().get((table, column), ""))
    return asked - {""}


def test_records_of_the_neighbour_do_not_exist(neighbours_day, client_for, staff):
    """An id that nobody has tells in which tables an address looks; then it gets the neighbour's ids of these."""
    client_of, leaks, unknown, tried = functools.cache(client_for), [], [], set()
    for address, view in doors_to_records():
        who, nobodys = _somebody_who_may(view.permission, staff), str(new_id())
        with CaptureQueriesContext(connection) as statements:
            leaks += _answers(client_of(who), who, address, nobodys)
        tables = _tables_asked(statements, nobodys)
        if "<uuid:" in address and not tables:
            unknown.append(address)
        for table in tables & neighbours_day.keys():
            leaks += _answers(client_of(who), who, address, neighbours_day[table])
            tried.add(address)
    assert leaks == []
    assert unknown == [], "these look nowhere for their record"
    assert len(tried) > 200, "the neighbour's day left too little to look for"


def _answers(client: Any, who: str, address: str, record: str) -> Iterator[str]:
    path = _filled(address, record)
    seen = client.get(path).status_code
    sent = client.post(path, {"_once": str(new_id())}).status_code
    if seen not in DOES_NOT_EXIST or sent not in REFUSED:
        yield f"{who}: {path} GET {seen}, POST {sent}"


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
