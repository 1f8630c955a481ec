import base64
import os

import pytest
from django.db import connection
from django_tenants.utils import tenant_context
from hypothesis import given
from hypothesis import strategies as st

from core import crypto, keyring
from core.crypto import TamperedCiphertext, blind_index, decrypt, encrypt, index_number
from core.keyring import MissingKey
from core.models import DataKey

pytestmark = pytest.mark.usefixtures("samaki", "fresh_keys")


@given(plain=st.binary(max_size=200), aad=st.text(max_size=50))
def test_what_is_encrypted_opens_with_the_same_words_only(plain, aad):
    token = encrypt(plain, aad=aad)
    assert decrypt(token, aad=aad) == plain
    with pytest.raises(TamperedCiphertext):
        decrypt(token, aad=aad + "x")


def test_hospitals_cannot_open_each_others_ciphertexts(royal):
    token = encrypt(b"Sok", aad="x")
    with tenant_context(royal), pytest.raises(TamperedCiphertext):
        decrypt(token, aad="x")
    assert decrypt(token, aad="x") == b"Sok"


def test_a_key_row_moved_to_another_hospital_does_not_open(royal):
    ours = DataKey.objects.get(purpose="encryption").wrapped
    with tenant_context(royal):
        DataKey.objects.filter(purpose="encryption").update(wrapped=ours)
        keyring.forget_keys()
        with pytest.raises(TamperedCiphertext):
            encrypt(b"Sok", aad="x")


def test_keys_stand_in_the_database_only_wrapped(samaki):
    ring = crypto._ring()
    for row in DataKey.objects.all():
        assert ring.index_key not in base64.urlsafe_b64decode(row.wrapped)
        assert len(base64.urlsafe_b64decode(row.wrapped)) == 12 + 32 + 16


def test_another_master_key_opens_nothing(settings):
    settings.MASTER_KEY = base64.b64encode(os.urandom(32)).decode()
    keyring.forget_keys()
    with pytest.raises(TamperedCiphertext, match="MASTER_KEY"):
        encrypt(b"Sok", aad="x")


@pytest.mark.parametrize("wrong", ["", "c2hvcnQ=", "not base64!"])
def test_a_missing_or_broken_master_key_is_said_loudly(settings, wrong):
    settings.MASTER_KEY = wrong
    keyring.forget_keys()
    with pytest.raises(MissingKey, match="MASTER_KEY"):
        encrypt(b"Sok", aad="x")


def test_without_data_keys_nothing_is_encrypted():
    DataKey.objects.all().delete()
    keyring.forget_keys()
    with pytest.raises(MissingKey):
        encrypt(b"Sok", aad="x")


def test_keys_are_made_once():
    before = set(DataKey.objects.values_list("wrapped", flat=True))
    crypto.create_hospital_keys()
    assert set(DataKey.objects.values_list("wrapped", flat=True)) == before


def test_keys_are_made_where_there_are_none():
    DataKey.objects.all().delete()
    crypto.create_hospital_keys()
    assert decrypt(encrypt(b"Sok", aad="x"), aad="x") == b"Sok"


def test_after_a_rotation_old_ciphertexts_still_open_and_new_ones_use_the_new_key():
    old, index = encrypt(b"Sok", aad="x"), blind_index("sok", purpose="name")
    assert crypto.rotate_hospital_key() == 2
    new = encrypt(b"Sok", aad="x")
    assert (old[:5], new[:5]) == ("v1:1:", "v1:2:")
    assert decrypt(old, aad="x") == decrypt(new, aad="x") == b"Sok"
    assert crypto.is_current(new)
    assert not crypto.is_current(old)
    assert blind_index("sok", purpose="name") == index


def test_a_process_that_missed_a_rotation_reads_the_new_key(samaki):
    stale = crypto._ring()
    crypto.rotate_hospital_key()
    token = encrypt(b"Sok", aad="x")
    keyring._rings["samaki"] = stale
    assert decrypt(token, aad="x") == b"Sok"


def test_a_key_version_that_does_not_exist_is_said_loudly():
    token = encrypt(b"Sok", aad="x").replace("v1:1:", "v1:7:")
    with pytest.raises(MissingKey, match="version 7"):
        decrypt(token, aad="x")


def test_opened_keys_are_loaded_once_per_hospital(royal, django_assert_num_queries):
    encrypt(b"Sok", aad="x")
    with django_assert_num_queries(0):
        encrypt(b"Dara", aad="y")
    with tenant_context(royal):
        encrypt(b"Sok", aad="x")
    assert keyring._rings["samaki"].index_key != keyring._rings["royal"].index_key


def test_an_old_ring_is_read_again(settings, django_assert_num_queries):
    encrypt(b"Sok", aad="x")
    settings.KEY_RING_SECONDS = 0
    with django_assert_num_queries(1):
        encrypt(b"Sok", aad="x")


def test_a_blind_index_tells_equal_from_different_within_one_purpose_and_hospital(royal):
    ours = blind_index("012345678", purpose="phone")
    assert len(ours) == 16
    assert ours == blind_index("012345678", purpose="phone")
    assert ours != blind_index("012345679", purpose="phone")
    assert ours != blind_index("012345678", purpose="national_id")
    with tenant_context(royal):
        assert ours != blind_index("012345678", purpose="phone")


@given(st.text(max_size=20))
def test_an_index_number_fits_a_bigint(value):
    number = index_number(value, purpose="name")
    assert -(2**63) <= number < 2**63
    assert number == index_number(value, purpose="name")


def test_opened_keys_never_show_themselves():
    ring = crypto._ring()
    assert "index_key" not in repr(ring)
    assert connection.schema_name in repr(ring)
