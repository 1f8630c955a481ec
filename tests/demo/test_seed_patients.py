"""`manage.py seed_patients`, with commits and the sealer's own connection."""

from io import StringIO

from django.core.management import call_command
from django.db import connection

from audit.models import Record, Seal
from audit.services.chain import verify_chain
from demo.past.ground import ARCHIVE
from patients.models import Patient
from tests.factories import billing


def test_the_command_fills_a_hospital_and_leaves_a_whole_sealed_trail(committed_db, samaki):
    billing.rate()
    billing.price("5.00", code="CONS-OPD")
    told = StringIO()
    call_command("seed_patients", 40, stdout=told)
    connection.set_tenant(samaki)
    assert "40 of 40 patients" in told.getvalue()
    assert Patient.objects.filter(registered_by__username=ARCHIVE).count() == 40
    assert Seal.objects.count() == Record.objects.count() > 1_000
    assert verify_chain().findings == []
