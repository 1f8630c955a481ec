"""A table with every kind of encrypted column, in both hospitals."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps.registry import Apps
from django.conf import settings
from django.db import models

from core.fields import EncryptedDateField, EncryptedDecimalField, EncryptedJSONField, EncryptedTextField
from core.models import VersionedModel


class Secret(VersionedModel):
    """Stands for any record of a patient; in a registry of its own, so that no migration is asked for."""

    name = EncryptedTextField("Name", max_length=50)
    nickname = EncryptedTextField(blank=True, default="")
    note = EncryptedTextField(multiline=True, blank=True, null=True)
    born_on = EncryptedDateField(null=True, blank=True)
    weight = EncryptedDecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    facts = EncryptedJSONField(default=dict, blank=True)
    ward = models.CharField(max_length=10, blank=True)

    class Meta:
        app_label = "core"
        db_table = "core_test_secret"
        apps = Apps()


class Keepsake(models.Model):
    """Points at a secret, for joins."""

    secret = models.ForeignKey(Secret, on_delete=models.CASCADE)

    class Meta:
        app_label = "core"
        db_table = "core_test_keepsake"
        apps = Secret._meta.apps

    def __str__(self) -> str:
        return str(self.pk)


TABLES = """
    CREATE TABLE {schema}.core_test_secret (
        id uuid PRIMARY KEY, created_at timestamptz, updated_at timestamptz, version int, name text NOT NULL,
        nickname text NOT NULL, note text, born_on text, weight text, facts text NOT NULL, ward text);
    CREATE TABLE {schema}.core_test_keepsake (id bigserial PRIMARY KEY, secret_id uuid NOT NULL);
    GRANT ALL ON {schema}.core_test_secret, {schema}.core_test_keepsake TO {role};
    GRANT ALL ON {schema}.core_test_keepsake_id_seq TO {role};
"""


@pytest.fixture(scope="module")
def _secret_tables(django_db_setup: None) -> Iterator[None]:
    """Tables of this room's tests alone; gone again before another room looks at the schemas."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        for schema in ("samaki", "royal"):
            owner.execute(TABLES.format(schema=schema, role=settings.DATABASE_APP_ROLE))
        yield
        for schema in ("samaki", "royal"):
            owner.execute(f"DROP TABLE {schema}.core_test_secret, {schema}.core_test_keepsake")


@pytest.fixture
def secret_model(_secret_tables: None, samaki: Any) -> type[Secret]:
    return Secret


@pytest.fixture
def keepsake_model(secret_model: Any) -> type[Keepsake]:
    return Keepsake


@pytest.fixture
def fresh_keys() -> Iterator[None]:
    """Forget opened keys before and after: the test changes key rows and is rolled back."""
    from core import keyring

    keyring.forget_keys()
    yield
    keyring.forget_keys()
