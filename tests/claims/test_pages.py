"""The pages of claims, as the people who work on them see them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.models import Batch, Channel, Claim, Remittance
from claims.services.batches import make_batch, submit_batch
from claims.services.claims import make_claim
from core.ids import new_id


def once(**fields):
    return {"_once": str(new_id()), **fields}


@pytest.fixture
def office(client_for, samaki):
    return client_for("accountant")


def test_from_the_invoice_to_the_bank(office, insured, client_for):
    invoice = insured()
    assert invoice.number in office.get("/claims/waiting/").content.decode()
    office.post(f"/claims/invoices/{invoice.pk}/", once())
    claim = Claim.objects.get()
    assert "To claim" in office.get("/claims/").content.decode()
    form = f"/claims/payers/{claim.payer_id}/batch/"
    assert claim.number in office.get(form).content.decode()
    assert office.post(form, once()).status_code == 422
    office.post(form, once(claims=[str(claim.pk)]))
    batch = Batch.objects.get()
    assert office.get(f"/claims/batches/{batch.pk}/csv/").status_code == 404
    office.post(f"/claims/batches/{batch.pk}/submit/", once())
    table = office.get(f"/claims/batches/{batch.pk}/csv/")
    assert claim.number in table.content.decode()
    assert office.get(f"/claims/batches/{batch.pk}/fhir/")["Content-Type"].startswith("application/fhir+json")
    columns = {f"column_{name}": name for name in ("claim", "paid", "rejected", "reason")}
    sent = {"payer": claim.payer_id, "received_on": "2026-11-21", "currency": "USD", "reference": "T-1", **columns}
    wrong = SimpleUploadedFile("r.csv", b"claim,paid\nCL-0,1\n")
    page = office.post("/claims/remittances/new/", once(**sent, file=wrong))
    assert page.status_code == 422
    assert "Row 2" in page.content.decode()
    good = SimpleUploadedFile("r.csv", f"claim,paid,rejected,reason\n{claim.number},40,8,N1\n".encode())
    assert office.post("/claims/remittances/new/", once(**sent, file=good)).status_code == 302
    remittance = Remittance.objects.get()
    assert claim.number in office.get(f"/claims/remittances/{remittance.pk}/").content.decode()
    claim.refresh_from_db()
    assert (claim.status, claim.paid, claim.rejected) == ("partly_accepted", 40, 8)
    office.post(f"/claims/claims/{claim.pk}/dispose/", once(kind="write_off", amount="8", reason="poor"))
    waiting = client_for("owner").get("/claims/write-offs/").content.decode()
    assert claim.number in waiting
    assert claim.number not in office.get("/claims/write-offs/").content.decode()
    page = office.get(f"/claims/claims/{claim.pk}/").content.decode()
    assert remittance.number in page
    assert "8.00" in office.get("/claims/ageing/").content.decode()
    assert "payer" in office.get("/claims/ageing/file/").content.decode()


def test_an_answer_needs_a_reason_for_what_it_refuses(office, insured, accountant):
    claim = make_claim(invoice=insured(), by=accountant)
    submit_batch(batch=make_batch(payer=claim.payer, claims=[claim], by=accountant), by=accountant)
    line = claim.lines.first()
    address = f"/claims/claims/{claim.pk}/answer/"
    assert office.post(address, once(**{f"refused_{line.pk}": "5"})).status_code == 422
    assert office.post(address, once(reference="A-1")).status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.payer_reference) == ("accepted", "A-1")


def test_a_list_costs_the_same_with_one_claim_and_with_three(office, insured, accountant, query_count):
    make_claim(invoice=insured(), by=accountant)
    office.get("/claims/")
    with query_count() as one:
        office.get("/claims/")
    for _ in range(2):
        make_claim(invoice=insured(), by=accountant)
    with query_count() as three:
        office.get("/claims/")
    assert three.count == one.count


def test_the_way_to_a_payer_keeps_its_token(office, insured, accountant):
    payer = make_claim(invoice=insured(), by=accountant).payer
    address = f"/claims/payers/{payer.pk}/channel/"
    assert office.post(address, once(way="api")).status_code == 422
    office.post(address, once(way="api", address="https://payer.example/fhir", token="secret-1"))
    office.post(address, once(way="api", address="https://payer.example/r4", token=""))
    channel = Channel.objects.get()
    assert (channel.address, channel.token) == ("https://payer.example/r4", "secret-1")
    assert "secret-1" not in office.get(address).content.decode()


def test_who_may_not_see_claims(client_for, samaki):
    assert client_for("doctor").get("/claims/").status_code == 403
    assert client_for("cashier").get("/claims/write-offs/").status_code == 403
