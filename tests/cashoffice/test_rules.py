"""The rules of the cash office on their page; the limits of all such pages are in tests/patients/test_access_rules."""

import pytest

from audit.models import Record
from cashoffice.forms_rules import RulesForm
from core.ids import new_id
from core.preferences import mark_of, preference

PAGE = "/cash/rules/"


def form(**changes):
    facts = {"voucher_limit_usd": "50", "variance_limit_usd": "5", "fee_percent": "3", "reason": "As the board decided"}
    return {"_once": str(new_id()), "seen": mark_of(RulesForm.keys), **facts, **changes}


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("admin", 200), ("accountant", 403), ("cashier", 403)])
def test_those_whom_they_bind_do_not_set_them(samaki, client_for, who, status):
    assert client_for(who).get(PAGE).status_code == status


def test_a_change_counts_at_once_and_is_kept_with_its_reason(samaki, client_for):
    assert client_for("owner").post(PAGE, form())["Location"] == PAGE
    assert [preference(key) for key in RulesForm.keys] == [False, 50, 5, 3]
    kept = Record.objects.filter(table_name="core_preference", row_id="cashoffice.voucher_limit_usd").latest("id")
    assert (kept.actor, kept.reason, kept.after["value"]) == ("owner", "As the board decided", 50)


@pytest.mark.parametrize(
    ("field", "value"),
    [("voucher_limit_usd", "-1"), ("variance_limit_usd", "x"), ("fee_percent", "21"), ("reason", "")],
)
def test_what_does_not_fit_is_said_beside_the_field(samaki, client_for, field, value):
    answer = client_for("owner").post(PAGE, form(**{field: value}))
    assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {field})
