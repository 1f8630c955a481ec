"""Brings the bench's own database to the wanted size, with a working day on top, and draws up invoices to be paid."""

import os
import subprocess
import sys
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django_tenants.utils import schema_context

from accounts.models import Branch, Department, User
from billing.models import Drawer, Invoice, Shift
from billing.services.charges import capture
from billing.services.drafts import draft_invoice
from billing.services.invoices import issue_invoice
from billing.services.shifts import open_shift
from billing.states import RUNNING_SHIFTS
from clinical.models import Encounter
from core.clock import today
from core.ids import new_id
from core.preferences import remembered
from demo.services.today import FLOAT, tell_today
from patients.models import Patient
from patients.services.visits import open_visit

Tell = Callable[[str], None]


def prepare(patients: int, tell: Tell) -> None:
    """Hospitals, people and history where they are missing, and somebody at every step of the way today."""
    current_app.conf.task_always_eager = True  # no worker runs here: what follows an act follows at once
    connection.set_schema_to_public()
    have_hospitals(tell)
    for schema, number in (("samaki", patients), ("royal", max(patients // 10, 1))):
        call_command("seed_patients", number, schema=schema)
    with schema_context("samaki"), remembered():
        if not Encounter.objects.filter(date=today()).exists():
            tell("A working day in samaki")
            tell_today(seed=7, tell=tell)
    open_shifts("samaki")
    current_app.conf.task_always_eager = False


def open_shifts(schema: str) -> None:
    """Two cashiers stand at their open tills."""
    with schema_context(schema), remembered():
        for cashier, drawer in (("cashier", "C1"), ("cashier2", "C2")):
            _have_open_shift(cashier, drawer)


def have_hospitals(tell: Tell) -> None:
    """Both demo hospitals, with every migration."""
    tell("Bringing the hospitals up to date")
    as_owner([sys.executable, "-m", "deploy.local.prepare"])


def have_platform() -> None:
    """The public schema, with every migration; no hospital is made."""
    as_owner([sys.executable, "manage.py", "migrate_schemas", "--shared", "--noinput", "-v", "0"])


def as_owner(command: list[str]) -> str:
    """Run a command with the tables' owner's role; return what it printed."""
    environment = {**os.environ, "USE_OWNER_ROLE": "1"}
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _have_open_shift(username: str, code: str) -> None:
    """The cashier's till is open; a drawer that somebody else has left open is theirs."""
    cashier = User.objects.get(username=username)
    if Shift.objects.filter(cashier=cashier, status__in=RUNNING_SHIFTS).exists():
        return
    drawers = Drawer.objects.filter(is_active=True).exclude(shifts__status__in=RUNNING_SHIFTS)
    drawer = drawers.filter(code=code).first() or drawers.first()
    open_shift(drawer=drawer, counts=FLOAT, by=cashier)


def draw_up_invoices(number: int) -> list[Invoice]:
    """Issued invoices of a consultation each, for different patients, made as the cash office makes them."""
    with schema_context("samaki"), remembered():
        cashier = User.objects.get(username="cashier")
        branch = Branch.objects.order_by("code").first()
        department = Department.objects.get(branch=branch, code="OPD")
        newest = Patient.objects.exclude(visits__status="open").order_by("-id")[:number]
        return [_draw_up(patient, branch, department, cashier) for patient in newest]


def _draw_up(patient: Patient, branch: Branch, department: Department, cashier: User) -> Invoice:
    with transaction.atomic():
        visit = open_visit(patient=patient, kind="outpatient", branch=branch, department=department, by=cashier)
        capture(visit=visit, source_kind="encounter", source_id=new_id(), service_code="CONS-OPD", by=cashier)
        return issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)
