"""What goes with a claim besides its lines: numbers of the payer's authorisations, and papers of the record."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

from patients.models import PatientDocument


@dataclass(frozen=True)
class Paper:
    """A paper of a claim; `place` counts from 1."""

    document: PatientDocument
    place: int

    @property
    def name(self) -> str:
        """The file's name: its place and kind, never a person's name."""
        return f"{self.place:02d}-{self.document.kind}.{'jpg' if self.document.is_picture else 'pdf'}"

    @property
    def title(self) -> str:
        return self.document.title or self.name


@dataclass(frozen=True)
class Enclosed:
    """Numbers the payer gave before, and papers; `papers` are those the patient lets the payer see."""

    authorisations: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()


NOTHING = Enclosed()


def sha1(content: bytes) -> str:
    """As FHIR R4 wants the hash of an attachment: it tells that a file came whole, and protects nothing."""
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def as_zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of files by their paths; papers are packed already, so that nothing is pressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in files:
            archive.writestr(path, content)
    return out.getvalue()
