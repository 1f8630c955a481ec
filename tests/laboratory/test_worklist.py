"""What waits where, in a fixed number of statements, for the right people only."""

import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context

from laboratory.models import Order, Specimen
from laboratory.models import Test as LabTest
from laboratory.queries.worklist import Filters, Tab, counts, worklist
from laboratory.services.corrections import correct_result
from laboratory.services.entry import Entry
from tests.factories import laboratory as lab

pytestmark = pytest.mark.django_db


def rows(tab, user=None, **filters):
    return list(worklist(user or lab.person("labtech"), tab, Filters(**filters)))


def page(client, tab, **more):
    return client.get(reverse("laboratory:worklist"), {"tab": tab, **more})


def test_every_step_has_its_list():
    ordered = lab.order("K")
    collected = lab.collected("K")[0]
    received = lab.received("K")
    submitted = lab.submitted({"K": "4.5"})
    released = lab.released({"K": "4.5"})
    assert rows(Tab.COLLECT) == [ordered]
    assert rows(Tab.RECEIVE) == [collected]
    assert rows(Tab.RESULT) == [received]
    assert rows(Tab.VERIFY) == [submitted]
    assert rows(Tab.RELEASED) == [released.order]
    assert counts(lab.person("labtech")) == {"collect": 1, "receive": 1, "result": 1, "verify": 1}


def test_a_correction_waits_for_its_verifier():
    specimen = lab.released({"K": "4.5"})
    correct_result(item=lab.item_of(specimen, "K"), entry=Entry("5.4"), reason="x", by=lab.person("labtech"))
    assert rows(Tab.VERIFY) == [specimen]
    assert counts(lab.person("labtech"))["verify"] == 1


def test_urgent_ones_stand_first_and_then_the_longest_waiting():
    routine, urgent, stat, later = (lab.order("K", priority=one) for one in ("routine", "urgent", "stat", "routine"))
    assert rows(Tab.COLLECT) == [stat, urgent, routine, later]


def test_the_list_is_narrowed_by_section_priority_and_number():
    chemistry, blood = lab.received("K"), lab.received("HGB", priority="urgent")
    section = LabTest.objects.get(code="K").section
    assert rows(Tab.RESULT, section=section) == [chemistry]
    assert rows(Tab.RESULT, priority="urgent") == [blood]
    assert rows(Tab.RESULT, text=blood.accession) == [blood]
    assert rows(Tab.RESULT, text=chemistry.patient.mrn.lower()) == [chemistry]
    assert rows(Tab.RESULT, text="nobody") == []
    order = lab.order("K")
    assert rows(Tab.COLLECT, text=order.number) == [order]
    assert rows(Tab.COLLECT, branch=order.visit.branch) == [order]


def test_senseless_filters_are_ignored(client_for):
    lab.order("K")
    answer = page(client_for("labtech"), "nonsense", section="x", priority="?", branch="1", page="-3")
    assert answer.status_code == 200
    assert Order.objects.get().number in answer.content.decode()


@pytest.mark.parametrize("tab", list(Tab))
def test_one_row_and_three_rows_need_the_same_queries(client_for, query_count, tab):
    steps = {
        Tab.COLLECT: lambda: lab.order("K", "HGB"),
        Tab.RECEIVE: lambda: lab.collected("K", "HGB"),
        Tab.RESULT: lambda: lab.received("K", "HGB"),
        Tab.VERIFY: lambda: lab.submitted({"K": "4.5", "NA": "140"}),
        Tab.RELEASED: lambda: lab.released({"K": "4.5", "NA": "140"}),
    }
    client, found = client_for("labtech"), []
    for times in (1, 2):
        for _ in range(times):
            steps[tab]()
        page(client, tab)
        with query_count() as queries:
            assert page(client, tab).status_code == 200
        found.append(queries.count)
    assert found[0] == found[1]


def test_lists_of_doctors_need_the_same_queries_however_long(client_for, query_count):
    client = client_for("doctor")
    for name in ("result-inbox", "alert-list"):
        found = []
        for times in (1, 2):
            for _ in range(times):
                lab.released({"K": "7.1"})
            client.get(reverse(f"laboratory:{name}"))
            with query_count() as queries:
                client.get(reverse(f"laboratory:{name}"))
            found.append(queries.count)
        assert found[0] == found[1], name


def test_htmx_gets_the_rows_only(client_for):
    lab.order("K")
    part = client_for("labtech").htmx(reverse("laboratory:worklist")).content.decode()
    assert Order.objects.get().number in part
    assert "<html" not in part


def test_who_may_not_see_the_worklist(client_for):
    for role in ("cashier", "receptionist", "pharmacist", "doctor"):
        assert page(client_for(role), "collect").status_code == 403


def test_a_restricted_patient_is_hidden_from_doctors_without_the_right_but_not_from_the_bench(client_for, doctor):
    order = lab.order("K")
    order.patient.confidentiality = "restricted"
    order.patient.save()
    seen_by_doctor = client_for("nurse").get(reverse("laboratory:order-detail", args=[order.pk])).status_code
    assert seen_by_doctor == 200  # collects the specimen
    if not doctor.may("patient:view_restricted"):
        assert client_for("doctor").get(reverse("laboratory:order-detail", args=[order.pk])).status_code == 404
    assert rows(Tab.COLLECT) == [order]


def test_ids_of_the_hospital_next_door_do_not_exist_here(client_for, royal):
    with tenant_context(royal):
        order = lab.released({"K": "7.1"}).order
        specimen, item = order.specimens.get(), order.items.get()
        alert, encounter, patient = item.results.get().alert, order.encounter, order.patient
    test = LabTest.objects.get(code="K")
    addresses = {
        "labtech": [
            ("specimen-detail", specimen.pk),
            ("specimen-label", specimen.pk),
            ("result-entry", specimen.pk),
            ("result-verify", specimen.pk),
            ("order-collect", order.pk),
            ("order-labels", order.pk),
            ("result-correct", item.pk),
            ("alert-call", alert.pk),
            ("order-detail", order.pk),
        ],
        "doctor": [
            ("order-detail", order.pk),
            ("order-report", order.pk),
            ("order-cancel", order.pk),
            ("order-new", encounter.pk),
            ("encounter-orders", encounter.pk),
        ],
    }
    for role, names in addresses.items():
        client = client_for(role)
        for name, pk in names:
            assert client.get(reverse(f"laboratory:{name}", args=[pk])).status_code == 404, name
    trend = reverse("laboratory:result-trend", args=[patient.pk, test.pk])
    assert client_for("doctor").get(trend).status_code == 404
    assert not Order.objects.exists()
    assert not Specimen.objects.exists()
