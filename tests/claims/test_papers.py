"""What goes with claims: numbers of authorisations, and papers of the patient's own record, with consent."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django_tenants.utils import schema_context

from audit.models import Record
from claims import queries
from claims.adapters.fhir import as_claim
from claims.errors import ClaimNotDraft, PaperOfAnother, PapersTooLarge
from claims.models import Claim, ClaimPaper
from claims.queries import archives_of, claims_of_batch, standing_claims
from claims.services.batches import make_batch, submit_batch
from claims.services.channels import set_channel
from claims.services.claims import add_paper, make_claim
from claims.services.enclosures import archive_of, authorisations_of, enclosed_with
from core.ids import new_id
from insurance.models import Authorisation
from patients.models import PatientDocument
from patients.services.documents import add_document, remove_document
from tests.claims.conftest import pdf
from tests.factories.patients import patient


@pytest.fixture
def claimed(insured, accountant, receptionist, agree):
    """A draft with so many papers, of a patient who agreed."""

    def made(papers=1):
        claim = make_claim(invoice=insured(), by=accountant)
        agree(claim.patient)
        for _ in range(papers):
            paper = add_document(patient=claim.patient, kind="referral", title="Letter", file=pdf(), by=receptionist)
            add_paper(claim=claim, document=paper, by=accountant)
        return claim

    return made


def sent(*claims, by, way="csv"):
    set_channel(payer=claims[0].payer, way=way, address="", token="", by=by)
    batch = make_batch(payer=claims[0].payer, claims=claims, by=by)
    return submit_batch(batch=batch, by=by)


def authorise(claim, scope="*", number="AUTH-1", status="granted", day=None, card=None):
    day, by = day or claim.service_date, claim.made_by
    return Authorisation.objects.create(
        coverage=card or claim.coverage, scope=scope, number=number, status=status, valid_from=day, valid_to=day,
        requested_by=by, decided_by=by,
    )  # fmt: skip


def test_authorisations_that_count_for_a_line_on_its_day_are_named(insured, accountant):
    claim, other = (make_claim(invoice=insured(), by=accountant) for _ in range(2))
    code = claim.lines.first().service_code
    authorise(claim, code, "BY-SERVICE")
    authorise(claim, "category:consultation", "BY-CATEGORY")
    authorise(claim, "category:consultation", "BY-CATEGORY")
    authorise(claim, "category:laboratory", "OTHER-CATEGORY")
    authorise(claim, "*", "TOO-EARLY", day=claim.service_date - timedelta(days=1))
    authorise(claim, "*", "", status="requested")
    authorise(claim, "*", "OTHER-CARD", card=other.coverage)
    assert authorisations_of([claim])[claim.pk] == ["BY-SERVICE", "BY-CATEGORY"]
    enclosed = enclosed_with([claim])[claim.pk]
    assert as_claim(claim, enclosed)["insurance"][0]["preAuthRef"] == ["BY-SERVICE", "BY-CATEGORY"]
    authorise(other, "*", "EVERYTHING")
    assert authorisations_of([other])[other.pk] == ["OTHER-CARD", "EVERYTHING"]


def test_the_table_and_the_bundle_name_authorisations_and_papers(client_for, claimed, accountant, samaki):
    claim = claimed(2)
    authorise(claim)
    batch = sent(claim, by=accountant)
    office = client_for("accountant")
    table = office.get(f"/claims/batches/{batch.pk}/csv/").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {(row["authorisation"], row["papers"]) for row in rows} == {("AUTH-1", "01-referral.pdf 02-referral.pdf")}
    bundle = json.loads(office.get(f"/claims/batches/{batch.pk}/fhir/").content)
    named = [one["valueAttachment"] for one in bundle["entry"][0]["resource"]["supportingInfo"]]
    assert [one["url"] for one in named] == [f"{claim.number}/0{place}-referral.pdf" for place in (1, 2)]
    assert not any("data" in one for one in named)


@pytest.mark.parametrize(("way", "ending"), [("csv", "csv"), ("fhir", "json")])
def test_a_batch_leaves_as_one_archive_with_its_papers(client_for, claimed, accountant, samaki, way, ending):
    first, second = claimed(1), claimed(1)
    batch = sent(first, second, by=accountant, way=way)
    office = client_for("accountant")
    address = f"/claims/batches/{batch.pk}/papers/1/"
    assert address in office.get(f"/claims/batches/{batch.pk}/").content.decode()
    answer = office.get(address)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "private, no-store")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    papers = [f"{claim.number}/01-referral.pdf" for claim in (first, second)]
    assert archive.namelist() == [f"{batch.number}.{ending}", *papers]
    with default_storage.open(first.papers.get().document.name) as file:
        assert archive.read(papers[0]) == file.read()
    noted = Record.objects.filter(kind="export", after__page="claims:archive")
    assert {note.row_id for note in noted} == {"", str(first.patient_id), str(second.patient_id)}
    assert office.get(f"/claims/batches/{batch.pk}/papers/2/").status_code == 404
    assert client_for("cashier").get(address).status_code == 403


def test_an_open_batch_and_one_without_papers_have_no_archive(client_for, claimed, accountant, samaki):
    office, claim = client_for("accountant"), claimed(0)
    batch = make_batch(payer=claim.payer, claims=[claim], by=accountant)
    assert office.get(f"/claims/batches/{batch.pk}/papers/1/").status_code == 404
    submit_batch(batch=batch, by=accountant)
    assert office.get(f"/claims/batches/{batch.pk}/papers/1/").status_code == 404


def test_an_archive_takes_no_more_than_fits_and_a_claim_no_more_than_an_archive(
    claimed, accountant, receptionist, monkeypatch
):
    claims = [claimed(1) for _ in range(3)]
    size = claims[0].papers.get().document.size
    monkeypatch.setattr(queries, "LARGEST_PAPERS", size * 2 + 100)
    batch = sent(*claims, by=accountant)
    parts = archives_of(standing_claims(batch))
    assert [[claim.number for claim in part] for part in parts] == [
        [claims[0].number, claims[1].number], [claims[2].number],
    ]  # fmt: skip
    names = zipfile.ZipFile(io.BytesIO(archive_of(batch, parts[1]))).namelist()
    assert names == [f"{batch.number}.csv", f"{claims[2].number}/01-referral.pdf"]
    monkeypatch.setattr("claims.services.claims.LARGEST_PAPERS", size + 100)
    claim = claimed(1)
    paper = add_document(patient=claim.patient, kind="result", title="", file=pdf(), by=receptionist)
    with pytest.raises(PapersTooLarge):
        add_paper(claim=claim, document=paper, by=accountant)


def test_papers_of_others_withdrawn_ones_and_late_ones_are_refused_by_the_database_too(
    claimed, accountant, receptionist
):
    claim = claimed(0)
    theirs = add_document(patient=patient(), kind="result", title="", file=pdf(), by=receptionist)
    gone = add_document(patient=claim.patient, kind="result", title="", file=pdf(), by=receptionist)
    gone = remove_document(document=gone, reason="wrong", by=receptionist)
    for document in (theirs, gone):
        with pytest.raises(PaperOfAnother):
            add_paper(claim=claim, document=document, by=accountant)
        with pytest.raises(IntegrityError), transaction.atomic():
            ClaimPaper.objects.create(claim=claim, document=document, added_by=accountant)
    good = add_document(patient=claim.patient, kind="result", title="", file=pdf(), by=receptionist)
    sent(claim, by=accountant)
    with pytest.raises(ClaimNotDraft):
        add_paper(claim=claim, document=good, by=accountant)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimPaper.objects.create(claim=claim, document=good, added_by=accountant)


def test_a_paper_that_is_somebody_elses_now_does_not_go_along(claimed, accountant):
    claim = claimed(1)
    PatientDocument.objects.update(patient=patient())
    assert enclosed_with([claim])[claim.pk].papers == ()


def test_the_hospital_next_door_has_neither_paper_nor_batch(client_for, claimed, accountant, royal):
    claim = claimed(1)
    batch = sent(claim, by=accountant)
    document = claim.papers.get().document
    with schema_context(royal.schema_name):
        assert not Claim.objects.filter(pk=claim.pk).exists()
        assert enclosed_with([claim])[claim.pk].papers == ()
        assert not default_storage.exists(document.name)
        assert archives_of(standing_claims(batch)) == []


def test_papers_stay_without_the_patients_consent_and_the_pages_say_so(client_for, claimed, accountant, agree, samaki):
    claim = claimed(1)
    agree(claim.patient, "deny")
    office = client_for("accountant")
    assert "The papers stay in the hospital" in office.get(f"/claims/claims/{claim.pk}/").content.decode()
    batch = sent(claim, by=accountant)
    page = office.get(f"/claims/batches/{batch.pk}/").content.decode()
    assert "stay in the hospital" in page
    assert "/papers/1/" not in page
    assert "referral" not in office.get(f"/claims/batches/{batch.pk}/csv/").content.decode()
    held = Record.objects.get(kind="event", row_id=str(claim.patient_id), after__event="withheld")
    assert held.after["why"] == "refused"


def test_a_page_of_a_claim_refuses_too_many_papers_beside_the_field(
    client_for, claimed, receptionist, samaki, monkeypatch
):
    claim = claimed(0)
    paper = add_document(patient=claim.patient, kind="result", title="", file=pdf(), by=receptionist)
    monkeypatch.setattr("claims.services.claims.LARGEST_PAPERS", 10)
    sent_form = {"_once": str(new_id()), "document": str(paper.pk)}
    page = client_for("accountant").post(f"/claims/claims/{claim.pk}/papers/", sent_form)
    assert page.status_code == 422
    assert not claim.papers.exists()


def test_a_batch_costs_the_same_with_one_claim_and_with_three(claimed, accountant, query_count):
    claims = [claimed(1) for _ in range(3)]
    one, three = sent(claims[0], by=accountant), sent(*claims[1:], claimed(1), by=accountant)
    with query_count() as few:
        enclosed_with(claims_of_batch(one))
    with query_count() as many:
        enclosed_with(claims_of_batch(three))
    assert many.count == few.count
