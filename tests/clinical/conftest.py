import pytest

from tests.factories.clinical import price_consultations


@pytest.fixture(autouse=True)
def _prices(samaki):
    price_consultations()
