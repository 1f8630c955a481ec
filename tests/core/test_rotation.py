import base64
import os
import subprocess
import sys
import threading
import time
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import tenant_context

from audit.models import Record
from clinical.models import Note, NoteRevision
from core import crypto, keyring, rotation
from core.crypto import TamperedCiphertext
from core.models import DataKey
from patients.models import Patient
from patients.services.patients import change_patient
from tests.factories.clinical import in_consultation, price_consultations
from tests.factories.patients import patient

pytestmark = pytest.mark.usefixtures("samaki", "fresh_keys")


@pytest.fixture(autouse=True)
def _rings_of_a_moment(settings):
    settings.KEY_RING_SECONDS = 0


REST = ("note", "born_on", "weight", "facts")


def stored(row, column="name"):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM core_test_secret WHERE id = %s', [row.pk])
        return cursor.fetchone()[0]


def test_rows_are_encrypted_anew_with_the_new_key(secret_model):
    row = secret_model.objects.create(name="Sok", note=None, facts={"pulse": 72})
    crypto.rotate_hospital_key()
    assert rotation.renew_rows(secret_model).renewed == 2, "empty and missing values have no ciphertext"
    assert stored(row).startswith("v1:2:")
    again = secret_model.objects.get(pk=row.pk)
    assert (again.name, again.nickname, again.note, again.facts) == ("Sok", "", None, {"pulse": 72})
    assert rotation.renew_rows(secret_model).renewed == 0


def test_a_value_saved_meanwhile_is_not_overwritten(secret_model):
    row = secret_model.objects.create(name="Sok")
    old = stored(row)
    crypto.rotate_hospital_key()
    row.name = "Chan"
    row.save()
    assert rotation._renew_row(secret_model, row.pk, {"name": old, "nickname": "", **dict.fromkeys(REST)}) == 0
    assert secret_model.objects.get(pk=row.pk).name == "Chan"


def test_the_command_renews_every_record_of_one_hospital(royal):
    with tenant_context(royal):
        before = DataKey.objects.count()
    person, said = patient(), StringIO()
    call_command("rotate_keys", "samaki", by="owner", stdout=said)
    assert "samaki: key version 2 is active" in said.getvalue()
    assert "patients.Patient" in said.getvalue()
    assert Patient.objects.get(pk=person.pk).full_name == person.full_name
    with tenant_context(royal):
        assert DataKey.objects.count() == before


def test_records_that_never_change_are_left_as_they_are():
    assert "clinical.NoteRevision" not in {model._meta.label for model in rotation.encrypted_models()}


def test_keys_move_to_a_new_master_key(settings, royal):
    token = crypto.encrypt(b"Sok", aad="x")
    settings.OLD_MASTER_KEY = settings.MASTER_KEY
    settings.MASTER_KEY = base64.b64encode(os.urandom(32)).decode()
    keyring.forget_keys()
    said = StringIO()
    call_command("rewrap_keys", stdout=said)
    assert "royal: 2 keys" in said.getvalue()
    assert crypto.decrypt(token, aad="x") == b"Sok"
    again = StringIO()
    call_command("rewrap_keys", stdout=again)
    assert "samaki: 0 keys" in again.getvalue(), "it may be started again"


def test_a_wrong_former_key_changes_nothing(settings):
    before = set(DataKey.objects.values_list("wrapped", flat=True))
    settings.MASTER_KEY = base64.b64encode(os.urandom(32)).decode()
    with pytest.raises(TamperedCiphertext):
        crypto.rewrap_hospital_keys(base64.b64encode(os.urandom(32)).decode())
    assert set(DataKey.objects.values_list("wrapped", flat=True)) == before


def versions() -> dict[str, set[str]]:
    """By table, the key versions its ciphertexts were made with."""
    found = {}
    for model in rotation.encrypted_models():
        columns = [f'"{field.column}"' for field in rotation.encrypted_fields(model)]
        with connection.cursor() as cursor:
            for column in columns:
                cursor.execute(f"SELECT DISTINCT split_part({column}, ':', 2) FROM {model._meta.db_table}")
                found.setdefault(model._meta.label, set()).update(row[0] for row in cursor.fetchall() if row[0])
    return found


def test_who_rotated_stands_in_the_trail():
    patient()
    call_command("rotate_keys", "samaki", by="owner", stdout=StringIO())
    made = Record.objects.get(table_name="core_datakey", kind="insert", after__version=2)
    assert (made.actor, made.reason) == ("owner", "rotation of the encryption key")
    assert made.after["wrapped"] == "[hidden]"
    changed = Record.objects.filter(table_name="patients_patient", kind="update").latest("id")
    assert (changed.actor, changed.reason) == ("owner", "rotation of the encryption key")


def test_what_may_not_change_keeps_its_key_and_stays_readable(doctor, receptionist):
    from clinical.services.notes import save_draft, sign_note

    price_consultations()
    encounter = in_consultation(doctor=doctor, by=receptionist)
    texts = {"subjective": "Cough", "objective": "", "assessment": "", "plan": "Rest"}
    note = save_draft(encounter=encounter, texts=texts, version=0, by=doctor)
    sign_note(encounter=encounter, version=note.version, by=doctor)
    said = StringIO()
    call_command("rotate_keys", "samaki", stdout=said)
    assert "rows that may not change keep their former key" in said.getvalue()
    assert versions()["clinical.Note"] == {"1"}
    assert Note.objects.get(pk=note.pk).plan == "Rest"
    assert NoteRevision.objects.get(note=note).subjective == "Cough"


def rotation_of_its_own(database, databases, *options: str) -> subprocess.Popen:
    environment = {**os.environ, **databases.environment(database), "KEY_RING_SECONDS": "1"}
    command = [sys.executable, "manage.py", "rotate_keys", "samaki", *options]
    return subprocess.Popen(
        command, cwd=django_settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_writers_go_on_while_keys_are_rotated_even_when_it_is_killed(committed_db, databases, receptionist, settings):
    """A writer changes and registers people all the while, with the key it knows; nothing is lost, all becomes new."""
    settings.KEY_RING_SECONDS = 1
    people = [patient(by=receptionist) for _ in range(60)]
    expected = {person.pk: (person.given_name, person.phone) for person in people}
    stop, errors, tenant = threading.Event(), [], connection.tenant

    def write() -> None:
        connection.set_tenant(tenant)
        number = 0
        try:
            while not stop.is_set():
                number += 1
                one = Patient.objects.get(pk=people[number % len(people)].pk)
                name = f"During{'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]}"
                changed = change_patient(patient=one, version=one.version, given_name=name, by=receptionist)
                expected[one.pk] = (name, changed.phone)
                new = patient(by=receptionist)
                expected[new.pk] = (new.given_name, new.phone)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    killed = rotation_of_its_own(committed_db, databases)
    assert killed.stdout is not None
    while b"patients." not in killed.stdout.readline():
        assert killed.poll() is None
    killed.kill()
    killed.wait()
    said, _ = rotation_of_its_own(committed_db, databases, "--resume").communicate(timeout=120)
    time.sleep(0.2)
    stop.set()
    writer.join()
    assert errors == []
    assert b"done" in said
    assert len(expected) > len(people) + 5, "the writer got through"
    keyring.forget_keys()
    kept = {one.pk: (one.given_name, one.phone) for one in Patient.objects.all()}
    assert kept == expected
    assert versions()["patients.Patient"] == {"2"}
    assert DataKey.objects.filter(purpose="encryption").count() == 2
