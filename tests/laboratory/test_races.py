"""Two people at once, on real connections: one acts, the other is told, and nothing happens twice."""

import pytest

from billing.models import Charge
from core.errors import DomainError
from laboratory.identity import Identity
from laboratory.models import CriticalAlert, ItemMove, Result, Specimen
from laboratory.queries.specimens import tubes_of
from laboratory.services.corrections import correct_result
from laboratory.services.entry import Entry
from laboratory.services.orders import cancel_items
from laboratory.services.specimens import collect_specimens, receive_specimen, reject_specimen
from notifications.models import Notice
from tests.factories import laboratory as lab

pytestmark = pytest.mark.usefixtures("committed_db", "samaki")


def only_domain_errors(outcome):
    assert all(isinstance(error, DomainError) for error in outcome.errors), outcome.errors


def test_two_nurses_collect_one_order_and_make_one_tube_each_container(race):
    order, nurse = lab.order("K", "HGB"), lab.person("nurse")
    keys, identity = [tube.key for tube in tubes_of(order)], lab.identity_of(order.patient)
    outcome = race(lambda: collect_specimens(order=order, tubes=keys, identity=identity, by=nurse), times=6)
    only_domain_errors(outcome)
    assert len(outcome.results) == 1
    assert Specimen.objects.filter(order=order).count() == 2


def test_many_tubes_collected_at_once_never_share_a_number(race):
    nurse = lab.person("nurse")
    work = []
    for _ in range(6):
        order = lab.order("K")
        keys, identity = [tube.key for tube in tubes_of(order)], lab.identity_of(order.patient)
        work.append(lambda o=order, k=keys, i=identity: collect_specimens(order=o, tubes=k, identity=i, by=nurse))
    outcome = race(*work)
    assert not outcome.errors
    numbers = sorted(Specimen.objects.values_list("accession", flat=True))
    assert len(set(numbers)) == 6
    assert int(numbers[-1]) - int(numbers[0]) == 5


def test_two_technicians_receive_the_same_tube_once(race):
    specimen = lab.collected("K")[0]
    technicians = [lab.person("labtech"), lab.person("labtech2")]
    outcome = race(*[lambda by=one: receive_specimen(accession=specimen.accession, by=by) for one in technicians * 3])
    only_domain_errors(outcome)
    assert len(outcome.results) == 1
    assert ItemMove.objects.filter(verb="receive").count() == 1


def test_receiving_and_cancelling_at_once_leaves_one_of_both(race):
    specimen = lab.collected("K")[0]
    order, doctor, technician = specimen.order, lab.person("doctor"), lab.person("labtech")
    items = list(order.items.all())
    outcome = race(
        lambda: receive_specimen(accession=specimen.accession, by=technician),
        lambda: cancel_items(order=order, items=items, reason="not needed", by=doctor),
    )
    only_domain_errors(outcome)
    assert len(outcome.results) == 1
    state = order.items.get().state
    charged = Charge.objects.filter(service_code="LAB-K", status="pending").count()
    assert (state, charged) in {("received", 1), ("cancelled", 0)}


def test_two_verifiers_release_once_and_tell_once(race):
    specimen = lab.submitted({"K": "7.1"})
    verifiers = [lab.person("labtech2"), lab.person("owner")]
    outcome = race(*[lambda by=one: lab.verify(specimen, by=by) for one in verifiers * 3])
    only_domain_errors(outcome)
    assert len(outcome.results) == 1
    assert CriticalAlert.objects.count() == 1
    assert Notice.objects.filter(kind="laboratory.critical").count() == 1
    assert ItemMove.objects.filter(verb="verify").count() == 1


def test_two_technicians_submit_one_sheet_once(race):
    specimen = lab.received("K")
    technicians = [lab.person("labtech"), lab.person("labtech2")]
    outcome = race(*[lambda by=one: lab.typed(specimen, {"K": "4.5"}, submit=True, by=by) for one in technicians])
    only_domain_errors(outcome)
    assert Result.objects.count() == 1
    assert ItemMove.objects.filter(verb="result").count() == 1


def test_rejecting_and_submitting_at_once_never_leaves_a_result_on_a_rejected_tube(race):
    specimen = lab.received("K")
    one, two = lab.person("labtech"), lab.person("labtech2")
    outcome = race(
        lambda: lab.typed(specimen, {"K": "4.5"}, submit=True, by=one),
        lambda: reject_specimen(specimen=specimen, rejection="clotted", by=two),
    )
    specimen.refresh_from_db()
    alive = specimen.results.exclude(state="voided").exists()
    assert len(outcome.results) == 1
    assert alive == (specimen.state == "received")


def test_two_corrections_at_once_make_one_new_version(race):
    specimen = lab.released({"K": "4.5"})
    item, technician = lab.item_of(specimen, "K"), lab.person("labtech")
    outcome = race(
        *[
            lambda value=one: correct_result(item=item, entry=Entry(value), reason="x", by=technician)
            for one in ("5.0", "5.1", "5.2")
        ]
    )
    only_domain_errors(outcome)
    assert len(outcome.results) == 1
    assert Result.objects.filter(item=item).count() == 2


def test_the_wrong_patient_is_refused_also_in_a_race(race):
    order, nurse = lab.order("K"), lab.person("nurse")
    keys = [tube.key for tube in tubes_of(order)]
    wrong = Identity(mrn="X", birth="2000-01-01")
    outcome = race(lambda: collect_specimens(order=order, tubes=keys, identity=wrong, by=nurse), times=3)
    assert not outcome.results
    assert not Specimen.objects.exists()
