"""Notes: nothing typed is lost, nothing signed is changed."""

import pytest
from django.db import IntegrityError, connection, transaction

from clinical.errors import (
    EncounterIsClosed,
    EncounterNotStarted,
    NoteChanged,
    NoteIsEmpty,
    NoteIsSigned,
    NoteNotSigned,
)
from clinical.models import Note, NoteRevision
from clinical.services.encounters import finish_encounter
from clinical.services.notes import add_addendum, save_draft, sign_note
from tests.factories.clinical import enrol, in_consultation


@pytest.fixture
def encounter(receptionist, doctor):
    return in_consultation(doctor=doctor, by=receptionist)


def draft(encounter, by, text="cough", version=0, **more):
    return save_draft(encounter=encounter, texts={"subjective": text}, version=version, by=by, **more)


def test_a_draft_is_saved_again_and_again(encounter, doctor):
    first = draft(encounter, doctor, "cou")
    second = draft(encounter, doctor, "cough", version=first.version)
    assert second.version == first.version + 1
    assert Note.objects.get().subjective == "cough"


def test_the_same_text_sent_twice_is_one_version(encounter, doctor):
    note = draft(encounter, doctor)
    assert draft(encounter, doctor, version=0).version == note.version


def test_two_tabs_are_noticed_and_neither_text_is_lost(encounter, doctor):
    draft(encounter, doctor, "from the first tab")
    with pytest.raises(NoteChanged):
        draft(encounter, doctor, "from the second tab", version=0)
    assert Note.objects.get().subjective == "from the first tab"
    draft(encounter, doctor, "from the second tab", version=0, overwrite=True)
    assert Note.objects.get().subjective == "from the second tab"
    assert [(one.why, one.subjective) for one in NoteRevision.objects.all()] == [("replaced", "from the first tab")]


def test_parallel_saves_of_two_tabs_keep_one_and_refuse_the_other(receptionist, doctor, race):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    outcome = race(lambda: draft(encounter, doctor, "one"), lambda: draft(encounter, doctor, "two"))
    assert len(outcome.results) == 1
    assert isinstance(outcome.errors[0], NoteChanged)
    assert Note.objects.count() == 1


def test_a_note_is_signed_once_even_when_pressed_twice(receptionist, doctor, race):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    note = draft(encounter, doctor)
    outcome = race(lambda: sign_note(encounter=encounter, version=note.version, by=doctor), times=3)
    assert len(outcome.results) == 1
    assert all(isinstance(error, NoteIsSigned) for error in outcome.errors)
    assert NoteRevision.objects.filter(why="signed").count() == 1


def test_what_was_changed_elsewhere_is_not_signed_unseen(encounter, doctor):
    first = draft(encounter, doctor)
    draft(encounter, doctor, "longer", version=first.version)
    with pytest.raises(NoteChanged):
        sign_note(encounter=encounter, version=first.version, by=doctor)
    assert not Note.objects.get().is_signed


def test_an_empty_note_is_not_signed(encounter, doctor):
    note = draft(encounter, doctor)
    note = draft(encounter, doctor, "", version=note.version)
    with pytest.raises(NoteIsEmpty):
        sign_note(encounter=encounter, version=note.version, by=doctor)


def test_a_signed_note_is_never_changed_not_even_by_sql(encounter, doctor):
    note = draft(encounter, doctor)
    note = sign_note(encounter=encounter, version=note.version, by=doctor)
    with pytest.raises(NoteIsSigned):
        draft(encounter, doctor, "other", version=note.version)
    for statement in ("UPDATE clinical_note SET subjective = ''", "DELETE FROM clinical_note"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_addenda_follow_a_signed_note_only_and_also_later(encounter, doctor, doctor2):
    note = draft(encounter, doctor)
    with pytest.raises(NoteNotSigned):
        add_addendum(note=note, text="more", by=doctor)
    note = sign_note(encounter=encounter, version=note.version, by=doctor)
    finish_encounter(encounter=encounter, disposition="home", no_diagnosis_reason="x", by=doctor)
    addendum = add_addendum(note=note, text="phoned the patient", by=doctor2)
    assert addendum.is_signed
    assert (addendum.addendum_to, addendum.signed_by) == (note, doctor2)
    with pytest.raises(NoteIsEmpty):
        add_addendum(note=note, text="  ", by=doctor)


def test_no_note_before_the_consultation_nor_after_it(receptionist, doctor, encounter):
    waiting = enrol(by=receptionist, practitioner=doctor).encounter
    with pytest.raises(EncounterNotStarted):
        draft(waiting, doctor)
    note = draft(encounter, doctor)
    sign_note(encounter=encounter, version=note.version, by=doctor)
    finish_encounter(encounter=encounter, disposition="home", no_diagnosis_reason="x", by=doctor)
    with pytest.raises(EncounterIsClosed):
        draft(encounter, doctor, "late", version=3)


def test_note_texts_are_ciphertext_in_the_table(encounter, doctor):
    draft(encounter, doctor, "secret words")
    with connection.cursor() as cursor:
        cursor.execute("SELECT subjective FROM clinical_note")
        assert cursor.fetchone()[0].startswith("v1:")
