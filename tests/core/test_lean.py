"""Lists that fetch what they show and no more."""

import pytest

from accounts.models import Department, Room
from clinical.models import Encounter
from core.db.lean import showing
from tests.factories.clinical import enrol, price_consultations

pytestmark = pytest.mark.django_db


def test_what_a_list_names_comes_in_one_statement_in_every_language(receptionist, query_count):
    price_consultations()
    encounter = enrol(by=receptionist).encounter
    shown = showing(Encounter.objects.all(), "status", "department__name", "patient__mrn")
    with query_count() as read:
        [row] = shown
        words = (row.status, row.department.name, row.department.name_km, row.patient.mrn)
    assert read.count == 1
    department = Department.objects.get(pk=encounter.department_id)
    assert words == (encounter.status, department.name, department.name_km, encounter.patient.mrn)


def test_what_it_does_not_name_is_not_fetched_and_no_table_joined(receptionist):
    price_consultations()
    enrol(by=receptionist)
    shown = showing(Encounter.objects.select_related("patient", "visit"), "status")
    [row] = shown
    assert {"arrived_at", "priority"} <= row.get_deferred_fields()
    assert "JOIN" not in str(shown.query)


def test_a_joined_row_keeps_its_own_key(samaki):
    room = Room.objects.select_related("department").first()
    [row] = showing(Room.objects.filter(pk=room.pk), "department__code")
    assert (row.department.pk, row.department.code) == (room.department_id, room.department.code)
