"""A morning with insured patients."""

import io

import pytest
from pypdf import PdfWriter

from patients.queries.consents import current_texts
from patients.services.consents import record_consent
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


def pdf(size: int = 900) -> io.BytesIO:
    """A PDF of one empty page, made as large as is asked for."""
    out, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_metadata({"/Subject": "x" * size})
    writer.write(out)
    return io.BytesIO(out.getvalue())


@pytest.fixture
def agree(receptionist):
    """Note that a patient lets the insurer see papers, or no longer does."""

    def decide(patient, decision="permit"):
        text = current_texts()["share_insurer"]
        record_consent(patient=patient, text=text, decision=decision, method="paper", by=receptionist)

    return decide
