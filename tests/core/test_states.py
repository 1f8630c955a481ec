import pytest

from core.states import Flow, Move, MoveNotAllowed

FLOW = Flow(
    moves={
        "call": Move({"waiting"}, "called"),
        "start": Move({"called"}, "serving"),
        "cancel": Move({"waiting", "called"}, "cancelled"),
    }
)


def test_a_move_from_the_right_state_leads_on():
    assert FLOW.check("call", "waiting") == "called"


def test_a_move_from_another_state_is_refused():
    with pytest.raises(MoveNotAllowed) as refusal:
        FLOW.check("start", "waiting")
    assert refusal.value.code == "move_not_allowed"
    assert refusal.value.status == 409


def test_pages_may_ask_what_can_be_done():
    assert FLOW.can("cancel", "called")
    assert not FLOW.can("call", "cancelled")
    assert FLOW.verbs("called") == ["start", "cancel"]
    assert FLOW.verbs("cancelled") == []


def test_an_unknown_verb_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        FLOW.can("fly", "waiting")


def test_the_database_holds_the_same_states():
    assert FLOW.states == ["called", "cancelled", "serving", "waiting"]
    constraint = FLOW.constraint("ticket_status")
    assert constraint.condition.children == [("status__in", FLOW.states)]
