"""The making of a hospital: register row first, then schema, keys, roles, catalogues and owner by a background job."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from accounts.models import Branch, Department, DepartmentKind, User
from accounts.permissions import ROLES, default_codes
from accounts.services.roles import assign_role, create_roles, meet_new_permissions
from accounts.services.staff import invite
from core.clock import now, today
from core.crypto import create_hospital_keys
from core.errors import NotPossible
from hospitals.loaders import loaders
from hospitals.models import Domain, Hospital, Plan, Provisioning, ProvisioningStep, RoleTemplate, Subscription, Surface
from hospitals.services.starting import FIRST_DEPARTMENTS, in_three_languages
from hospitals.states import hospital_flow

log = logging.getLogger(__name__)
Tell = Callable[[str, int], None]


@transaction.atomic
def create_hospital(*, by: User | None = None, **facts: Any) -> Provisioning:
    """Register a hospital and let a background job make it after commit; its progress is on the returned row."""
    job = register_hospital(**facts)
    transaction.on_commit(lambda: _start(job), robust=True)
    return job


@transaction.atomic
def register_hospital(
    *,
    schema_name: str,
    names: dict[str, str],
    owner_name: str,
    owner_username: str,
    owner_email: str,
    plan: Plan | None = None,
    **facts: str,
) -> Provisioning:
    """Write the register rows of a hospital: hosts, subscription and the job that will make it.

    ``names`` holds name_en, name_km, name_zh_hans. The schema name is also the host's word and never changes.
    """
    hospital = Hospital.objects.create(schema_name=schema_name, **names, **facts)
    for surface in Surface.values:
        Domain.objects.create(
            tenant=hospital,
            domain=f"{surface}.{schema_name.replace('_', '-')}.{settings.BASE_DOMAIN}",
            surface=surface,
            is_primary=surface == Surface.PORTAL,
        )
    if plan is not None:
        Subscription.objects.create(hospital=hospital, plan=plan, starts_on=today())
    return Provisioning.objects.create(
        hospital=hospital, owner_name=owner_name, owner_username=owner_username, owner_email=owner_email
    )


@transaction.atomic
def restart_provisioning(*, hospital: Hospital, by: User) -> None:
    """Take up a making again where it stopped (failed, or its worker died); one that is done is refused."""
    job = Provisioning.objects.select_for_update().get(hospital=hospital)
    if job.step == ProvisioningStep.DONE:
        raise NotPossible(_("This hospital is set up already."))
    job.step, job.error = ProvisioningStep.WAITING, ""
    job.save(update_fields=["step", "error", "updated_at"])
    transaction.on_commit(lambda: _start(job), robust=True)


def _start(provisioning: Provisioning) -> None:
    from hospitals.tasks import provision_hospital

    provision_hospital.delay(str(provisioning.pk))


def provision(provisioning: Provisioning, tell: Tell = lambda step, percent: None) -> Hospital:
    """Do every step that is not done yet; needs the owner's database role.

    Safe to run again after a failure; while another process makes the same hospital, this one leaves it alone.
    """
    hospital = provisioning.hospital
    if not _is_mine(hospital):
        return hospital

    def progress(step: str, percent: int) -> None:
        provisioning.step, provisioning.percent = step, percent
        provisioning.save(update_fields=["step", "percent", "updated_at"])
        tell(step, percent)

    try:
        progress(ProvisioningStep.SCHEMA, 5)
        make_schema(hospital)
        with schema_context(hospital.schema_name):
            create_hospital_keys()
        progress(ProvisioningStep.ROLES, 55)
        with schema_context(hospital.schema_name):
            _make_roles()
            _make_workplaces(hospital)
        progress(ProvisioningStep.CATALOGUES, 60)
        _load_catalogues(hospital)
        progress(ProvisioningStep.OWNER, 90)
        _open(provisioning)
        progress(ProvisioningStep.DONE, 100)
    except Exception as problem:
        log.exception("provisioning of %s failed", hospital.schema_name)
        provisioning.step, provisioning.error = ProvisioningStep.FAILED, f"{type(problem).__name__}: {problem}"[:2000]
        provisioning.save(update_fields=["step", "error", "updated_at"])
        raise
    return hospital


def _is_mine(hospital: Hospital) -> bool:
    """Hold this hospital's lock as long as this process's connection lives."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 1))", [f"provision.{hospital.schema_name}"])
        return cursor.fetchone()[0]


def make_schema(hospital: Hospital) -> None:
    """Make the hospital's schema and bring it up to the present migrations; repeatable, as the owner's role."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connection.ops.quote_name(hospital.schema_name)}")
    call_command("migrate_schemas", schema_name=hospital.schema_name, tenant=True, interactive=False, verbosity=0)
    connection.set_schema_to_public()


def _make_roles() -> None:
    with schema_context("public"):
        templates = {template.code: list(template.permissions) for template in RoleTemplate.objects.all()}
    create_roles({code: templates.get(code) or default_codes(code) for code in ROLES})
    meet_new_permissions()


def _make_workplaces(hospital: Hospital) -> None:
    """A hospital begins with one branch and the usual departments; its admin changes them freely."""
    if Branch.objects.exists():
        return
    branch = Branch.objects.create(
        code=hospital.schema_name[:3].upper() + "1",
        phone=hospital.phone,
        address=hospital.address,
        name_en=hospital.name_en,
        name_km=hospital.name_km,
        name_zh_hans=hospital.name_zh_hans,
    )
    for code, kind, label, letter in FIRST_DEPARTMENTS:
        Department.objects.create(
            branch=branch,
            code=code,
            kind=DepartmentKind(kind),
            queue_prefix=letter,
            **in_three_languages("name", label),
        )


def _load_catalogues(hospital: Hospital) -> None:
    with schema_context(hospital.schema_name), transaction.atomic():
        for loader in loaders():
            loader.load()


def _open(provisioning: Provisioning) -> None:
    hospital = provisioning.hospital
    with schema_context(hospital.schema_name), transaction.atomic():
        owner = User.objects.filter(username=provisioning.owner_username).first()
        if owner is None:
            owner = User.objects.create_user(
                provisioning.owner_username, provisioning.owner_email, None, full_name=provisioning.owner_name
            )
            assign_role(user=owner, role="owner", by=None)
            invite(user=owner, by=None)
    hospital.status = hospital_flow.check("open", hospital.status) if not hospital.is_open else hospital.status
    hospital.ready = True
    hospital.save(update_fields=["status", "ready", "updated_at"])
    provisioning.finished_at, provisioning.error = now(), ""
    provisioning.save(update_fields=["finished_at", "error", "updated_at"])
