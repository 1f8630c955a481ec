"""Claims as FHIR R4 (hl7.org/fhir/R4/claim.html) and answers as ClaimResponse. Plain dictionaries, no database writes.

Identifiers are the hospital's own numbers under `urn:ihospita:`; every resource a claim needs is contained in it, so
that a claim can be read alone.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from claims.adapters.enclosed import NOTHING, Enclosed, Paper, sha1
from claims.models import Batch, Claim, ClaimLine
from core.clock import day_of, now

SYSTEM = "urn:ihospita"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
KINDS = "http://terminology.hl7.org/CodeSystem/claim-type"
INFORMATION = "http://terminology.hl7.org/CodeSystem/claiminformationcategory"
GENDERS = {"male": "male", "female": "female"}
ROLES = {"primary": "principal"}
_MARK = "\ue000"  # of Unicode's private use: stands in no text
_NUMBER = re.compile(f'"{_MARK}([0-9.-]+){_MARK}"')


class NotAnAnswer(ValueError):
    """What came back is no ClaimResponse that names a claim of ours."""


@dataclass(frozen=True)
class Answer:
    """A ClaimResponse: the claim's number, what is paid and refused of it by line position, and what it says."""

    claim: str
    outcome: str
    paid: Decimal | None = None
    currency: str = ""
    refused: dict[int, tuple[Decimal, str]] = field(default_factory=dict)
    reference: str = ""

    @property
    def is_decided(self) -> bool:
        return self.outcome in ("complete", "partial", "error")


def as_claim(
    claim: Claim, enclosed: Enclosed = NOTHING, value: Callable[[Paper], dict[str, Any]] | None = None
) -> dict[str, Any]:
    """One claim as a FHIR Claim resource.

    `value` gives what stands for a paper in supportingInfo; without it, its place in the archive of the batch.
    """
    value = value or (lambda paper: attached(paper, url=f"{claim.number}/{paper.name}"))
    coverage: dict[str, Any] = {"sequence": 1, "focal": True, "coverage": {"reference": "#coverage"}}
    if enclosed.authorisations:
        coverage["preAuthRef"] = list(enclosed.authorisations)
    category = {"coding": [{"system": INFORMATION, "code": "attachment"}]}
    papers = [{"sequence": paper.place, "category": category, **value(paper)} for paper in enclosed.papers]
    resource = {
        "resourceType": "Claim",
        "contained": [_patient(claim), _coverage(claim)],
        "identifier": [{"system": f"{SYSTEM}:claim", "value": claim.number}],
        "status": "active",
        "type": {"coding": [{"system": KINDS, "code": "institutional"}]},
        "use": "claim",
        "patient": {"reference": "#patient"},
        "created": day_of(claim.submitted_at or now()).isoformat(),
        "insurer": {"identifier": {"system": f"{SYSTEM}:payer", "value": claim.payer.code}},
        "provider": {"identifier": {"system": f"{SYSTEM}:branch", "value": claim.invoice.branch.code}},
        "priority": {"coding": [{"code": "normal"}]},
        "billablePeriod": {"start": claim.service_date.isoformat(), "end": claim.service_date.isoformat()},
        "diagnosis": [_diagnosis(number, one) for number, one in enumerate(claim.diagnoses, start=1)],
        "insurance": [coverage],
        "item": [_item(claim, line) for line in claim.lines.all()],
        "total": _money(claim.amount, claim.currency),
    }
    return resource | ({"supportingInfo": papers} if papers else {})


def attached(paper: Paper, *, content: bytes | None = None, url: str = "") -> dict[str, Any]:
    """A paper in supportingInfo, with its content or where it lies."""
    return {"valueAttachment": _attachment(paper, content) | ({"url": url} if url else {})}


def referred(paper: Paper) -> dict[str, Any]:
    """A paper in supportingInfo that was brought before as a DocumentReference, by the number it has with us."""
    return {"valueReference": {"type": "DocumentReference", "identifier": _paper_number(paper), "display": paper.title}}


def as_document(claim: Claim, paper: Paper, content: bytes) -> dict[str, Any]:
    """A paper as a FHIR DocumentReference of its own."""
    return {
        "resourceType": "DocumentReference",
        "contained": [_patient(claim)],
        "identifier": [_paper_number(paper)],
        "status": "current",
        "type": {"text": paper.document.kind},
        "subject": {"reference": "#patient"},
        "content": [{"attachment": _attachment(paper, content)}],
        "context": {"related": [{"identifier": {"system": f"{SYSTEM}:claim", "value": claim.number}}]},
    }


def as_bundle(batch: Batch, claims: list[Claim], enclosed: Mapping[UUID, Enclosed]) -> bytes:
    """A batch as a FHIR transaction bundle: a server that has a claim already makes no second one of it.

    Papers are named with their place in the archive of the batch; the file itself holds none.
    """
    entries = [
        {
            "resource": as_claim(claim, enclosed.get(claim.pk, NOTHING)),
            "request": {"method": "POST", "url": "Claim", "ifNoneExist": f"identifier={SYSTEM}:claim|{claim.number}"},
        }
        for claim in claims
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "identifier": {"system": f"{SYSTEM}:batch", "value": batch.number},
        "entry": entries,
    }
    return as_json(bundle)


def as_json(resource: dict[str, Any]) -> bytes:
    """A resource as FHIR writes it: exact decimals are numbers, as many digits as they have."""
    text = json.dumps(resource, ensure_ascii=False, indent=1, default=lambda number: f"{_MARK}{number:f}{_MARK}")
    return _NUMBER.sub(r"\1", text).encode()


def answers_in(resource: Any) -> list[Answer]:
    """Every ClaimResponse in a resource or a bundle. Raises NotAnAnswer."""
    if not isinstance(resource, dict):
        raise NotAnAnswer("no resource")
    if resource.get("resourceType") == "Bundle":
        found = [entry.get("resource") for entry in resource.get("entry") or []]
        return [_answer(one) for one in found if isinstance(one, dict) and one.get("resourceType") == "ClaimResponse"]
    return [_answer(resource)]


def _answer(resource: dict[str, Any]) -> Answer:
    if resource.get("resourceType") != "ClaimResponse":
        raise NotAnAnswer(str(resource.get("resourceType")))
    identifier = (resource.get("request") or {}).get("identifier") or {}
    number = identifier.get("value")
    if not number:
        raise NotAnAnswer("names no claim")
    payment = (resource.get("payment") or {}).get("amount") or {}
    refused = {}
    for item in resource.get("item") or []:
        amount, reason = _denied(item.get("adjudication") or [])
        if amount:
            refused[int(item.get("itemSequence", 0))] = (amount, reason)
    own = (resource.get("identifier") or [{}])[0].get("value", "") or resource.get("id", "")
    return Answer(
        claim=str(number),
        outcome=str(resource.get("outcome", "")),
        paid=_decimal(payment["value"]) if "value" in payment else None,
        currency=str(payment.get("currency", "")),
        refused=refused,
        reference=str(own)[:64],
    )


def _denied(adjudication: list[dict[str, Any]]) -> tuple[Decimal, str]:
    """The amount of the category `denied` (or HL7's `ineligible`) with the first code of its reason."""
    for one in adjudication:
        codes = {coding.get("code") for coding in (one.get("category") or {}).get("coding") or []}
        if codes & {"denied", "ineligible", "noncovered"} and "value" in (one.get("amount") or {}):
            reason = ((one.get("reason") or {}).get("coding") or [{}])[0].get("code", "")
            return _decimal(one["amount"]["value"]), str(reason)
    return Decimal(0), ""


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as problem:
        raise NotAnAnswer("an amount is no number") from problem


def _money(amount: Decimal, currency: str) -> dict[str, Any]:
    return {"value": amount, "currency": str(currency)}


def _diagnosis(number: int, one: dict[str, str]) -> dict[str, Any]:
    concept = {"coding": [{"system": ICD10, "code": one["code"]}], "text": one["text"]}
    kind = {"type": [{"coding": [{"code": ROLES[one["role"]]}]}]} if one["role"] in ROLES else {}
    return {"sequence": number, "diagnosisCodeableConcept": concept, **kind}


def _attachment(paper: Paper, content: bytes | None) -> dict[str, Any]:
    """FHIR R4 Attachment: `size` in bytes before base64."""
    about = {"contentType": paper.document.content_type, "title": paper.title, "size": paper.document.size}
    if content is None:
        return about
    return about | {"hash": sha1(content), "data": base64.b64encode(content).decode()}


def _paper_number(paper: Paper) -> dict[str, str]:
    return {"system": f"{SYSTEM}:document", "value": str(paper.document.pk)}


def _item(claim: Claim, line: ClaimLine) -> dict[str, Any]:
    code = {"coding": [{"system": f"{SYSTEM}:service", "code": line.service_code}], "text": line.text_en}
    item = {
        "sequence": line.position,
        "productOrService": code,
        "quantity": {"value": line.quantity.normalize()},
        "net": _money(line.amount, claim.currency),
    }
    if claim.diagnoses:
        item["diagnosisSequence"] = [1]
    return item


def _patient(claim: Claim) -> dict[str, Any]:
    patient = claim.patient
    return {
        "resourceType": "Patient",
        "id": "patient",
        "identifier": [{"system": f"{SYSTEM}:mrn", "value": patient.mrn}],
        "name": [{"family": patient.family_name, "given": [patient.given_name]}],
        "gender": GENDERS.get(str(patient.sex), "unknown"),
        "birthDate": patient.birth_date.isoformat(),
    }


def _coverage(claim: Claim) -> dict[str, Any]:
    return {
        "resourceType": "Coverage",
        "id": "coverage",
        "status": "active",
        "subscriberId": claim.coverage.member_number,
        "beneficiary": {"reference": "#patient"},
        "payor": [{"identifier": {"system": f"{SYSTEM}:payer", "value": claim.payer.code}}],
    }
