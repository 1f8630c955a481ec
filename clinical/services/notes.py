"""Notes: saved while typed, signed once, then only added to. Nothing that was typed is ever lost."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from clinical.errors import NoteChanged, NoteIsEmpty, NoteIsSigned, NoteNotSigned
from clinical.models import Encounter, Note, NoteRevision
from clinical.models.note import SECTIONS
from clinical.services.moves import refuse_unwritable
from clinical.states import NoteStatus
from core import events
from core.clock import now


@transaction.atomic
def save_draft(
    *,
    encounter: Encounter,
    texts: Mapping[str, str],
    version: int,
    by,
    overwrite: bool = False,
    confidentiality: str = "",
    specialty: str | None = None,
) -> Note:
    """Save the draft as it stands on the page that knows it at `version` (0: no draft yet).

    An empty `confidentiality` leaves it as it is; `specialty` protects the whole encounter, None leaves that as it is.

    Raises NoteChanged when another page saved meanwhile, and leaves both texts as they are. With `overwrite`, a
    decision made after comparing, the other text is kept as a revision. Raises NoteIsSigned, EncounterIsClosed.
    """
    note = _lock_note(encounter, by=by)
    refuse_unwritable(note.encounter)
    if note.is_signed:
        raise NoteIsSigned()
    if specialty is not None:
        Encounter.objects.filter(pk=note.encounter_id).exclude(specialty=specialty).update(specialty=specialty)
    wanted = {section: texts.get(section, "") for section in SECTIONS}
    level = confidentiality or note.confidentiality
    if wanted == note.texts() and level == note.confidentiality:
        return note
    if note.version != (version or 1):
        if not overwrite:
            raise NoteChanged()
        _keep_revision(note, "replaced", by=by)
    for section, text in wanted.items():
        setattr(note, section, text)
    note.author, note.confidentiality = by, level
    note.touch_version()
    note.save(update_fields=[*SECTIONS, "author", "confidentiality", "version", "updated_at"])
    return note


@transaction.atomic
def sign_note(*, encounter: Encounter, version: int, by) -> Note:
    """Sign what is saved at this version; afterwards the database refuses every change.

    Raises NoteChanged, NoteIsEmpty, NoteIsSigned, EncounterIsClosed.
    """
    note = _lock_note(encounter, by=by)
    refuse_unwritable(note.encounter)
    if note.is_signed:
        raise NoteIsSigned()
    if note.version != (version or 1):
        raise NoteChanged()
    if note.is_empty:
        raise NoteIsEmpty()
    return _sign(note, by=by)


@transaction.atomic
def add_addendum(*, note: Note, text: str, by) -> Note:
    """Add a signed text below a signed note; possible for ever, also when the encounter is finished.

    It is as confidential as the note.
    """
    if not note.is_signed or note.addendum_to_id:
        raise NoteNotSigned()
    if not text.strip():
        raise NoteIsEmpty(field="text")
    addendum = Note.objects.create(
        encounter_id=note.encounter_id,
        addendum_to=note,
        author=by,
        confidentiality=note.confidentiality,
        subjective=text,
    )
    return _sign(addendum, by=by)


def _sign(note: Note, *, by) -> Note:
    note.status, note.signed_at, note.signed_by, note.signed_by_name = NoteStatus.SIGNED, now(), by, str(by)
    note.touch_version()
    note.save(update_fields=["status", "signed_at", "signed_by", "signed_by_name", "version", "updated_at"])
    _keep_revision(note, "signed", by=by)
    events.publish("clinical.note_signed", note_id=note.pk, encounter_id=note.encounter_id)
    return note


def _lock_note(encounter: Encounter, *, by) -> Note:
    """The main note of an encounter, locked; made when the first word is saved."""
    notes = Note.objects.select_for_update(of=("self",), no_key=True).select_related("encounter")
    note = notes.filter(encounter=encounter, addendum_to=None).first()
    if note is not None:
        return note
    refuse_unwritable(encounter)
    try:
        with transaction.atomic():
            Note.objects.create(encounter=encounter, author=by)
    except IntegrityError:
        pass  # another page made it at this instant: take that one
    return notes.get(encounter=encounter, addendum_to=None)


def _keep_revision(note: Note, why: str, *, by) -> None:
    NoteRevision.objects.create(
        note=note, version=note.version, why=why, by_id=str(by.pk), by_name=str(by), **note.texts()
    )
