"""`manage.py masked_copy`: a hospital that works like the one it was made of and holds nothing of anybody real.

Samaki lives a day, then a marker is planted into every column that could hold somebody's words, readable or encrypted,
found by inspection. The copy is dumped and all its ciphertexts are opened: no marker, no id, no number and no file of
the source may be there; what was counted and paid is the same.
"""

import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models
from django_tenants.utils import schema_context

from accounts.models import Branch, User
from audit.models import Record
from billing.pricing import Paid
from billing.queries.comparing import ledger_disagreements
from billing.services.deposit_refunds import approve_deposit_refund, pay_deposit_refund, request_deposit_refund
from billing.services.deposits import take_deposit
from clinical.models import Diagnosis, Note
from clinical.services.allergies import record_allergy
from core import clock, crypto, keyring
from core.fields import EncryptedDateField, EncryptedDecimalField, EncryptedJSONField, EncryptedMixin
from core.ids import new_id
from demo.cases import CASES
from demo.services.patients import make_patients
from demo.services.setting import furnish, place_of
from demo.services.story import Story, whole_visit
from demo.services.today import open_till
from hospitals.models import Hospital, Provisioning
from hospitals.services.provisioning import register_hospital
from patients.identifiers import identifier_types
from patients.models import Patient, PatientDocument
from patients.queries import search_patients
from reports.masking.declaration import (
    COLUMNS,
    HOUSE,
    LEFT_BEHIND,
    copied,
    models_of_a_hospital,
    treatment_of,
    unclassified,
)
from reports.masking.fictions import TREATMENTS
from reports.masking.service import UNFINISHED
from tests.factories.cashoffice import evening

STAYS = {"keep", "shift", "nothing", "code", "consciousness"}
BORN = date(1937, 7, 19)
TAG = re.compile(r"[Zz]q\.[0-9]{4}")  # the dot never stands in encrypted text, where letters and digits meet by chance


def mark(number: int) -> str:
    return f"Zq.{number:04d}"


def masked_copy(source: str = "samaki", target: str = "masked", **more: str) -> subprocess.CompletedProcess[str]:
    manage = str(settings.BASE_DIR / "manage.py")
    command = [sys.executable, manage, "masked_copy", source, target, "--by", "The tester"]
    environment = {**os.environ, "USE_OWNER_ROLE": "1", "DJANGO_SETTINGS_MODULE": "config.settings.test", **more}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def words_of_people() -> list[tuple[type[models.Model], models.Field]]:
    """Columns of the copied tables that hold somebody's words."""
    return [
        (model, field)
        for table, model in copied().items()
        for field in model._meta.concrete_fields
        if treatment_of(table, field) not in STAYS
    ]


def planted_value(field: models.Field, number: int) -> str | None:
    """A marker in the form the field takes; None where it takes none."""
    if isinstance(field, EncryptedDateField):
        return BORN.isoformat()
    if isinstance(field, EncryptedDecimalField):
        return "71.83"
    if isinstance(field, EncryptedJSONField):
        return json.dumps({mark(number): mark(number), "note": mark(number)})
    if isinstance(field, models.BinaryField):
        return None
    short = field.max_length is not None and field.max_length < 8 and not isinstance(field, EncryptedMixin)
    return None if short else mark(number)


def plant(owner_url: str) -> set[str]:
    """Put a marker into every such column, past all guards, as only the tables' owner could; where, by table.column."""
    planted = set()
    with psycopg.connect(owner_url, autocommit=True) as link:
        link.execute("SET search_path = samaki, public")
        for table, model in {model._meta.db_table: model for model, _field in words_of_people()}.items():
            link.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            if link.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() is None:
                _add_row(link, model)
        somebody = "(SELECT id FROM accounts_user WHERE id <> cashier_id LIMIT 1)"  # the marked reason needs one
        link.execute(f"UPDATE billing_shift SET stood_in_by_id = {somebody}, stand_in_reason = 'x'")
        for number, (model, field) in enumerate(words_of_people()):
            table, value, key = model._meta.db_table, planted_value(field, number), model._meta.pk.column
            row = link.execute(f'SELECT {key} FROM "{table}" ORDER BY {key} DESC LIMIT 1').fetchone()
            if row is None or value is None:
                continue
            if isinstance(field, EncryptedMixin):
                value = crypto.encrypt(value.encode(), aad=field.aad_of(row[0]))
            link.execute(f'UPDATE "{table}" SET "{field.column}" = %s WHERE {key} = %s', [value, row[0]])
            planted.add(f"{table}.{field.column}")
    return planted


def _add_row(link: psycopg.Connection, model: type[models.Model]) -> None:
    """A row of a table that the day left empty, past the guards of that table."""
    link.execute(f'ALTER TABLE "{model._meta.db_table}" DISABLE TRIGGER USER')
    values = {field.column: _filler(link, field) for field in model._meta.concrete_fields}
    if model._meta.db_table in ("billing_creditnote", "billing_writeoff"):
        decided_by = link.execute("SELECT id FROM accounts_user WHERE id <> %s", [values["requested_by_id"]]).fetchone()
        values |= {"status": "approved", "number": "x", "decided_by_id": decided_by[0]}
    if model._meta.db_table == "billing_writeoff":  # taken back: the ledger knows nothing of it
        values |= {"status": "reversed", "reversed_by_id": values["requested_by_id"], "reversed_at": clock.now()}
    if model._meta.db_table == "billing_fund":  # an account of its own, as each fund has
        unused = "SELECT id FROM billing_account WHERE id NOT IN (SELECT account_id FROM billing_posting) LIMIT 1"
        values |= {"account_id": link.execute(unused).fetchone()[0], "balance": 0}
    if model._meta.db_table == "billing_feepayout":
        others = link.execute("SELECT id FROM accounts_user WHERE id <> %s LIMIT 2", [values["doctor_id"]]).fetchall()
        values |= {"requested_by_id": others[0][0], "decided_by_id": others[1][0], "shift_id": None}
        values |= {"status": "paid", "method": "bank", "number": "x"}
    if model._meta.db_table == "billing_instalmentplan":
        values |= {"is_active": True}
    if model._meta.db_table == "claims_claim":
        values |= dict.fromkeys(("accepted", "rejected", "paid", "transferred", "written_off", "returned"), 0)
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(["%s"] * len(values))
    link.execute(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', [*values.values()])


def _filler(link: psycopg.Connection, field: models.Field) -> Any:
    if field.null:
        return None
    if field.is_relation:
        there = field.related_model._meta
        which = 1 if field.column.startswith("other") else 0  # somebody else where two are named
        rows = link.execute(f'SELECT {there.pk.column} FROM "{there.db_table}" LIMIT 2').fetchall()
        if not rows:
            _add_row(link, field.related_model)
            return _filler(link, field)
        return rows[which][0] if len(rows) > which else None
    if field.primary_key or isinstance(field, models.UUIDField):
        return new_id()
    if field.choices:
        return field.flatchoices[-1 if field.column == "given_by" else 0][0]  # a guardian is named beside it
    if isinstance(field, models.DateTimeField | models.DateField) and not isinstance(field, EncryptedMixin):
        return clock.now()
    if isinstance(field, models.JSONField) and not isinstance(field, EncryptedMixin):
        return "{}"
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField | models.DecimalField) and not isinstance(field, EncryptedMixin):
        return 1
    if field.column == "type":  # of an identity paper
        return next(iter(identifier_types()))
    return b"x" if isinstance(field, models.BinaryField) else "x"


def dump(schema: str, databases) -> str:
    """The whole schema as pg_dump writes it."""
    server = databases.server
    name = settings.DATABASES["default"]["NAME"]
    command = [server.program("pg_dump"), "-a", "-n", schema, "-f", "-", server.url("postgres", name)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def opened(schema: str) -> list[str]:
    """Every ciphertext of the schema, opened."""
    found = []
    with schema_context(schema):
        for model in models_of_a_hospital().values():
            fields = [field for field in model._meta.concrete_fields if isinstance(field, EncryptedMixin)]
            for row in model._base_manager.all() if fields else ():
                found += [f"{model._meta.db_table}.{field.column}: {getattr(row, field.attname)}" for field in fields]
    return found


def figures(schema: str) -> dict[str, tuple]:
    """Rows of every copied table, and what money and stock add up to."""
    with connection.cursor() as cursor:
        found = {}
        for table in copied():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s "
                "AND data_type = 'numeric' ORDER BY 1",
                [schema, table],
            )
            columns = [name for (name,) in cursor.fetchall()]
            sums = "".join(f', sum("{name}")' for name in columns)
            cursor.execute(f'SELECT count(*){sums} FROM "{schema}"."{table}"')
            found[table] = cursor.fetchone()
    return found


@pytest.fixture
def lived(committed_db, samaki, databases, settings, tmp_path):
    """Samaki after a day, with markers in every word, and as it counted then."""
    settings.MEDIA_ROOT = str(tmp_path)
    os.environ["MEDIA_ROOT"] = str(tmp_path)
    furnish(2)
    list(make_patients(3, seed=5, over=timedelta(days=3)))
    live_a_day_of(Patient.objects.order_by("pk").first())
    planted = plant(settings.DATABASE_OWNER_URL)
    wanted = {f"{model._meta.db_table}.{field.column}" for model, field in words_of_people() if planted_value(field, 1)}
    assert wanted - planted == set(), "no marker could be planted there"
    keyring.forget_keys()
    return figures("samaki")


def live_a_day_of(patient: Patient) -> None:
    place = place_of(Branch.objects.get())
    open_till(place)
    case = next(case for case in CASES if case.tests and case.drugs)
    record_allergy(patient=patient, substance="Penicillin", reaction="Rash", by=place.people["doctor"])
    whole_visit(Story(place, patient, case, "doctor", Random(7)), lambda minutes: None)
    _pay_a_deposit_back(patient, place.people["cashier"])
    evening(patient.visits.get())


def _pay_a_deposit_back(patient: Patient, cashier: User) -> None:
    deposit = take_deposit(patient=patient, tenders=[Paid("cash", "USD", Decimal(5))], by=cashier)
    account = deposit.moves.get().account
    refund = request_deposit_refund(account=account, patient=patient, amount=Decimal(5), reason="left", by=cashier)
    refund = approve_deposit_refund(refund=refund, by=User.objects.get(username="accountant"))
    pay_deposit_refund(refund=refund, method="bank", notes_in="USD", reference="FT-2", by=cashier)


def test_every_column_is_classified():
    assert list(unclassified()) == [], "say in reports.masking.declaration what becomes of it"


def test_the_declaration_names_what_exists():
    tables = models_of_a_hospital()
    assert tables.keys() >= {*LEFT_BEHIND, *HOUSE, *COLUMNS}
    assert not {*LEFT_BEHIND} & {*HOUSE, *COLUMNS}
    for table, columns in COLUMNS.items():
        assert {field.column for field in tables[table]._meta.concrete_fields} >= columns.keys(), table
        assert TREATMENTS.keys() >= {*columns.values()}, table


def test_no_copied_row_refers_to_one_that_stays_behind():
    for table, model in copied().items():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model._meta.db_table in LEFT_BEHIND:
                assert treatment_of(table, field) == "nothing", f"{table}.{field.column}"


def test_a_new_column_that_nobody_classified_is_noticed(monkeypatch):
    field = models.CharField(max_length=80)
    field.set_attributes_from_name("nickname")
    assert treatment_of("patients_patient", field) is None
    secret = models.TextField()
    secret.set_attributes_from_name("words")
    assert treatment_of("clinical_note", secret) is None
    assert treatment_of("laboratory_test", secret) == "keep", "the house's own"


def test_an_interrupted_copy_is_begun_anew_works_and_holds_nothing_of_anybody(lived, client_for, databases):
    """One copy, for it takes a while: what was left by an interrupted one opens no door, and is thrown away."""
    _leave_an_unfinished_hospital()
    stranger = client_for(None)
    stranger.defaults["HTTP_HOST"] = "portal.masked.localhost"
    assert stranger.get("/").status_code == 503
    done = masked_copy()
    assert done.returncode == 0, done.stderr
    connection.set_schema_to_public()
    hospital = Hospital.objects.get(schema_name="masked")
    assert (hospital.ready, hospital.is_open) == (True, True)
    assert Provisioning.objects.get(hospital=hospital).step == "done"
    _holds_nothing_of_anybody(databases)
    assert _but_for_people(figures("masked")) == _but_for_people(lived)
    _moved_each_patient_s_days_by_one_constant()
    assert all(abs(old - new) <= 1 for old, new in zip(_years("samaki"), _years("masked"), strict=True))
    _can_be_worked_in(client_for, password=re.search(r"shown this once: (\S+)", done.stdout)[1])


def _leave_an_unfinished_hospital() -> None:
    with schema_context("public"):
        register_hospital(
            schema_name="masked",
            names={"name_en": "x", "name_km": "x", "name_zh_hans": "x"},
            owner_name="x",
            owner_username="x",
            owner_email=UNFINISHED,
        )


def _holds_nothing_of_anybody(databases) -> None:
    whole, plain = dump("masked", databases), opened("masked")
    assert len(plain) > 100
    assert len({*TAG.findall(dump("samaki", databases)), *TAG.findall(" ".join(opened("samaki")))}) > 90
    assert TAG.findall(whole) == []
    assert [line for line in plain if TAG.search(line)] == []
    _holds_no_id_of(whole, "samaki")
    with schema_context("samaki"):
        numbers = [value for one in Patient.objects.all() for value in (one.phone, one.email) if value]
        numbers += [user.email for user in User.objects.all()]
    assert not [one for one in numbers if one in whole or any(one in line for line in plain)]


def _but_for_people(found: dict[str, tuple]) -> dict[str, tuple]:
    """The copy has people of its own beside the closed ones, and measures that were moved a little."""
    own = {"accounts_user", "accounts_staffprofile", "accounts_assignment"}
    return {table: sums for table, sums in found.items() if table not in own}


def _holds_no_id_of(whole: str, schema: str) -> None:
    with connection.cursor() as cursor:
        for table, model in copied().items():
            if isinstance(model._meta.pk, models.UUIDField):
                cursor.execute(f'SELECT id::text FROM "{schema}"."{table}"')
                assert not [pk for (pk,) in cursor.fetchall() if pk in whole], table


def _moved_each_patient_s_days_by_one_constant() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT date, created_at, opened_at FROM samaki.patients_visit ORDER BY number")
        real = cursor.fetchone()
        cursor.execute("SELECT date, created_at, opened_at FROM masked.patients_visit ORDER BY number")
        moved = cursor.fetchone()
        invoices = "(SELECT issued_at FROM {}.billing_invoice ORDER BY 1 LIMIT 1)"
        cursor.execute(f"{invoices.format('samaki')} UNION ALL {invoices.format('masked')}")
        issued = [row[0] for row in cursor.fetchall()]
    differences = {(old - new).days for old, new in zip(real, moved, strict=True)} | {(issued[0] - issued[1]).days}
    assert len(differences) == 1
    assert differences.pop() >= 14


def _years(schema: str) -> list[int]:
    with schema_context(schema):
        return sorted(one.birth_date.year for one in Patient.objects.all())


def _can_be_worked_in(client_for, *, password: str) -> None:
    with schema_context("masked"):
        assert ledger_disagreements() == []
        assert not User.objects.filter(is_active=True).exclude(username__startswith="test-").exists()
        receptionist = User.objects.get(username="test-receptionist")
        assert receptionist.check_password(password)
        person = Patient.objects.order_by("pk").first()
        assert person in search_patients(receptionist, person.given_name)
        assert person in search_patients(receptionist, person.phone[-6:])
        assert person.visits.exists()
        assert Note.objects.first().subjective
        assert Diagnosis.objects.first().text
        assert not PatientDocument.objects.exists()
        assert not default_storage.exists("patients")
        made = {record.kind for record in Record.objects.filter(table_name__startswith="patients_")}
        assert made == set(), "the trail of the source was not copied, nor the copying trailed row by row"
    client = client_for("test-receptionist", hospital="masked")
    assert person.mrn in client.get("/patients/").content.decode()
    assert client.get(f"/patients/{person.pk}/").status_code == 200
    with schema_context("samaki"):
        noted = Record.objects.filter(kind="export", table_name="hospitals_hospital").get()
        assert (noted.actor, noted.row_id) == ("The tester", "masked")


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("samaki", "royal", "taken"),
        ("nowhere", "masked", "no hospital nowhere"),
        ("samaki", "Bad!", "small letters"),
    ],
)
def test_a_copy_over_something_is_refused(committed_db, samaki, source, target, why):
    done = masked_copy(source, target)
    assert done.returncode != 0
    assert why in done.stderr


def test_as_the_application_s_role_nothing_is_begun(committed_db, samaki):
    done = masked_copy(USE_OWNER_ROLE="0")
    assert "USE_OWNER_ROLE=1" in done.stderr
    with schema_context("public"):
        assert not Hospital.objects.filter(schema_name="masked").exists()
