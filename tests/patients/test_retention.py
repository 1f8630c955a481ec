"""The time of keeping: a night finds what is over, shows it, and touches nothing until a person releases it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from core import clock as clocks
from core.clock import freeze
from core.ids import new_id
from core.preferences import preference, set_preference
from notifications.models import Notice
from patients.errors import PreviewReplaced, ReasonTooShort
from patients.models import Erasure, Patient, RetentionRun
from patients.services.erasures import ask_for_erasure, carry_out, set_hold
from patients.services.retention import carry_out_run, enqueue_released_runs, preview_retention, release_run
from tests.factories.patients import patient, visit

pytestmark = pytest.mark.django_db

WHY = "I have looked at every record"


def long_ago(years=12, **changes):
    """Somebody who was registered so many years ago and never came again."""
    person = patient(**changes)
    Patient.objects.filter(pk=person.pk).update(created_at=clocks.now() - timedelta(days=366 * years))
    person.refresh_from_db()
    return person


def records(run):
    return {item.patient_id for item in run.items.all()}


def test_a_preview_names_what_is_over_and_nothing_else(samaki, admin):
    over, older = long_ago(12), long_ago(20)
    long_ago(9)
    child = long_ago(12, birth_date=clocks.today() - timedelta(days=365 * 15))
    came_again, held, asked = long_ago(), long_ago(), long_ago()
    visit(patient=came_again)
    set_hold(patient=held, reason=WHY, by=admin)
    ask_for_erasure(patient=asked, kind="erase", reason=WHY, by=admin)
    patient()
    run = preview_retention()
    assert records(run) == {over.pk, older.pk}
    assert child.pk not in records(run)
    assert run.records == 2
    assert run.oldest == older.created_at.date()
    assert run.counts["patients_patient"] == 2
    assert run.counts["patients_emergencycontact"] == 2
    assert Patient.objects.filter(erased_at=None).count() == 8
    assert {one.user.username for one in Notice.objects.filter(kind="retention")} == {"owner", "admin"}


def test_a_new_preview_replaces_the_former_and_tells_nobody_the_same_again(samaki, admin):
    assert preview_retention() is None
    long_ago()
    first, second = preview_retention(), preview_retention()
    first.refresh_from_db()
    assert (first.status, second.status) == ("replaced", "preview")
    assert Notice.objects.filter(kind="retention").count() == 2
    with pytest.raises(PreviewReplaced):
        release_run(run=first, reason=WHY, by=admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.create(records=1, oldest=clocks.today())


def test_nothing_goes_until_a_person_releases_it(samaki, admin, after_commit):
    person = long_ago()
    run = preview_retention()
    assert carry_out_run(run.pk) == 0
    with pytest.raises(ReasonTooShort):
        release_run(run=run, reason="ok", by=admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(status="released")
    with after_commit():
        release_run(run=run, reason=WHY, by=admin)
    person.refresh_from_db()
    run.refresh_from_db()
    assert person.erased_at is not None
    assert (run.status, run.released_by) == ("done", admin)
    erasure = Erasure.objects.get()
    assert (erasure.status, erasure.asked_by, erasure.decided_by, erasure.run) == ("done", None, admin, run)
    assert preview_retention() is None


def test_who_came_back_after_the_preview_stays(samaki, admin):
    gone, back, held = long_ago(), long_ago(), long_ago()
    run = preview_retention()
    release_run(run=run, reason=WHY, by=admin)
    visit(patient=back)
    set_hold(patient=held, reason=WHY, by=admin)
    assert carry_out_run(run.pk) == 1
    assert set(Patient.objects.filter(erased_at=None).values_list("pk", flat=True)) == {back.pk, held.pk}
    assert Erasure.objects.get().patient == gone
    run.refresh_from_db()
    assert run.status == "done"


def test_who_came_back_between_the_two_last_steps_stays(samaki, admin, monkeypatch):
    person = long_ago()
    run = release_run(run=preview_retention(), reason=WHY, by=admin)
    real = carry_out

    def late(erasure_id):
        visit(patient=person)
        return real(erasure_id)

    monkeypatch.setattr("patients.services.retention.carry_out", late)
    assert carry_out_run(run.pk) == 0
    assert (Erasure.objects.get().status, Erasure.objects.get().problem) == ("withdrawn", "ErasureTooEarly")


def test_a_lost_job_is_asked_for_again_and_goes_on(samaki, admin, monkeypatch):
    long_ago(), long_ago()
    run = release_run(run=preview_retention(), reason=WHY, by=admin)
    sent = []
    monkeypatch.setattr("patients.tasks.carry_out_retention.delay", sent.append)
    assert enqueue_released_runs() == 1
    assert sent == [str(run.pk)]
    assert carry_out_run(run.pk) == 2
    assert carry_out_run(run.pk) == 0
    assert enqueue_released_runs() == 0


def test_the_hospital_may_keep_longer_but_never_shorter_than_the_law(samaki, admin, client_for):
    long_ago(12)
    client, page = client_for("admin"), reverse("patients:retention-edit")
    form = client.get(page).context["form"]
    values = {"seen": form["seen"].value(), "reason": "The owner decided so", "_once": str(new_id())}
    short = {**values, "patients.keep_years": "6", "patients.keep_until_age": "25"}
    names = {name: form[name].html_name for name in form.fields}
    typed = {names.get(name.replace(".", "__"), name): value for name, value in short.items()}
    assert client.post(page, typed).status_code == 422
    assert preference("patients.keep_years") == 10
    set_preference("patients.keep_years", 15, by=admin)
    assert preview_retention() is None
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as sql:
        sql.execute("UPDATE core_preference SET value = '6' WHERE key = 'patients.keep_years'")


def test_a_preview_costs_the_same_statements_for_one_and_for_three(samaki, query_count):
    def cost():
        with query_count() as counted:
            preview_retention()
        return counted.count

    long_ago()
    preview_retention()
    one = cost()
    for _ in range(2):
        long_ago()
    preview_retention()
    assert cost() == one


def test_the_page_shows_what_would_go_and_releases_it(samaki, client_for, after_commit):
    person = long_ago(family_name="Vicheka")
    client = client_for("admin")
    page = reverse("patients:retention")
    assert "No record is beyond its time of keeping" in client.get(page).content.decode()
    assert client.post(reverse("patients:retention-look"), {"_once": str(new_id())}).status_code == 302
    run = RetentionRun.objects.get()
    shown = client.get(page).content.decode()
    assert person.mrn in shown
    assert "Vicheka" not in shown
    assert "Emergency contact" in shown
    release = reverse("patients:retention-release", args=[run.pk])
    assert client.post(release, {"_once": str(new_id()), "reason": "ok"}).status_code == 422
    with after_commit():
        assert client.post(release, {"_once": str(new_id()), "reason": WHY}).status_code == 302
    assert Patient.objects.get().erased_at is not None
    assert "Carried out" in client.get(page).content.decode()


def test_who_may_not_does_not(samaki, client_for):
    long_ago()
    run = preview_retention()
    assert client_for("auditor").get(reverse("patients:retention")).status_code == 200
    for who in ("auditor", "doctor", "receptionist"):
        client = client_for(who)
        assert client.post(reverse("patients:retention-look"), {}).status_code == 403
        assert client.post(reverse("patients:retention-release", args=[run.pk]), {}).status_code == 403
        assert client.get(reverse("patients:retention-edit")).status_code == 403
    with freeze("2040-01-01T11:00:00"):
        assert client_for("doctor").get(reverse("patients:retention")).status_code in {302, 403}
