import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory
from django_tenants.utils import tenant_context

from core import clock, once
from core.errors import NotPossible
from core.htmx import hx_redirect
from core.models import Counter, Submission
from core.numbering import next_number
from core.once import KeyUsedElsewhere, exactly_once, new_key
from core.tasks import forget_submissions

factory = RequestFactory()


def acts() -> int:
    """How often the views below have acted."""
    return Counter.objects.filter(key="acts").values_list("value", flat=True).first() or 0


@exactly_once
def receive(request):
    number = next_number("acts")
    if request.POST.get("amount") == "wrong":
        return HttpResponse("Enter an amount.", status=422)
    if request.POST.get("amount") == "too much":
        raise NotPossible("More than is owed.")
    if request.POST.get("amount") == "crash":
        raise ZeroDivisionError
    return redirect(f"/payments/{number}/")


@exactly_once
def refund(request):
    return redirect(f"/refunds/{next_number('acts')}/")


@exactly_once
def receive_by_htmx(request):
    return hx_redirect(f"/payments/{next_number('acts')}/")


@exactly_once
def forgetful(request):
    next_number("acts")
    return HttpResponse("Done.")


def send(view, key=None, *, user=None, path="/payments/new/", htmx=False, **form):
    data = form if key is None else {"_once": key, **form}
    request = factory.post(path, data, headers={"HX-Request": "true"} if htmx else {})
    request.user = user or AnonymousUser()
    return view(request)


def test_a_form_sent_twice_acts_once_and_leads_to_the_same_page(samaki, cashier):
    key = new_key()
    first, second = (send(receive, key, user=cashier) for _ in range(2))
    assert acts() == 1
    assert (first.status_code, first["Location"]) == (302, "/payments/1/")
    assert (second.status_code, second["Location"]) == (302, "/payments/1/")


def test_two_forms_act_twice(samaki, cashier):
    for _ in range(2):
        send(receive, new_key(), user=cashier)
    assert acts() == 2


def test_reading_needs_no_key(samaki):
    @exactly_once
    def page(request):
        return HttpResponse("A form.")

    assert page(factory.get("/")).content == b"A form."


@pytest.mark.parametrize("key", [None, "", "x", "1234"])
def test_a_form_without_a_key_is_refused_with_a_page_that_asks_to_reload(samaki, cashier, key):
    answer = send(receive, key, user=cashier)
    assert answer.status_code == 422
    assert b"reload" in answer.content
    assert acts() == 0
    assert not Submission.objects.exists()


def test_an_invalid_form_changes_nothing_and_may_be_corrected_with_the_same_key(samaki, cashier):
    key = new_key()
    assert send(receive, key, user=cashier, amount="wrong").status_code == 422
    assert acts() == 0
    assert not Submission.objects.exists()
    assert send(receive, key, user=cashier, amount="12").status_code == 302
    assert acts() == 1


def test_a_refused_act_changes_nothing_and_may_be_tried_again(samaki, cashier):
    key = new_key()
    with pytest.raises(NotPossible):
        send(receive, key, user=cashier, amount="too much")
    assert (acts(), Submission.objects.count()) == (0, 0)
    assert send(receive, key, user=cashier).status_code == 302


def test_a_crash_changes_nothing(samaki, cashier):
    with pytest.raises(ZeroDivisionError):
        send(receive, new_key(), user=cashier, amount="crash")
    assert (acts(), Submission.objects.count()) == (0, 0)


def test_a_key_of_another_person_is_refused(samaki, cashier, cashier2):
    key = new_key()
    send(receive, key, user=cashier)
    with pytest.raises(KeyUsedElsewhere) as refusal:
        send(receive, key, user=cashier2)
    assert refusal.value.status == 409
    assert acts() == 1


def test_a_key_of_another_page_is_refused(samaki, cashier):
    key = new_key()
    send(receive, key, user=cashier)
    with pytest.raises(KeyUsedElsewhere):
        send(refund, key, user=cashier)
    with pytest.raises(KeyUsedElsewhere):
        send(receive, key, user=cashier, path="/payments/of-another-invoice/")
    assert acts() == 1


def test_an_answer_for_htmx_is_repeated_for_htmx_and_as_a_redirect_for_browsers(samaki, cashier):
    key = new_key()
    first, second = (send(receive_by_htmx, key, user=cashier, htmx=True) for _ in range(2))
    assert first["HX-Redirect"] == second["HX-Redirect"] == "/payments/1/"
    plain = send(receive_by_htmx, key, user=cashier)
    assert (plain.status_code, plain["Location"]) == (302, "/payments/1/")


def test_a_view_that_acts_without_a_redirect_is_noticed_and_rolled_back(samaki, cashier):
    with pytest.raises(RuntimeError, match="redirect"):
        send(forgetful, new_key(), user=cashier)
    assert acts() == 0


def test_hospitals_do_not_share_keys(samaki, royal, cashier):
    key = new_key()
    send(receive, key, user=cashier)
    with tenant_context(royal):
        assert send(receive, key, user=cashier).status_code == 302
        assert acts() == 1


def test_a_submission_keeps_nothing_of_what_was_typed(samaki, cashier):
    send(receive, new_key(), user=cashier, payer="Sok Dara")
    (kept,) = Submission.objects.values()
    assert "Sok" not in str(kept)


def test_keys_are_forgotten_after_a_week(samaki, cashier):
    with clock.freeze("2026-11-01T08:00") as frozen:
        send(receive, new_key(), user=cashier)
        frozen.advance(days=6)
        send(receive, new_key(), user=cashier)
        frozen.advance(days=2)
        assert forget_submissions() == 1
        assert Submission.objects.count() == 1


def test_every_key_is_new():
    assert len({new_key() for _ in range(1000)}) == 1000
    assert uuid.UUID(new_key()).version == 7


def test_guards_can_tell_which_views_act_once():
    assert receive.acts_once
    assert receive.__name__ == "receive"


def test_a_form_sent_eight_times_at_once_acts_once(committed_db, race, cashier):
    key = new_key()
    outcome = race(lambda: send(receive, key, user=cashier)["Location"], times=8)
    assert outcome.errors == []
    assert outcome.results == ["/payments/1/"] * 8
    assert acts() == 1


def test_when_the_first_of_parallel_copies_fails_another_one_acts(committed_db, race, cashier):
    key, failed = new_key(), []

    @exactly_once
    def stumbles_once(request):
        number = next_number("acts")
        if not failed:
            failed.append(True)
            raise ZeroDivisionError
        return redirect(f"/payments/{number}/")

    outcome = race(lambda: send(stumbles_once, key, user=cashier)["Location"], times=6)
    assert len(outcome.errors) == 1
    assert outcome.results == ["/payments/1/"] * 5
    assert acts() == 1


def test_an_outer_transaction_is_not_needed(committed_db, cashier):
    assert not transaction.get_connection().in_atomic_block
    assert send(receive, new_key(), user=cashier).status_code == 302
    assert once.Submission.objects.get().location == "/payments/1/"
