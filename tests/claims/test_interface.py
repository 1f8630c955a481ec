"""Claims brought to a payer's FHIR server: a real one beside the test, over HTTP."""

import base64
import hashlib
import json
from collections import defaultdict

import pytest
from celery.exceptions import Retry

from audit.models import Record
from billing.queries.comparing import ledger_disagreements
from claims.models import Claim, Transmission
from claims.services import interface
from claims.services.batches import make_batch, submit_batch
from claims.services.channels import set_channel
from claims.services.claims import add_paper, make_claim
from claims.tasks import send_batch
from patients.services.documents import add_document, remove_document
from tests.claims.conftest import pdf
from tests.support.serving import Handler, Server, serving


class Payer(Handler):
    """A server that keeps Claims by their identifier and answers as its `mode` says."""

    def do_POST(self):
        body = json.loads(self.body())
        server = self.server
        server.asked += 1
        if self.headers.get("Authorization") != "Bearer key-1":
            return self.send(401, {"resourceType": "OperationOutcome"})
        number = body["identifier"][0]["value"]
        mode = server.modes.get(number) or server.modes.get(body["resourceType"], server.mode)
        assert self.path == f"/fhir/{body['resourceType']}"
        server.order.append((body["resourceType"], number))
        if mode == "away":
            return self.send(503, {})
        if mode == "invalid":
            return self.send(422, {"resourceType": "OperationOutcome"})
        known = number in server.kept
        assert self.headers["If-None-Exist"] == f"identifier={body['identifier'][0]['system']}|{number}"
        server.kept[number] = body
        server.received[number] += 1
        if mode == "silent":
            return self.send(201, b"")
        if mode == "lost":
            server.mode = "later"
            self.connection.close()  # taken, but the answer is lost on its way
            return None
        return self.send(200 if known else 201, self.response(number, body) if mode == "partial" else body)

    def response(self, number, body):
        net = body["item"][1]["net"]
        denied = {"category": {"coding": [{"code": "denied"}]}, "amount": net, "reason": {"coding": [{"code": "N1"}]}}
        return {
            "resourceType": "ClaimResponse", "outcome": "partial", "identifier": [{"value": "R-1"}],
            "request": {"identifier": {"value": number}}, "item": [{"itemSequence": 2, "adjudication": [denied]}],
        }  # fmt: skip


@pytest.fixture
def payer_server():
    with serving(Server(Payer)) as server:
        server.mode, server.modes, server.kept, server.asked, server.received = "later", {}, {}, 0, defaultdict(int)
        server.order = []
        yield server


@pytest.fixture
def enclosing(insured, accountant, receptionist, agree, monkeypatch):
    """A claim with a small and a large paper, whose patient lets the payer see them."""
    monkeypatch.setattr(interface, "EMBEDDED", 3_000)

    def made(large=4_000):
        claim = make_claim(invoice=insured(), by=accountant)
        agree(claim.patient)
        for kind, title, size in (("referral", "Letter", 900), ("result", "X-ray", large)):
            paper = add_document(patient=claim.patient, kind=kind, title=title, file=pdf(size), by=receptionist)
            add_paper(claim=claim, document=paper, by=accountant)
        return claim

    return made


@pytest.fixture
def to_server(payer_server, accountant, monkeypatch):
    def send(claim):
        address = f"{payer_server.address}/fhir/"
        set_channel(payer=claim.payer, way="api", address=address, token="key-1", by=accountant)
        monkeypatch.setattr(send_batch, "delay", lambda pk: None)
        return submit_batch(batch=make_batch(payer=claim.payer, claims=[claim], by=accountant), by=accountant)

    return send


@pytest.fixture
def batch(payer_server, insured, accountant, after_commit, monkeypatch):
    claims = [make_claim(invoice=insured(), by=accountant) for _ in range(2)]
    address = f"{payer_server.address}/fhir/"
    set_channel(payer=claims[0].payer, way="api", address=address, token="key-1", by=accountant)
    monkeypatch.setattr(send_batch, "delay", lambda pk: None)
    return submit_batch(batch=make_batch(payer=claims[0].payer, claims=claims, by=accountant), by=accountant)


def states(batch):
    batch.refresh_from_db()
    return batch.status, sorted(Claim.objects.values_list("status", flat=True))


def test_claims_are_posted_and_submitted(batch, payer_server):
    assert batch.status == "sending"
    assert interface.send_batch(batch.pk) == 0
    assert states(batch) == ("submitted", ["submitted", "submitted"])
    assert {one["resourceType"] for one in payer_server.kept.values()} == {"Claim"}
    assert interface.send_batch(batch.pk) == 0
    assert payer_server.asked == 2


def test_a_payer_that_answers_at_once_is_heard(batch, payer_server):
    payer_server.mode = "partial"
    interface.send_batch(batch.pk)
    claim = Claim.objects.first()
    assert (claim.status, claim.rejected, claim.payer_reference) == ("partly_accepted", 8, "R-1")
    assert claim.lines.get(position=2).denial.code == "N1"
    assert not ledger_disagreements()


def test_a_claim_the_server_refuses_is_a_draft_again(batch, payer_server):
    first, _second = Claim.objects.order_by("id")
    payer_server.modes[first.number] = "invalid"
    interface.send_batch(batch.pk)
    first.refresh_from_db()
    assert states(batch) == ("submitted", ["draft", "submitted"])
    assert (first.batch, Transmission.objects.get(claim=first).answer) == (None, "422")


def test_a_lost_answer_makes_no_second_claim(batch, payer_server):
    payer_server.mode = "lost"
    assert interface.send_batch(batch.pk) == 1
    assert states(batch)[0] == "sending"
    assert interface.send_batch(batch.pk) == 0
    assert states(batch) == ("submitted", ["submitted", "submitted"])
    assert sorted(payer_server.received.values()) == [1, 2]
    assert len(payer_server.kept) == 2


def test_the_job_tries_again_while_the_payer_is_away_and_gives_up_at_last(batch, payer_server):
    payer_server.mode = "away"
    with pytest.raises(Retry):
        send_batch.apply(args=[str(batch.pk)], throw=True)
    assert states(batch)[0] == "sending"
    send_batch.apply(args=[str(batch.pk)], retries=6, throw=True)
    assert states(batch) == ("submitted", ["draft", "draft"])
    assert not Claim.objects.exclude(batch=None).exists()


# --- What goes with a claim ---


def test_papers_go_along_the_large_one_before_the_claim(enclosing, to_server, payer_server):
    claim = enclosing(large=3 * 1024**2)
    batch = to_server(claim)
    assert interface.send_batch(batch.pk) == 0
    _small, large = [paper.document for paper in claim.papers.order_by("id")]
    assert payer_server.order == [("DocumentReference", str(large.pk)), ("Claim", claim.number)]
    inside, beside = payer_server.kept[claim.number]["supportingInfo"]
    assert [inside["sequence"], beside["sequence"]] == [1, 2]
    assert inside["category"]["coding"][0]["code"] == "attachment"
    attachment = inside["valueAttachment"]
    content = base64.b64decode(attachment["data"])
    assert content.startswith(b"%PDF-")
    assert (attachment["contentType"], attachment["title"], attachment["size"]) == (
        "application/pdf", "Letter", len(content),
    )  # fmt: skip
    assert base64.b64decode(attachment["hash"]) == hashlib.sha1(content).digest()
    number = {"system": "urn:ihospita:document", "value": str(large.pk)}
    assert beside["valueReference"] == {"type": "DocumentReference", "identifier": number, "display": "X-ray"}
    document = payer_server.kept[str(large.pk)]
    assert document["identifier"] == [number]
    assert len(base64.b64decode(document["content"][0]["attachment"]["data"])) == large.size
    assert document["context"]["related"][0]["identifier"]["value"] == claim.number
    note = Record.objects.get(kind="export", row_id=str(claim.patient_id))
    assert (note.after["page"], note.after["papers"]) == ("claims:interface", 2)


def test_a_paper_whose_answer_was_lost_is_not_kept_twice(enclosing, to_server, payer_server):
    claim = enclosing()
    batch = to_server(claim)
    payer_server.mode = "lost"
    assert interface.send_batch(batch.pk) == 1
    assert interface.send_batch(batch.pk) == 0
    assert states(batch) == ("submitted", ["submitted"])
    assert sorted(payer_server.received.values()) == [1, 2]
    assert len(payer_server.kept) == 2


def test_a_server_that_takes_no_papers_gets_no_claim_without_them(enclosing, to_server, payer_server):
    batch = to_server(enclosing())
    payer_server.modes["DocumentReference"] = "invalid"
    assert interface.send_batch(batch.pk) == 0
    assert states(batch) == ("submitted", ["draft"])
    assert Transmission.objects.get().answer == "422 DocumentReference"
    assert not payer_server.kept


def test_what_was_withdrawn_or_not_agreed_to_stays(enclosing, to_server, payer_server, receptionist, agree):
    claim = enclosing()
    for paper in claim.papers.all():
        remove_document(document=paper.document, reason="wrong person", by=receptionist)
    other = enclosing()
    agree(other.patient, "withdrawn")
    for one in (claim, other):
        interface.send_batch(to_server(one).pk)
        assert "supportingInfo" not in payer_server.kept[one.number]
    assert len(payer_server.order) == 2
    held = Record.objects.get(kind="event", row_id=str(other.patient_id), after__event="withheld")
    assert (held.after["what"], held.after["why"]) == ("claim_papers", "withdrawn")


def test_a_server_that_takes_a_claim_without_a_word_has_it(batch, payer_server):
    payer_server.mode = "silent"
    assert interface.send_batch(batch.pk) == 0
    assert states(batch) == ("submitted", ["submitted", "submitted"])
