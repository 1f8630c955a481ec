"""A morning with insured patients."""

import pytest

from tests.factories import billing as make
from tests.factories import insurance as insure


@pytest.fixture
def terms(samaki):
    make.rate(4100)
    return insure.contract(copay_rate="0.2")


@pytest.fixture
def insured(terms, cashier):
    """An issued invoice over two lines, 40 and 8 dollars with the payer."""

    def issue(*amounts, card=None):
        visit = make.new_visit()
        insure.cover(visit, None if card else terms, card=card)
        return make.invoice(*(amounts or (("50.00", "USD"), ("10.00", "USD"))), visit=visit, by=cashier)

    return issue
