"""A hospital filled with a year of invented history keeps every rule of a real one."""

from datetime import timedelta
from decimal import Decimal

import pytest

from audit.services.chain import verify_chain
from billing.models import Invoice, Shift
from billing.queries.comparing import ledger_disagreements
from clinical.models import Encounter, Note
from core.clock import today
from demo.past.ground import ARCHIVE
from demo.past.sealing import seal_all
from demo.past.year import fill_year
from laboratory.models import Result
from laboratory.values import flag_of
from patients.models import Family, Patient, Visit
from patients.queries import search_patients
from tests.factories import billing

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(samaki):
    billing.rate()
    billing.price("5.00", code="CONS-OPD")
    list(fill_year(60, seed=1))
    return Patient.objects.filter(registered_by__username=ARCHIVE)


def test_as_many_patients_as_asked_for_registered_over_the_last_year(filled):
    assert filled.count() == 60
    first, last = filled.order_by("id").first(), filled.order_by("id").last()
    assert last.created_at - first.created_at > timedelta(days=300)
    assert last.created_at.date() <= today()


def test_half_of_them_were_seen_and_nothing_of_it_is_still_open(filled):
    visits = Visit.objects.filter(patient__in=filled)
    assert 15 < visits.count() < 45
    assert set(visits.values_list("status", flat=True)) == {"closed"}
    assert set(Encounter.objects.filter(visit__in=visits).values_list("status", flat=True)) == {"finished"}
    assert Note.objects.filter(encounter__visit__in=visits, status="signed").count() == visits.count()


def test_every_visit_was_paid_and_the_books_agree(filled):
    invoices = Invoice.objects.filter(patient__in=filled)
    assert invoices.count() == Visit.objects.filter(patient__in=filled).count()
    assert all(invoice.paid == invoice.total > Decimal(0) for invoice in invoices)
    assert set(Shift.objects.filter(cashier__username=ARCHIVE).values_list("status", flat=True)) == {"reconciled"}
    assert ledger_disagreements() == []


def test_the_laboratory_released_results_with_their_flags(filled):
    results = Result.objects.filter(item__patient__in=filled)
    assert results
    for result in results:
        assert result.state == "released"
        low, high = result.range_low, result.range_high
        assert result.flag == flag_of(result.item.test, result.value, low=low, high=high)


def test_they_are_found_like_anybody_else(filled, receptionist):
    someone = filled.first()
    assert someone in search_patients(receptionist, someone.phone[-6:])


def test_filling_again_goes_on_where_it_stopped(filled):
    list(fill_year(60, seed=1))
    assert filled.count() == 60
    list(fill_year(70, seed=1))
    assert filled.count() == 70


def test_the_trail_of_what_was_written_in_bulk_is_intact(filled):
    seal_all()
    assert verify_chain().findings == []


def test_the_archive_cannot_sign_in(filled):
    archive = filled.first().registered_by
    assert not archive.is_active
    assert not archive.check_password("!")


def test_a_family_is_headed_by_the_first_of_its_members(filled):
    families = Family.objects.filter(members__in=filled).distinct()
    assert families.count() < filled.count()
    assert all(family.head_id == family.members.order_by("id").first().pk for family in families)
