"""Two hospitals at once through the same workers and pooled connections; `manage.py prove_isolation` sends far more."""

import pytest
from django_tenants.utils import schema_context

from demo.bench import crossing
from tests.factories.patients import patient

REQUESTS = 700


@pytest.fixture
def both(web_db, samaki, royal):
    for hospital in (samaki, royal):
        with schema_context(hospital.schema_name):
            for _person in range(6):
                patient()


def test_nothing_crosses_while_both_hospitals_work(web, both):
    found = crossing.prove(web.port, REQUESTS)
    assert found.crossed == []
    assert found.errors == []
    assert found.requests == REQUESTS
    assert {200, 302, 404} <= set(found.statuses)


def test_a_crossing_would_be_noticed(web, both, monkeypatch):
    """The same walk with both hospitals taken for each other finds plenty."""
    real = crossing.known
    monkeypatch.setattr(crossing, "known", lambda schema: real({"samaki": "royal", "royal": "samaki"}[schema]))
    assert len(crossing.prove(web.port, 120).crossed) > 20
