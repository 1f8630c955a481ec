"""A hospital for testing, made out of a real one: its own hosts, keys and people, and nobody's real data."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.management import CommandError
from django.db import connection, transaction
from django_tenants.utils import schema_context

from accounts.models import Branch, Department, StaffProfile, User
from accounts.permissions import ROLES
from accounts.services.roles import assign_role
from audit.services import record_export
from core.crypto import create_hospital_keys
from core.db import writing
from hospitals.models import Hospital, Provisioning, ProvisioningStep
from hospitals.services.provisioning import make_schema, register_hospital
from hospitals.states import hospital_flow
from reports.masking.copying import Copier
from reports.masking.declaration import unclassified
from reports.masking.fictions import Fiction
from terminology.models import Division
from terminology.models.division import Level

UNFINISHED = "masked-copy@unfinished.example"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """What came of it: rows by table, and how to enter."""

    rows: dict[str, int]
    host: str
    people: list[str]
    password: str


def make_masked_copy(*, source: str, target: str, by: str, tell: Tell) -> Made:
    """Make the hospital ``target`` out of ``source``. Raises CommandError; what was begun and died is begun anew.

    The rows come over in one transaction. Until it is committed the target is not ready and no door of it opens.
    """
    _check(source, target)
    job = _register(target)
    tell("making the schema")
    make_schema(job.hospital)
    with schema_context(target):
        create_hospital_keys()
    with schema_context("public"):
        places = list(Division.objects.filter(level=Level.COMMUNE).values_list("code", flat=True))
    fiction = Fiction(secrets.token_bytes(32), places)
    with transaction.atomic():
        rows = Copier(source, target, fiction, tell).copy_all()
        with schema_context(target):
            people, password = _hire()
    with schema_context(source), writing.context(actor=by, reason="masked copy for testing"):
        record_export("masked_copy", subject="hospitals_hospital", row_id=target, rows=sum(rows.values()))
    return Made(rows, _open_doors(job), people, password)


def _check(source: str, target: str) -> None:
    if not settings.USE_OWNER_ROLE:
        raise CommandError("Call it with USE_OWNER_ROLE=1: making a schema is the owner's.")
    if unknown := list(unclassified()):
        raise CommandError(f"Nobody has said whether these are personal: {', '.join(unknown)}")
    connection.set_schema_to_public()
    if not Hospital.objects.filter(schema_name=source, ready=True).exists():
        raise CommandError(f"There is no hospital {source}.")


def _register(target: str) -> Provisioning:
    """Register the hospital; one that was begun and not finished is cleared away first."""
    connection.set_schema_to_public()
    begun = Provisioning.objects.filter(hospital__schema_name=target, owner_email=UNFINISHED).first()
    if begun and not begun.hospital.ready:
        _clear(begun)
    elif Hospital.objects.filter(schema_name=target).exists():
        raise CommandError(f"The name {target} is taken.")
    names = {"name_en": f"Test copy {target}", "name_km": f"ច្បាប់សាកល្បង {target}", "name_zh_hans": f"测试副本 {target}"}
    job = register_hospital(
        schema_name=target, names=names, owner_name="Test owner", owner_username="test-owner", owner_email=UNFINISHED
    )
    job.step, job.error = ProvisioningStep.FAILED, "A masked copy is being made; call manage.py masked_copy again."
    job.save(update_fields=["step", "error", "updated_at"])
    return job


def _clear(begun: Provisioning) -> None:
    hospital = begun.hospital
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {connection.ops.quote_name(hospital.schema_name)} CASCADE")
        begun.delete()
        hospital.domains.all().delete()
        hospital.delete()


def _hire() -> tuple[list[str], str]:
    """One new person for each role; every copied account is closed. Returns the names and their one password."""
    password = secrets.token_urlsafe(12)
    branch = Branch.objects.order_by("code").first()
    people = []
    for role in ROLES:
        name = f"test-{role}"
        person = User.objects.create_user(name, f"{name}@example.test", password, full_name=f"Test {role}")
        home = Department.objects.filter(branch=branch).order_by("code").first()
        StaffProfile.objects.create(user=person, home_department=home)
        assign_role(user=person, role=role, by=None)
        people.append(person.username)
    User.objects.exclude(username__in=people).update(is_active=False, is_superuser=False, is_staff=False)
    return people, password


def _open_doors(job: Provisioning) -> str:
    connection.set_schema_to_public()
    hospital = job.hospital
    with transaction.atomic():
        hospital.status, hospital.ready = hospital_flow.check("open", hospital.status), True
        hospital.save(update_fields=["status", "ready", "updated_at"])
        job.step, job.error, job.owner_email = ProvisioningStep.DONE, "", "test-owner@example.test"
        job.save(update_fields=["step", "error", "owner_email", "updated_at"])
    return hospital.domains.get(surface="portal").domain
