import base64
import os
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import tenant_context

from core import crypto, keyring, rotation
from core.crypto import TamperedCiphertext
from core.models import DataKey

pytestmark = pytest.mark.usefixtures("samaki", "fresh_keys")


def stored(row, column="name"):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM core_test_secret WHERE id = %s', [row.pk])
        return cursor.fetchone()[0]


def test_rows_are_encrypted_anew_with_the_new_key(secret_model):
    row = secret_model.objects.create(name="Sok", note=None, facts={"pulse": 72})
    crypto.rotate_hospital_key()
    assert rotation.renew_rows(secret_model) == 2, "name and facts; empty and missing values have no ciphertext"
    assert stored(row).startswith("v1:2:")
    again = secret_model.objects.get(pk=row.pk)
    assert (again.name, again.nickname, again.note, again.facts) == ("Sok", "", None, {"pulse": 72})
    assert rotation.renew_rows(secret_model) == 0


def test_a_value_saved_meanwhile_is_not_overwritten(secret_model):
    row = secret_model.objects.create(name="Sok")
    old = stored(row)
    crypto.rotate_hospital_key()
    row.name = "Chan"
    row.save()
    assert rotation._renew(secret_model._meta.get_field("name"), row.pk, old) == 0
    assert secret_model.objects.get(pk=row.pk).name == "Chan"


def test_the_command_renews_every_record_of_one_hospital(royal):
    with tenant_context(royal):
        before = DataKey.objects.count()
    said = StringIO()
    call_command("rotate_keys", "samaki", stdout=said)
    assert "samaki: key version 2 is active" in said.getvalue()
    assert "patients.Patient" in said.getvalue()
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
