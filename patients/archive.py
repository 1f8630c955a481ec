"""Everything that is known of a patient, in one file that the patient can open.

The file is a PDF to be read, encrypted by AES-256 with a passphrase (ISO 32000-2), which carries the same as JSON
(``record.json``) and the patient's papers as attachments. Every phone opens a PDF and asks for its passphrase; an
encrypted archive of another kind needs a program that people do not have (docs/decisions/0020).
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import pgettext
from pypdf import PdfReader, PdfWriter

from core import clock
from core.pdf import letterhead, render_pdf
from patients.holdings import Holding, exported, field_name, holdings, table_name
from patients.models import Patient

FORM = "ihospita patient record 1"
# Machinery, and what is derived from other fields.
SKIPPED = {"updated_at", "version", "digest", "photo", "passphrase"}
SKIPPED_OF_FILES = {"name", "content_type", "size"}


@dataclass
class Section:
    """The rows of one table: as JSON, and as pairs of label and value for reading."""

    holding: Holding
    rows: list[dict[str, Any]] = field(default_factory=list)
    shown: list[list[list[str]]] = field(default_factory=list)
    left_out: int = 0


@dataclass
class Attachment:
    name: str
    content: bytes


def sections_of(patient: Patient, *, user: Any, tell: Callable[[int], None]) -> list[Section]:
    """Every table's rows about the patient that the user may see; ``tell`` hears how many tables were read."""
    found = []
    for count, holding in enumerate(exported(), start=1):
        found.append(_section(holding, patient, user))
        tell(count)
    return found


def attachments_of(patient: Patient) -> Iterator[Attachment]:
    """The patient's photo and papers as they were kept."""
    for place, paper in enumerate(patient.documents.filter(removed_at=None).order_by("pk"), start=1):
        with default_storage.open(paper.name) as file:
            content = file.read()
        yield Attachment(f"{place:03d}-{paper.kind}.{'jpg' if paper.is_picture else 'pdf'}", content)


def as_json(patient: Patient, sections: Iterable[Section], names: Iterable[str]) -> bytes:
    """The record for machines: FHIR R4 names of resources where there are such, our own names of fields."""
    told = {
        "form": FORM,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "record_number": patient.mrn,
        "attachments": list(names),
        "resources": [row for section in sections for row in section.rows],
        "left_out": {one.holding.resource: one.left_out for one in sections if one.left_out},
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def as_pdf(patient: Patient, sections: list[Section], *, hospital: Any, attachments: list[str], language: str) -> bytes:
    """The record for people."""
    left_out = sum(section.left_out for section in sections)
    data = {
        "hospital": letterhead(hospital),
        "number": patient.mrn,
        "made_at": clock.now(),
        "sections": [{"title": table_name(one.holding), "rows": one.shown} for one in sections if one.shown],
        "attachments": attachments,
        "left_out": str(left_out) if left_out else "",
    }
    return render_pdf("patients/record.typ", data, language=language)


def sealed(pdf: bytes, attachments: Iterable[Attachment], *, passphrase: str) -> bytes:
    """The PDF with its attachments, encrypted by AES-256."""
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf)))
    for one in attachments:
        writer.add_attachment(one.name, one.content)
    writer.encrypt(user_password=passphrase, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def record_of(patient: Patient, *, user: Any, hospital: Any, language: str, tell: Callable[[int], None]) -> Any:
    """The PDF, its attachments and the sections they are made of, in the patient's language."""
    with translation.override(language):
        sections = sections_of(patient, user=user, tell=tell)
        files = list(attachments_of(patient))
        names = [file.name for file in files]
        pdf = as_pdf(patient, sections, hospital=hospital, attachments=["record.json", *names], language=language)
    return pdf, [Attachment("record.json", as_json(patient, sections, names)), *files], sections


def _section(holding: Holding, patient: Patient, user: Any) -> Section:
    section = Section(holding)
    seen = list(holding.for_eyes_of(patient, user))
    section.left_out = holding.of(patient).count() - len(seen)
    skipped = SKIPPED | SKIPPED_OF_FILES if holding.holds_files else SKIPPED
    fields = [one for one in holding.model._meta.concrete_fields if one.name not in skipped]
    names = _Names(fields, seen)
    for row in seen:
        section.rows.append({"resourceType": holding.resource, **_told(row, fields, names)})
        section.shown.append(_shown(row, fields, names))
    return section


class _Names:
    """What the rows point at: held tables by their id, everything else (people, places, goods) by its name."""

    def __init__(self, fields: list[Any], rows: list[models.Model]) -> None:
        self.held = {holding.model: holding.resource for holding in holdings()}
        self.named: dict[str, dict[Any, str]] = {}
        for one in fields:
            if isinstance(one, models.ForeignKey) and one.related_model not in self.held:
                ids = {getattr(row, one.attname) for row in rows} - {None}
                found = one.related_model._base_manager.in_bulk(ids) if ids else {}
                self.named[one.name] = {pk: str(target) for pk, target in found.items()}

    def reference(self, field: Any, key: Any) -> dict[str, str]:
        if field.related_model in self.held:
            return {"reference": f"{self.held[field.related_model]}/{key}"}
        return {"display": self.named[field.name].get(key, "")}


def _told(row: models.Model, fields: list[Any], names: _Names) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for one in fields:
        value = getattr(row, one.attname)
        if value is None or value == "":
            continue
        told[one.name] = names.reference(one, value) if isinstance(one, models.ForeignKey) else _plain(value)
    return told


def _shown(row: models.Model, fields: list[Any], names: _Names) -> list[list[str]]:
    pairs = []
    for one in fields:
        value = getattr(row, one.attname)
        if value is None or value == "" or one.primary_key:
            continue
        if isinstance(one, models.ForeignKey):
            words = names.reference(one, value).get("display", "")
        else:
            words = str(dict(one.flatchoices).get(value, value)) if one.choices else _in_words(value)
        if words:
            pairs.append([field_name(one), words])
    return pairs


def _plain(value: Any) -> Any:
    match value:
        case bool() | int() | str() | list() | dict():
            return value
        case datetime() | date():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
    return str(value)


def _in_words(value: Any) -> str:
    match value:
        case bool():
            return pgettext("answer", "Yes") if value else pgettext("answer", "No")
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case list():
            return ", ".join(str(one) for one in value)
        case dict():
            return ", ".join(f"{name}: {one}" for name, one in value.items())
    return str(value)
