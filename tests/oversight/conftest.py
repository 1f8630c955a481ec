from datetime import timedelta

import pytest

from audit import context
from audit.services import record_reading
from core import clock


def moment(record_id, at):
    """Move one record's time, as the owner of the tables could; the trail's own tests prove that nobody else can."""
    import psycopg
    from django.conf import settings

    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute("SET search_path = samaki")
        owner.execute("ALTER TABLE audit_record DISABLE TRIGGER frozen_rows")
        owner.execute("UPDATE audit_record SET at = %s WHERE id = %s", [at, record_id])


@pytest.fixture
def look():
    """``look(user, patient)`` reads a record as that person."""

    def read(user, patient, page="chart"):
        with context(actor_id=str(user.pk), actor=user.username, role=user.role_line, address="10.0.0.7"):
            record_reading(patient.pk, page)

    return read


@pytest.fixture
def soon():
    """A clock a little ahead of the records' own, so that they lie before it."""
    with clock.freeze(clock.now() + timedelta(seconds=5)) as frozen:
        yield frozen
