"""A job and a command stay in their hospital: each is found by inspection and driven with the neighbour's ids.

Royal lives through a day and is left alone for weeks, so that every sweep would find work there. Then each task runs in
Samaki, given Royal's rows where it takes one, and each command runs on Samaki: not one row of Royal's may differ.
"""

import inspect
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django_tenants.utils import schema_context

from accounts.models import User
from claims.models import Batch
from config.celery import app
from core import clock, keyring
from core.events import publish
from core.models import Delivery, Event
from demo.services.setting import furnish
from hospitals.models import Provisioning
from insurance.models import Payer
from notifications.models import MailLog
from patients.models import DataExport, Erasure, Patient, RetentionRun
from tests.guards.test_commands import OURS
from tests.guards.test_neighbours import neighbours_day  # noqa: F401
from tests.support.digests import changed, digest

WEEKS = timedelta(days=40)
# What a task is given, from Royal's schema. A task that takes something and stands in neither list fails.
GIVEN = {
    "claims.tasks.send_batch": lambda: _batch().pk,
    "core.tasks.deliver": lambda: Delivery.objects.latest("id").pk,
    "notifications.tasks.send_mail": lambda: MailLog.objects.latest("id").pk,
    "patients.tasks.carry_out_erasure": lambda: Erasure.objects.latest("id").pk,
    "patients.tasks.carry_out_retention": lambda: RetentionRun.objects.create(records=1, oldest=clock.today()).pk,
    "patients.tasks.put_together": lambda: DataExport.objects.latest("id").pk,
}


def _batch() -> Batch:
    """A batch that is on its way to a payer."""
    facts = {"month": clock.today().replace(day=1), "sequence": 1, "number": "NSSF-1", "status": "sending"}
    return Batch.objects.create(payer=Payer.objects.first(), made_by=User.objects.first(), **facts)


OF_THE_PLATFORM = {"hospitals.tasks.provision_hospital": "makes a hospital from a row of the platform's register"}

# How each command is called for Samaki; None where it has no hospital's data at all, with the reason.
COMMANDS: dict[str, Any] = {
    "audit_public_key": ([], {}),
    "prepare_platform": ([], {}),
    "rewrap_keys": ([], {}),
    "rotate_keys": (["samaki"], {"by": "owner"}),
    "seed_patients": ([3], {"schema": "samaki"}),
    "verify_audit": ([], {"schema": "samaki"}),
}
# Need the owner's database role or an empty platform: as the application nothing happens.
REFUSED: dict[str, Any] = {
    "create_hospital": (["other", "Other Hospital"], {"owner_email": "owner@other.example"}, DatabaseError),
    "load_terminology": ([], {"force": True}, ProgrammingError),
    "masked_copy": (["samaki", "masked"], {}, CommandError),
    "provision_hospital": (["00000000-0000-7000-8000-000000000000"], {}, Provisioning.DoesNotExist),
    "seed_demo": ([], {}, CommandError),
}
APART = {
    "bench": "asks the running product by HTTP; makes its hospitals itself",
    "chaos": "kills and asks the running product by HTTP; makes its hospital itself",
    "build_assets": "files of the front end, no database",
    "build_voices": "files of sounds, no database",
    "messages": "files of translations, no database",
    "prove_isolation": "asks the running product by HTTP; is itself this proof (test_crossing)",
    "seed_history": "fills an empty demo hospital by the same services as seed_patients, in one schema_context",
}
# Of the platform's own: what these commands may write there.
WRITES_PUBLIC = {"prepare_platform", "rewrap_keys"}


def tasks() -> list[str]:
    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if not name.startswith("celery."))


def takes_something(name: str) -> bool:
    return bool(inspect.signature(app.tasks[name].run).parameters)


@pytest.fixture
def royal_weeks_ago(neighbours_day, owner, settings, tmp_path):  # noqa: F811
    """Royal after a day of work, weeks later; its undelivered event, its unsent mail."""
    settings.AUDIT_CHECKPOINTS = str(tmp_path)
    settings.KEY_RING_SECONDS = 0
    with schema_context("royal"):
        publish("clinical.note_signed", note_id=neighbours_day["clinical_note"])
        if not Delivery.objects.exists():
            event = Event.objects.latest("id")
            Delivery.objects.create(event=event, subscriber="nobody.listens")
        person = User.objects.first()
        DataExport.objects.create(patient=Patient.objects.first(), reason="Asked for", language="en", asked_by=person)
        asked = Erasure.objects.create(patient=Patient.objects.last(), kind="close", reason="Wants it", asked_by=person)
        decided = {"decided_by": User.objects.exclude(pk=person.pk).first(), "decided_at": clock.now()}
        Erasure.objects.filter(pk=asked.pk).update(status="approved", **decided)
        MailLog.objects.create(template="invitation", user_id=User.objects.get(username="owner").pk)
    with clock.freeze((clock.now() + WEEKS).isoformat()):
        yield
    keyring.forget_keys()


def run(name: str, given: list[str]) -> str:
    """What became of a task run here and now."""
    try:
        with transaction.atomic():
            app.tasks[name].run(*given)
    except Exception as problem:
        return type(problem).__name__
    return "done"


def test_every_task_is_known():
    unknown = [name for name in tasks() if takes_something(name) and name not in {*GIVEN, *OF_THE_PLATFORM}]
    assert unknown == [], "say in GIVEN what of the neighbour's it is driven with"
    assert {*GIVEN, *OF_THE_PLATFORM} <= {*tasks()}
    assert len(tasks()) >= 14


def test_no_task_of_samaki_touches_royal(royal_weeks_ago):
    with schema_context("royal"):
        given = {name: [str(make())] for name, make in GIVEN.items()}
    before, outcomes = digest("royal"), {}
    for name in tasks():
        if name not in OF_THE_PLATFORM:
            outcomes[name] = run(name, given.get(name, []))
            assert connection.schema_name == "samaki", name
    assert changed(before, digest("royal")) == set()
    swept = [name for name in outcomes if name not in GIVEN]
    assert {outcomes[name] for name in swept} == {"done"}, outcomes


def test_there_was_work_to_be_done_in_royal(royal_weeks_ago):
    """The same tasks in Royal do change it: the proof above had something to find."""
    worked = set()
    with schema_context("royal"):
        given = {name: [str(make())] for name, make in GIVEN.items()}
        for name in tasks():
            if name not in OF_THE_PLATFORM:
                before = digest("royal")
                run(name, given.get(name, []))
                worked |= {name} if changed(before, digest("royal")) else set()
    assert worked >= {"core.tasks.deliver", "queueing.tasks.expire_tickets", "audit.tasks.seal_trail"}
    assert len(worked) >= 5, worked


def test_a_task_runs_where_its_message_says(royal_weeks_ago):
    """The schema comes from the header, and the worker stands where it stood afterwards."""
    seen = []

    @app.task(name="tests.where_am_i")
    def where_am_i() -> None:
        seen.append(connection.schema_name)

    try:
        for schema in ("royal", "samaki"):
            where_am_i.apply(headers={"_schema_name": schema})
            assert connection.schema_name == "samaki"
    finally:
        app.tasks.pop("tests.where_am_i")
    assert seen == ["royal", "samaki"]


def test_every_command_is_known():
    names = {name for name, _app in OURS}
    assert names == {*COMMANDS, *REFUSED, *APART}, "say how it is driven, or why it has no hospital's data"


def test_every_command_stays_in_its_hospital(royal_weeks_ago):
    furnish(2)
    for name, (arguments, options) in COMMANDS.items():
        before, public, said = digest("royal"), digest("public"), StringIO()
        call_command(name, *arguments, **options, stdout=said, stderr=said)
        moved = changed(before, digest("royal"))
        assert moved <= ({"core_datakey", "audit_record"} if name == "rewrap_keys" else set()), name
        assert "royal" not in said.getvalue() or name == "rewrap_keys"
        if name not in WRITES_PUBLIC:
            assert changed(public, digest("public")) <= {"audit_record"}, name
        with schema_context("royal"):
            keyring.forget_keys()
            assert all(patient.full_name for patient in Patient.objects.all()), f"{name}: royal's keys open as before"


def test_a_command_that_may_not_run_here_changes_nothing(royal_weeks_ago):
    connection.set_schema_to_public()
    before = digest("royal"), digest("samaki")
    for name, (arguments, options, problem) in REFUSED.items():
        with pytest.raises(problem), transaction.atomic():
            call_command(name, *arguments, **options, stdout=StringIO(), stderr=StringIO())
        connection.set_schema_to_public()
        assert (digest("royal"), digest("samaki")) == before, name
