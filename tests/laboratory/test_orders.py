"""Ordering tests and panels, with their charges, and giving them up again."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from billing.errors import ChargeAlreadyInvoiced
from billing.models import Charge
from billing.queries import unpaid_charges
from core.models import Event
from core.models.base import AppendOnlyError
from core.once import new_key
from laboratory.errors import (
    CancelTooLate,
    DuplicateTests,
    EncounterClosed,
    NothingOrdered,
    ReasonMissing,
)
from laboratory.errors import (
    TestNotOffered as NotOffered,
)
from laboratory.models import Order, OrderItem, Panel
from laboratory.models import Test as LabTest
from laboratory.services.orders import cancel_items, place_order
from tests.factories import laboratory as lab
from tests.factories import patients

pytestmark = pytest.mark.django_db


def codes_charged(order):
    return sorted(
        unpaid_charges(order.visit).filter(source_kind__startswith="laboratory").values_list("service_code", flat=True)
    )


def test_a_test_is_ordered_charged_and_told():
    order = lab.order("HGB", "K", note="pale")
    assert sorted(order.items.values_list("test__code", "state")) == [("HGB", "ordered"), ("K", "ordered")]
    assert codes_charged(order) == ["LAB-HGB", "LAB-K"]
    assert order.note == "pale"
    assert order.number.startswith("L")
    charge = Charge.objects.get(service_code="LAB-K")
    assert (charge.source_kind, charge.source_id) == ("laboratory.item", order.items.get(test__code="K").pk)


def test_a_panel_expands_to_its_tests_and_is_charged_once():
    order = lab.order(panels=("CBC",))
    assert order.items.count() == 10
    assert codes_charged(order) == ["LABP-CBC"]


def test_a_test_in_two_panels_and_alone_is_made_once():
    order = lab.order("HGB", "K", panels=("ELEC", "RENAL"))
    tests = list(order.items.values_list("test__code", flat=True))
    assert len(tests) == len(set(tests)) == 8  # NA K CL HCO3, UREA CREA EGFR, HGB
    assert codes_charged(order) == ["LAB-HGB", "LABP-ELEC", "LABP-RENAL"]


def test_order_numbers_have_no_gaps():
    first, second = lab.order("HGB"), lab.order("K")
    assert int(second.number[1:]) == int(first.number[1:]) + 1


def test_an_empty_order_is_refused():
    with pytest.raises(NothingOrdered):
        lab.order()


def test_a_test_that_is_not_offered_is_refused_and_nothing_is_charged():
    LabTest.objects.filter(code="K").update(active=False)
    encounter = lab.encounter()
    with pytest.raises(NotOffered):
        lab.order("HGB", "K", encounter=encounter)
    assert not Order.objects.exists()
    assert not Charge.objects.filter(source_kind__startswith="laboratory").exists()


def test_a_finished_consultation_takes_no_order():
    with pytest.raises(EncounterClosed):
        lab.order("HGB", encounter=lab.encounter(status="entered_in_error"))


def test_the_same_test_within_a_day_needs_a_second_thought():
    first = lab.order("HGB")
    with pytest.raises(DuplicateTests):
        lab.order(panels=("CBC",), encounter=first.encounter)
    again = lab.order(panels=("CBC",), encounter=first.encounter, again=True)
    assert again.items.count() == 10


def test_after_a_day_or_a_cancellation_there_is_no_warning(clock):
    first = lab.order("HGB")
    clock.advance(hours=25)
    second = lab.order("HGB", encounter=first.encounter)
    cancel_items(order=second, items=list(second.items.all()), reason="mistake", by=lab.person("doctor"))
    assert lab.order("HGB", encounter=first.encounter).items.count() == 1


def test_an_urgent_order_is_promised_earlier(clock):
    routine, stat = lab.order("HGB"), lab.order("HGB", priority="stat")
    assert (routine.items.get().due_at - stat.items.get().due_at).total_seconds() == 45 * 60


# --- Cancelling -------------------------------------------------------------------------------------------------------
def cancel(order, *codes, reason="not needed"):
    items = list(order.items.filter(test__code__in=codes) if codes else order.items.all())
    cancel_items(order=order, items=items, reason=reason, by=lab.person("doctor"))


def test_cancelling_takes_the_charge_back():
    order = lab.order("HGB", "K")
    cancel(order, "K")
    assert codes_charged(order) == ["LAB-HGB"]
    assert order.items.get(test__code="K").moves.last().reason == "not needed"


def test_a_panels_charge_goes_with_its_last_test():
    order = lab.order(panels=("ELEC",))
    cancel(order, "NA", "K", "CL")
    assert codes_charged(order) == ["LABP-ELEC"]
    cancel(order, "HCO3")
    assert codes_charged(order) == []


def test_cancelling_needs_a_reason():
    order = lab.order("K")
    with pytest.raises(ReasonMissing):
        cancel(order, reason="  ")


def test_what_the_laboratory_has_received_cannot_be_cancelled():
    specimen = lab.received("K")
    with pytest.raises(CancelTooLate):
        cancel(specimen.order)
    assert codes_charged(specimen.order) == ["LAB-K"]


def test_a_collected_test_can_be_cancelled_and_its_empty_tube_is_not_needed():
    specimen = lab.collected("K")[0]
    cancel(specimen.order)
    specimen.refresh_from_db()
    assert specimen.state == "discarded"


def test_nothing_is_cancelled_when_the_cashier_has_invoiced_it():
    order = lab.order("K")
    Charge.objects.filter(service_code="LAB-K").update(status="invoiced")
    with pytest.raises(ChargeAlreadyInvoiced):
        cancel(order)
    assert order.items.get().state == "ordered"


# --- The database's own refusals --------------------------------------------------------------------------------------
def test_the_database_refuses_the_same_test_twice_in_an_order():
    item = lab.order("K").items.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderItem.objects.create(order=item.order, patient=item.patient, test=item.test, due_at=item.due_at)


def test_the_database_refuses_a_state_nobody_knows():
    item = lab.order("K").items.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderItem.objects.filter(pk=item.pk).update(state="done")


def test_the_history_is_never_changed():
    move = lab.order("K").items.get().moves.get()
    with pytest.raises(AppendOnlyError):
        move.save()


# --- The doctor's page ------------------------------------------------------------------------------------------------
def order_data(*codes, panels=(), **more):
    return {
        "tests": [LabTest.objects.get(code=code).pk for code in codes],
        "panels": [Panel.objects.get(code=code).pk for code in panels],
        "priority": "routine",
        "note": "",
        "_once": new_key(),
        **more,
    }


def test_the_doctor_orders_without_leaving_the_page(client_for):
    encounter, client = lab.encounter(), client_for("doctor")
    url = reverse("laboratory:order-new", args=[encounter.pk])
    answer = client.htmx(url, order_data("K", panels=("CBC",), priority="urgent"), method="post")
    assert answer.status_code == 302
    part = client.htmx(answer["Location"])
    text = part.content.decode()
    assert Order.objects.get().number in text
    assert "<html" not in text


def test_the_same_form_sent_twice_orders_once(client_for):
    encounter, client = lab.encounter(), client_for("doctor")
    url, data = reverse("laboratory:order-new", args=[encounter.pk]), order_data("K")
    assert [client.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert Order.objects.count() == 1


def test_a_repeated_test_is_shown_and_must_be_confirmed(client_for):
    first, client = lab.order("K"), client_for("doctor")
    url = reverse("laboratory:order-new", args=[first.encounter_id])
    answer = client.htmx(url, order_data("K", note="seen again"), method="post")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Ordered a short time ago" in text
    assert "seen again" in text
    assert client.htmx(url, order_data("K", again="on"), method="post").status_code == 302
    assert Order.objects.count() == 2


def test_an_empty_or_senseless_order_is_refused_in_words(client_for):
    encounter, client = lab.encounter(), client_for("doctor")
    url = reverse("laboratory:order-new", args=[encounter.pk])
    for data in (order_data(), order_data(tests=["nonsense"]), order_data("K", priority="tomorrow")):
        assert client.post(url, data).status_code == 422
    assert not Order.objects.exists()


def test_only_who_may_order(client_for):
    encounter = lab.encounter()
    url = reverse("laboratory:order-new", args=[encounter.pk])
    for role in ("cashier", "receptionist", "labtech", "pharmacist"):
        assert client_for(role).post(url, order_data("K")).status_code == 403
    assert not Order.objects.exists()


def test_the_search_keeps_what_is_ticked(client_for):
    client, hgb = client_for("doctor"), LabTest.objects.get(code="HGB")
    page = client.htmx(
        reverse("laboratory:test-search") + f"?q=potassium&tests={hgb.pk}&tests=rubbish"
    ).content.decode()
    assert f'value="{hgb.pk}" checked' in page
    assert str(LabTest.objects.get(code="K").pk) in page


def test_the_encounter_page_of_a_plain_browser_is_where_orders_stand(client_for):
    encounter = lab.order("K").encounter
    answer = client_for("doctor").get(reverse("laboratory:encounter-orders", args=[encounter.pk]))
    assert answer.status_code == 302
    assert answer["Location"].endswith("#laboratory")


def test_an_order_on_the_encounter_page_tells_the_bill_beside_it(client_for):
    encounter, client = lab.order("K").encounter, client_for("doctor")
    answer = client.htmx(reverse("laboratory:encounter-orders", args=[encounter.pk]))
    assert "charges-changed" in answer["HX-Trigger"]


def test_cancelling_on_the_page(client_for):
    order, client = lab.order("K"), client_for("doctor")
    url = reverse("laboratory:order-cancel", args=[order.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"items": [order.items.get().pk], "reason": "", "_once": new_key()}).status_code == 422
    done = client.post(url, {"items": [order.items.get().pk], "reason": "wrong patient", "_once": new_key()})
    assert done.status_code == 302
    assert order.items.get().state == "cancelled"


def test_tests_of_another_order_are_not_among_the_choices(client_for):
    order, other = lab.order("K"), lab.order("HGB")
    url = reverse("laboratory:order-cancel", args=[order.pk])
    data = {"items": [other.items.get().pk], "reason": "x", "_once": new_key()}
    assert client_for("doctor").post(url, data).status_code == 422
    assert other.items.get().state == "ordered"


def test_events_carry_ids_only():
    lab.order("K", note="secret suspicion")
    assert "secret" not in str(list(Event.objects.values_list("payload", flat=True)))


def test_placing_takes_one_transaction(monkeypatch):
    """Without a price nothing is ordered at all."""
    encounter = lab.encounter()
    orphan = LabTest.objects.get(code="K")
    LabTest.objects.filter(pk=orphan.pk).update(code="K2")
    with pytest.raises(Exception, match="price"):
        place_order(encounter=encounter, tests=[LabTest.objects.get(pk=orphan.pk)], by=lab.person("doctor"))
    assert not Order.objects.exists()


def test_the_patient_comes_back_when_the_last_result_is_out_or_given_up():
    from clinical.services.closing import hold_open
    from clinical.services.encounters import results_pending
    from laboratory.queries.results import unfinished

    order = lab.order("K")
    assert results_pending(order.encounter)
    assert unfinished(order.visit)
    assert hold_open(unfinished) is unfinished
    cancel(order)
    assert not results_pending(order.encounter)
    assert not unfinished(order.visit)


def test_a_visit_with_an_unread_critical_result_stays_open(doctor):
    from laboratory.queries.results import unfinished
    from laboratory.services.reading import acknowledge_results

    order = lab.released({"K": "7.1"}).order
    assert unfinished(order.visit)
    acknowledge_results(order=order, by=doctor)
    assert not unfinished(order.visit)


# --- Patients who come to the laboratory only -------------------------------------------------------------------------
def walk_in():
    visit = patients.visit(kind="laboratory", practitioner=None)
    return lab.encounter(visit, status="waiting", practitioner=None, started_at=None)


def test_the_desk_enters_the_order_of_who_came_to_the_laboratory_only(client_for):
    encounter, client = walk_in(), client_for("labtech")
    url = reverse("laboratory:order-walk-in", args=[encounter.pk])
    assert url in client.get(reverse("laboratory:worklist")).content.decode()
    assert client.get(url).status_code == 200
    assert client.post(url, order_data()).status_code == 422
    answer = client.post(url, order_data("K"))
    order = Order.objects.get()
    assert answer["Location"] == reverse("laboratory:order-collect", args=[order.pk])
    assert codes_charged(order) == ["LAB-K"]
    assert url not in client.get(reverse("laboratory:worklist")).content.decode()


def test_the_desk_orders_nothing_for_a_doctors_patient(client_for):
    url = reverse("laboratory:order-walk-in", args=[lab.encounter().pk])
    assert client_for("labtech").post(url, order_data("K")).status_code == 404
    assert client_for("doctor").post(url, order_data("K")).status_code == 403
    assert not Order.objects.exists()


def test_with_htmx_the_browser_is_led_to_the_collection(client_for):
    url = reverse("laboratory:order-walk-in", args=[walk_in().pk])
    answer = client_for("labtech").htmx(url, order_data("K"), method="post")
    assert answer["HX-Redirect"] == reverse("laboratory:order-collect", args=[Order.objects.get().pk])
