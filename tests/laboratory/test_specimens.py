"""Collecting, labelling, receiving and rejecting tubes."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from core import clock as house_clock
from core.once import new_key
from core.preferences import set_preference
from laboratory.errors import (
    IdentityNotConfirmed,
    NothingToCollect,
    PaymentAwaited,
    ReasonMissing,
    SpecimenAlreadyReceived,
    SpecimenHasResults,
    SpecimenNotInUse,
    SpecimenUnknown,
    TimeNotPossible,
)
from laboratory.history import history_of
from laboratory.identity import Identity
from laboratory.models import LabelPrint, Specimen
from laboratory.queries.specimens import tubes_of
from laboratory.services.specimens import collect_specimens, receive_specimen, reject_specimen
from notifications.models import Notice
from tests.factories import laboratory as lab
from tests.factories import patients

pytestmark = pytest.mark.django_db


def test_tests_of_one_material_and_tube_share_a_label():
    specimens = lab.collected("HGB", "WBC", "K", "NA", "GLU")
    tubes = {one.container.code: sorted(one.items.values_list("test__code", flat=True)) for one in specimens}
    assert tubes == {"EDTA": ["HGB", "WBC"], "PLAIN": ["K", "NA"], "FLUORIDE": ["GLU"]}


def test_accession_numbers_are_short_unique_and_running(clock):
    first, second = lab.collected("HGB")[0], lab.collected("HGB")[0]
    assert first.accession == "2603030001"
    assert second.accession == "2603030002"
    assert len(first.accession) <= 12


def test_a_number_is_not_given_again_after_a_rejection():
    specimen = lab.collected("K")[0]
    reject_specimen(specimen=specimen, rejection="clotted", by=lab.person("labtech"))
    again = lab.collected(of=specimen.order)[0]
    assert again.accession != specimen.accession


def test_some_tubes_may_be_collected_later():
    order = lab.order("HGB", "K")
    first = next(tube.key for tube in tubes_of(order) if tube.container.code == "EDTA")
    collect_specimens(order=order, tubes=[first], identity=lab.identity_of(order.patient), by=lab.person("nurse"))
    assert [tube.container.code for tube in tubes_of(order)] == ["PLAIN"]


@pytest.mark.parametrize(("mrn", "birth"), [("P-0000", None), (None, "1984-12-30"), (None, ""), (None, "1984")])
def test_two_identifiers_must_be_the_patients(mrn, birth):
    order = lab.order("K")
    right = lab.identity_of(order.patient)
    wrong = Identity(mrn=right.mrn if mrn is None else mrn, birth=right.birth if birth is None else birth)
    with pytest.raises(IdentityNotConfirmed):
        collect_specimens(order=order, tubes=[tubes_of(order)[0].key], identity=wrong, by=lab.person("nurse"))
    assert not Specimen.objects.exists()


def test_of_an_estimated_age_the_year_is_enough():
    patient = patients.patient()
    patient.birth_date_precision = "estimated"
    Identity(mrn=patient.mrn.lower(), birth="1984").confirm(patient)


def test_collecting_twice_makes_one_tube():
    order = lab.order("K")
    keys = [tube.key for tube in tubes_of(order)]
    lab.collected(of=order)
    with pytest.raises(NothingToCollect):
        collect_specimens(order=order, tubes=keys, identity=lab.identity_of(order.patient), by=lab.person("nurse"))
    assert Specimen.objects.count() == 1


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_tube_is_filled_after_the_order_and_not_in_the_future(minutes):
    order = lab.order("K")
    moment = (order.ordered_at if minutes < 0 else house_clock.now()) + timedelta(minutes=minutes)
    with pytest.raises(TimeNotPossible):
        collect_specimens(
            order=order,
            tubes=[tubes_of(order)[0].key],
            identity=lab.identity_of(order.patient),
            collected_at=moment,
            by=lab.person("nurse"),
        )


def test_pay_first_holds_back_all_but_stat(admin_of_rules):
    admin_of_rules("laboratory.pay_first", True)
    with pytest.raises(PaymentAwaited):
        lab.collected("K")
    assert lab.collected("K", priority="stat")
    assert lab.collected("K", encounter=lab.encounter(patients.visit(payer="nssf")))


def test_with_pay_first_a_waived_charge_lets_the_tube_be_filled(admin_of_rules):
    from billing.services.charges import waive

    admin_of_rules("laboratory.pay_first", True)
    order = lab.order("K")
    for charge in order.visit.charges.filter(service_code="LAB-K"):
        waive(charge=charge, reason="poor", by=lab.person("owner"))
    assert lab.collected(of=order)


@pytest.fixture
def admin_of_rules():
    return lambda key, value: set_preference(key, value, by=lab.person("owner"))


# --- Receiving --------------------------------------------------------------------------------------------------------
def test_receiving_moves_the_tests_along():
    specimen = lab.received("K", "NA")
    assert set(specimen.items.values_list("state", flat=True)) == {"received"}
    assert specimen.received_at >= specimen.collected_at


def test_a_tube_is_received_once():
    specimen = lab.received("K")
    with pytest.raises(SpecimenAlreadyReceived):
        receive_specimen(accession=specimen.accession, by=lab.person("labtech2"))


@pytest.mark.parametrize("number", ["", "9999999999", "'; drop table", "2603030001 or 1=1", "ខ្មែរ"])
def test_an_unknown_number_is_refused_in_words(number):
    with pytest.raises(SpecimenUnknown):
        receive_specimen(accession=number, by=lab.person("labtech"))


# --- Rejecting --------------------------------------------------------------------------------------------------------
def test_a_rejected_tube_asks_for_a_new_one_and_tells_doctor_and_collector():
    specimen = lab.received("K")
    reject_specimen(specimen=specimen, rejection="haemolysed", by=lab.person("labtech"))
    item = specimen.order.items.get()
    assert (item.state, item.specimen, item.recollections) == ("ordered", None, 1)
    told = set(Notice.objects.filter(kind="laboratory.specimen_rejected").values_list("user__username", flat=True))
    assert told == {"doctor", "nurse"}
    assert tubes_of(specimen.order)[0].asked_again


@pytest.mark.parametrize(("rejection", "note"), [("", ""), ("ugly", ""), ("other", " ")])
def test_rejecting_needs_a_reason(rejection, note):
    specimen = lab.received("K")
    with pytest.raises(ReasonMissing):
        reject_specimen(specimen=specimen, rejection=rejection, note=note, by=lab.person("labtech"))
    assert specimen.items.get().state == "received"


def test_a_rejected_tube_is_neither_received_nor_used():
    specimen = lab.collected("K")[0]
    reject_specimen(specimen=specimen, rejection="leaked", by=lab.person("labtech"))
    with pytest.raises(SpecimenNotInUse):
        receive_specimen(accession=specimen.accession, by=lab.person("labtech"))


def test_a_tube_with_submitted_results_is_not_rejected():
    specimen = lab.submitted({"K": "4.5"})
    with pytest.raises(SpecimenHasResults):
        reject_specimen(specimen=specimen, rejection="clotted", by=lab.person("labtech"))


def test_drafts_of_a_rejected_tube_are_given_up_and_the_new_tube_starts_afresh():
    specimen = lab.received("K")
    lab.typed(specimen, {"K": "4.5"})
    reject_specimen(specimen=specimen, rejection="clotted", by=lab.person("labtech"))
    assert specimen.results.get().state == "voided"
    again = lab.collected(of=specimen.order)[0]
    receive_specimen(accession=again.accession, by=lab.person("labtech"))
    lab.typed(again, {"K": "4.1"}, submit=True)
    assert [(one.value, one.version) for one in lab.verify(again)] == [("4.1", 1)]


# --- The database's own refusals --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "changes",
    [
        {"accession": "1"},
        {"received_at": None},
        {"state": "lost"},
        {"rejected_at": "2026-01-01T00:00Z"},
        {"patient_id": None},
    ],
)
def test_the_database_keeps_number_patient_and_times(changes):
    specimen = lab.received("K")
    with pytest.raises(IntegrityError), transaction.atomic():
        Specimen.objects.filter(pk=specimen.pk).update(**changes)


def test_the_database_refuses_a_tube_filled_before_its_order_or_received_before_it_was_filled():
    specimen = lab.collected("K")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Specimen.objects.filter(pk=specimen.pk).update(received_at=specimen.collected_at - timedelta(seconds=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Specimen.objects.filter(pk=specimen.pk).update(ordered_at=specimen.collected_at + timedelta(seconds=1))


def test_the_database_never_deletes_a_tube():
    specimen = lab.collected("K")[0]
    specimen.items.update(specimen=None, state="ordered")
    with pytest.raises(IntegrityError), transaction.atomic():
        Specimen.objects.filter(pk=specimen.pk)._raw_delete("default")


# --- Screens ----------------------------------------------------------------------------------------------------------
def collect_data(order, **changes):
    identity = lab.identity_of(order.patient)
    tubes = [tube.key for tube in tubes_of(order)]
    return {"mrn": identity.mrn, "birth": identity.birth, "tubes": tubes, "_once": new_key(), **changes}


def test_the_nurse_collects_at_the_bedside(client_for):
    order, client = lab.order("K", "HGB"), client_for("nurse")
    url = reverse("laboratory:order-collect", args=[order.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, collect_data(order, birth="31/12/1984")).status_code == 302
    assert Specimen.objects.filter(order=order).count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"mrn": "X"}, "mrn"), ({"birth": "2001-01-01"}, "birth"), ({"tubes": []}, "tubes"), ({"tubes": ["A.B"]}, "tubes")]
    + [({"collected_at": "2199-01-01 10:00"}, "collected_at"), ({"collected_at": "yesterday"}, "collected_at")],
)
def test_wrong_input_is_shown_beside_its_field(client_for, changes, field):
    order = lab.order("K")
    answer = client_for("nurse").post(
        reverse("laboratory:order-collect", args=[order.pk]), collect_data(order, **changes)
    )
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Specimen.objects.exists()


def test_scanning_receives_and_the_box_is_ready_for_the_next(client_for):
    specimen, client = lab.collected("K")[0], client_for("labtech")
    url = reverse("laboratory:specimen-receive")
    answer = client.post(url, {"accession": f" {specimen.accession} ", "_once": new_key()}, follow=True)
    page = answer.content.decode()
    assert specimen.accession in page
    assert "autofocus" in page
    assert "data-scan" in page
    again = client.post(url, {"accession": specimen.accession, "_once": new_key()})
    assert again.status_code == 422
    assert "already been received" in again.content.decode()


def test_labels_carry_bar_code_and_two_identifiers_and_every_print_counts(client_for):
    order, client = lab.order("K", "HGB"), client_for("nurse")
    specimens = lab.collected(of=order)
    answer = client.get(reverse("laboratory:order-labels", args=[order.pk]))
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert answer["Content-Type"] == "application/pdf"
    assert len(pages) == 2
    text = pages[0].extract_text()
    assert specimens[0].accession in text
    assert order.patient.mrn in text
    assert "1984-12-31" in text
    box = pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (50, 25)
    client.get(reverse("laboratory:specimen-label", args=[specimens[0].pk]))
    assert LabelPrint.objects.filter(specimen=specimens[0]).count() == 2


def test_rejecting_on_the_page(client_for):
    specimen, client = lab.received("K"), client_for("labtech")
    url = reverse("laboratory:specimen-reject", args=[specimen.pk])
    assert client.post(url, {"rejection": "", "_once": new_key()}).status_code == 422
    assert client.post(url, {"rejection": "other", "rejection_note": "", "_once": new_key()}).status_code == 422
    assert client.post(url, {"rejection": "clotted", "_once": new_key()}).status_code == 302
    assert client.get(reverse("laboratory:specimen-detail", args=[specimen.pk])).status_code == 200


def test_the_page_of_a_tube_tells_its_history_in_steps(client_for):
    specimen = lab.received("K", "NA")
    reject_specimen(specimen=specimen, rejection="clotted", by=lab.person("labtech"))
    specimen.refresh_from_db()
    steps = [(step["title"], step.get("text")) for step in history_of(specimen)]
    assert steps == [
        ("Collected", "NA K"),
        ("Received", "NA K"),
        ("Rejected: a new specimen is needed", "NA K · Clotted"),
    ]
    page = client_for("labtech").get(reverse("laboratory:specimen-detail", args=[specimen.pk])).content.decode()
    assert "Clotted" in page


def test_who_may_not_collect_or_receive(client_for):
    specimen = lab.collected("K")[0]
    order = specimen.order
    assert client_for("doctor").post(reverse("laboratory:order-collect", args=[order.pk])).status_code == 403
    assert client_for("nurse").get(reverse("laboratory:specimen-receive")).status_code == 403
    assert client_for("nurse").post(reverse("laboratory:specimen-reject", args=[specimen.pk])).status_code == 403
