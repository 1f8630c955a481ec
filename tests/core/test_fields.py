import copy
import pickle
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, transaction
from django.db.migrations.writer import MigrationWriter
from django_tenants.utils import tenant_context

from core.crypto import TamperedCiphertext
from core.fields import Ciphertext, EncryptedTextField
from core.ids import new_id

PLAIN = {
    "name": "Sok Dara",
    "nickname": "Dara the younger",
    "note": "Coughs at night.\nឈឺក្បាល",
    "born_on": date(1980, 2, 29),
    "weight": Decimal("61.50"),
    "facts": {"allergies": ["penicillin"], "pulse": 72},
}


@pytest.fixture
def row(secret_model):
    return secret_model.objects.create(**PLAIN)


def stored(row, column="name"):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM core_test_secret WHERE id = %s', [row.pk])
        return cursor.fetchone()[0]


def store(row, token, column="name"):
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE core_test_secret SET "{column}" = %s WHERE id = %s', [token, row.pk])


def test_every_kind_of_value_comes_back_as_it_was(secret_model, row):
    again = secret_model.objects.get(pk=row.pk)
    assert {name: getattr(again, name) for name in PLAIN} == PLAIN
    assert isinstance(again.born_on, date)
    assert str(again.weight) == "61.50"


def test_no_column_holds_the_plain_text(row):
    for column in PLAIN:
        raw = stored(row, column)
        assert raw.startswith("v1:1:")
        for plain in ("Dara ", "Coughs", "1980-02", "61.50", "penicillin"):
            assert plain not in raw


def test_equal_values_have_different_ciphertexts(secret_model):
    one, two = (secret_model.objects.create(name="Sok") for _ in range(2))
    assert stored(one) != stored(two)


def test_nothing_is_decrypted_before_it_is_read(secret_model, row):
    store(row, "v1:1:AAAA")
    again = secret_model.objects.get(pk=row.pk)
    assert again.nickname == "Dara the younger"
    with pytest.raises(TamperedCiphertext):
        _ = again.name


def test_a_ciphertext_moved_to_another_row_does_not_open(secret_model, row):
    other = secret_model.objects.create(name="Chan")
    store(other, stored(row))
    with pytest.raises(TamperedCiphertext):
        _ = secret_model.objects.get(pk=other.pk).name


def test_a_ciphertext_moved_to_another_column_does_not_open(secret_model, row):
    store(row, stored(row, "name"), "nickname")
    with pytest.raises(TamperedCiphertext):
        _ = secret_model.objects.get(pk=row.pk).nickname


def test_a_ciphertext_moved_to_another_hospital_does_not_open(secret_model, row, royal):
    token = stored(row)
    with tenant_context(royal):
        other = secret_model(pk=row.pk, name="Someone else")
        other.save(force_insert=True)
        store(other, token)
        with pytest.raises(TamperedCiphertext):
            _ = secret_model.objects.get(pk=row.pk).name


@pytest.mark.parametrize("token", ["Sok Dara", "v1:1:", "v2:1:AAAA", "v1:x:AAAA", "v1:1:é", "v1:1:AAAA:x"])
def test_what_is_no_ciphertext_is_never_shown_as_text(secret_model, row, token):
    store(row, token)
    with pytest.raises(TamperedCiphertext):
        _ = secret_model.objects.get(pk=row.pk).name


def test_one_changed_letter_is_noticed(secret_model, row):
    token = stored(row)
    store(row, token[:-3] + ("A" if token[-3] != "A" else "B") + token[-2:])
    with pytest.raises(TamperedCiphertext):
        _ = secret_model.objects.get(pk=row.pk).name


def test_an_unread_value_is_written_back_untouched(secret_model, row):
    before = {column: stored(row, column) for column in PLAIN}
    again = secret_model.objects.get(pk=row.pk)
    again.ward = "B"
    again.save()
    assert {column: stored(row, column) for column in PLAIN} == before


def test_a_value_that_was_read_or_set_again_is_written_back_untouched(secret_model, row):
    before = {column: stored(row, column) for column in PLAIN}
    again = secret_model.objects.get(pk=row.pk)
    for name, value in PLAIN.items():
        assert getattr(again, name) == value
        setattr(again, name, copy.deepcopy(value))
    again.full_clean()
    again.save()
    assert {column: stored(row, column) for column in PLAIN} == before


def test_a_changed_value_is_encrypted_anew_and_the_others_stay(secret_model, row):
    before = {column: stored(row, column) for column in PLAIN}
    again = secret_model.objects.get(pk=row.pk)
    again.name = "Sok Daro"
    again.save()
    assert stored(row, "name") != before.pop("name")
    assert {column: stored(row, column) for column in before} == before
    assert secret_model.objects.get(pk=row.pk).name == "Sok Daro"


def test_a_list_changed_in_place_is_saved(secret_model, row):
    again = secret_model.objects.get(pk=row.pk)
    again.facts["allergies"].append("latex")
    again.save()
    assert secret_model.objects.get(pk=row.pk).facts["allergies"] == ["penicillin", "latex"]


def test_a_number_of_another_scale_is_a_change(secret_model, row):
    again = secret_model.objects.get(pk=row.pk)
    again.weight = Decimal("61.5")
    again.save()
    assert again.weight == Decimal("61.50")


def test_a_saved_row_reads_the_same_without_a_query(row, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert {name: getattr(row, name) for name in PLAIN} == PLAIN


def test_empty_and_missing_values_stay_visible_as_such(secret_model):
    row = secret_model.objects.create(name="Sok", nickname="", note=None)
    assert stored(row, "nickname") == ""
    assert stored(row, "note") is None
    again = secret_model.objects.get(pk=row.pk)
    assert (again.nickname, again.note, again.born_on) == ("", None, None)
    assert secret_model.objects.filter(note__isnull=True, nickname="").get() == row
    assert not secret_model.objects.filter(note__isnull=False).exists()


def test_a_value_can_be_taken_away(secret_model, row):
    row.note = None
    row.nickname = ""
    row.save()
    again = secret_model.objects.get(pk=row.pk)
    assert (again.note, again.nickname) == (None, "")


@pytest.mark.parametrize(
    "lookup",
    [
        {"name": "Sok Dara"},
        {"name__icontains": "Sok"},
        {"name__in": ["Sok"]},
        {"born_on__year": 1980},
        {"born_on__lt": date(2000, 1, 1)},
        {"weight__gt": 3},
        {"facts__pulse": 72},
        {"facts__contains": {}},
    ],
)
def test_nobody_can_search_by_an_encrypted_column(secret_model, lookup):
    with pytest.raises(FieldError, match="encrypted"):
        list(secret_model.objects.filter(**lookup))


def test_update_and_bulk_update_are_refused(secret_model, row):
    with pytest.raises(FieldError, match="encrypted"), transaction.atomic():
        secret_model.objects.update(name="Chan")
    row.name = "Chan"
    with pytest.raises(FieldError, match="encrypted"), transaction.atomic():
        secret_model.objects.bulk_update([row], ["name"])
    assert secret_model.objects.get(pk=row.pk).name == "Sok Dara"


def test_a_column_can_be_emptied_for_all_rows(secret_model, row):
    secret_model.objects.update(note=None, nickname="")
    assert secret_model.objects.get(pk=row.pk).note is None


def test_rows_can_be_made_in_bulk(secret_model):
    rows = secret_model.objects.bulk_create([secret_model(name=f"Sok {number}") for number in range(3)])
    assert [secret_model.objects.get(pk=row.pk).name for row in rows] == ["Sok 0", "Sok 1", "Sok 2"]


def test_values_gives_ciphertext_only(secret_model, row):
    (name,) = secret_model.objects.values_list("name", flat=True)
    assert isinstance(name, Ciphertext)
    assert "Sok" not in name


def test_deferred_columns_are_fetched_and_opened_when_read(secret_model, row, django_assert_num_queries):
    again = secret_model.objects.defer("name").get(pk=row.pk)
    with django_assert_num_queries(1):
        assert again.name == "Sok Dara"
    again = secret_model.objects.only("ward").get(pk=row.pk)
    again.save()
    assert secret_model.objects.get(pk=row.pk).name == "Sok Dara"


def test_a_joined_row_opens_with_its_own_key(keepsake_model, row):
    keepsake_model.objects.create(secret=row)
    assert keepsake_model.objects.select_related("secret").get().secret.name == "Sok Dara"


def test_refreshing_takes_over_what_another_wrote(secret_model, row):
    other = secret_model.objects.get(pk=row.pk)
    other.name = "Chan"
    other.save()
    row.refresh_from_db()
    assert row.name == "Chan"


def test_a_pickled_row_carries_no_plain_text(secret_model, row, monkeypatch):
    monkeypatch.setitem(apps.get_app_config("core").models, "secret", secret_model)
    again = secret_model.objects.get(pk=row.pk)
    assert again.name == "Sok Dara"
    frozen = pickle.dumps(again)
    assert b"Sok" not in frozen
    assert pickle.loads(frozen).name == "Sok Dara"
    assert b"Sok" not in pickle.dumps(row)
    assert copy.deepcopy(again).name == "Sok Dara"


def test_a_copy_of_a_row_is_encrypted_for_its_own_key(secret_model, row):
    duplicate = secret_model.objects.get(pk=row.pk)
    assert duplicate.name == "Sok Dara"
    _ = [getattr(duplicate, name) for name in PLAIN]
    duplicate.pk = new_id()
    duplicate._state.adding = True
    duplicate.save()
    assert secret_model.objects.get(pk=duplicate.pk).name == "Sok Dara"
    assert secret_model.objects.get(pk=row.pk).name == "Sok Dara"


def test_a_copy_of_an_unread_row_is_refused_rather_than_made_unreadable(secret_model, row):
    duplicate = secret_model.objects.get(pk=row.pk)
    duplicate.pk = new_id()
    duplicate._state.adding = True
    with pytest.raises(TamperedCiphertext):
        duplicate.save()


def test_a_row_has_its_key_before_it_is_encrypted(secret_model):
    row = secret_model(pk=None, name="Sok")
    with pytest.raises(ValueError, match="primary key"):
        row._meta.get_field("name").aad(row)
    row.save()
    assert secret_model.objects.get(pk=row.pk).name == "Sok"


def test_texts_for_dates_and_numbers_are_understood_as_forms_send_them(secret_model):
    row = secret_model.objects.create(name="Sok", born_on="1980-02-29", weight="61.5")
    assert secret_model.objects.get(pk=row.pk).born_on == date(1980, 2, 29)
    assert row.weight == Decimal("61.5")
    with pytest.raises(ValidationError):
        secret_model.objects.create(name="Sok", born_on="1981-02-29")


def test_forms_check_the_plain_value_and_show_it(secret_model, row):
    class SecretForm(forms.ModelForm):
        class Meta:
            model = secret_model
            fields = list(PLAIN)

    form = SecretForm(instance=secret_model.objects.get(pk=row.pk))
    assert form["name"].value() == "Sok Dara"
    assert isinstance(form.fields["name"].widget, forms.TextInput)
    assert isinstance(form.fields["note"].widget, forms.Textarea)
    assert form["born_on"].value() == date(1980, 2, 29)
    wrong = SecretForm({"name": "x" * 51, "born_on": "31.2.1980", "weight": "12345.678", "facts": "{"})
    assert set(wrong.errors) == {"name", "born_on", "weight", "facts"}
    right = SecretForm({"name": "Chan", "born_on": "1999-01-31", "weight": "50", "facts": "{}"}, instance=row)
    assert right.is_valid(), right.errors
    right.save()
    assert secret_model.objects.get(pk=row.pk).name == "Chan"


def test_models_check_the_plain_value(secret_model):
    with pytest.raises(ValidationError) as refusal:
        secret_model(name="").full_clean()
    assert set(refusal.value.message_dict) == {"name"}


def test_migrations_can_write_the_fields_down(secret_model):
    for name in PLAIN:
        text, imports = MigrationWriter.serialize(secret_model._meta.get_field(name))
        assert "core.fields." in text
        assert imports == {"import core.fields"}
    field = secret_model._meta.get_field("note")
    _, _, args, kwargs = field.deconstruct()
    assert EncryptedTextField(*args, **kwargs).multiline


@pytest.mark.parametrize("option", ["unique", "db_index", "primary_key"])
def test_an_index_over_ciphertext_is_a_mistake(option):
    with pytest.raises(TypeError, match="index"):
        EncryptedTextField(**{option: True})
