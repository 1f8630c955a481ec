"""Claims brought to a payer's FHIR server: a real one beside the test, over HTTP."""

import json
from collections import defaultdict

import pytest
from celery.exceptions import Retry

from billing.queries.comparing import ledger_disagreements
from claims.models import Claim, Transmission
from claims.services import interface
from claims.services.batches import make_batch, submit_batch
from claims.services.channels import set_channel
from claims.services.claims import make_claim
from claims.tasks import send_batch
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
        mode = server.modes.get(number, server.mode)
        if mode == "away":
            return self.send(503, {})
        if mode == "invalid":
            return self.send(422, {"resourceType": "OperationOutcome"})
        known = number in server.kept
        assert self.headers["If-None-Exist"] == f"identifier=urn:ihospita:claim|{number}"
        server.kept[number] = body
        server.received[number] += 1
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
        yield server


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
