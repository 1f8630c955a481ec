"""Unusual reading raises an alert with its evidence; somebody else decides on it, once, with a reason."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Department, StaffProfile
from audit.models import Record
from core import clock
from core.once import new_key
from core.preferences import set_preference
from notifications.models import Notice
from oversight.errors import AlertAlreadyDecided, OwnAlert
from oversight.models import Alert, Decision, WatchedPatient
from oversight.papers import report_pdf
from oversight.queries.readers import readers_of
from oversight.rules.findings import Reading, Readings
from oversight.rules.hours import unusual_hours
from oversight.services.alerts import decide_alert, raise_alert
from oversight.services.detection import look_at_readings
from oversight.services.watching import watch_patient
from patients.states import Confidentiality
from tests.factories.patients import patient as register
from tests.factories.patients import visit


def rules(raised):
    return sorted({alert.rule for alert in raised})


@pytest.fixture(autouse=True)
def only_daylight(samaki, owner):
    """The suite runs at any hour: the rule about hours has its own test."""
    set_preference("oversight.unusual_hours", False, by=owner)


def an_alert(concerned, **facts):
    now = clock.now()
    return raise_alert(
        **{
            "rule": "guarded",
            "key": "once",
            "concerned_id": concerned.pk,
            "concerned_name": concerned.username,
            "concerned_role": concerned.role_line,
            "window_start": now - timedelta(hours=1),
            "window_end": now + timedelta(minutes=1),
            "records": [1],
            "evidence": {"times": 1},
            **facts,
        }
    )


# --- Rules ------------------------------------------------------------------------------------------------------------


def test_ordinary_work_raises_nothing(doctor, look, soon):
    some = visit(practitioner=doctor).patient
    look(doctor, some)
    assert look_at_readings() == []


def test_many_patients_in_little_time(doctor, owner, look, soon):
    set_preference("oversight.many_patients", 5, by=owner)
    people = [visit(practitioner=doctor).patient for _ in range(7)]
    for one in people:
        look(doctor, one)
    (alert,) = look_at_readings()
    assert (alert.rule, alert.concerned_id, alert.evidence) == ("many_patients", doctor.pk, {"patients": 7, "limit": 5})
    assert len(alert.records) == 7
    look(doctor, people[0])
    assert look_at_readings() == [], "one occasion, one alert"


def test_reading_one_patient_often_is_not_reading_many(doctor, owner, look, soon):
    set_preference("oversight.many_patients", 5, by=owner)
    some = visit(practitioner=doctor).patient
    for _ in range(20):
        look(doctor, some)
    assert look_at_readings() == []


def test_a_confidential_record_read_without_treating(doctor, doctor2, look, soon):
    some = visit(patient=register(confidentiality=Confidentiality.RESTRICTED), practitioner=doctor).patient
    look(doctor, some)
    look(doctor2, some)
    (alert,) = look_at_readings()
    assert (alert.rule, alert.concerned_id, alert.patient_id) == ("guarded", doctor2.pk, some.pk)


def test_what_is_read_behind_broken_glass_was_told_already(doctor, doctor2, look, soon):
    from patients.services.glass import break_glass

    some = visit(patient=register(confidentiality=Confidentiality.VERY_RESTRICTED), practitioner=doctor).patient
    with clock.freeze(clock.now() - timedelta(minutes=1)):
        break_glass(patient=some, reason="emergency", explanation="Unconscious in the corridor", by=doctor2)
    look(doctor2, some)
    assert look_at_readings() == []
    assert "Broke the glass" in relations_shown(some)[str(doctor2.pk)]


def relations_shown(patient):
    return {one.actor_id: " ".join(one.why) for one in readers_of(patient.pk)}


def test_a_watched_record_is_guarded_whatever_its_level(doctor, doctor2, auditor, look, soon):
    some = visit(practitioner=doctor).patient
    watch_patient(patient=some, reason="A minister, known from the papers", by=auditor)
    look(doctor2, some)
    assert rules(look_at_readings()) == ["guarded"]


def test_the_own_household_is_known_by_its_phone(doctor, look, soon):
    StaffProfile.objects.filter(user=doctor).update(phone="012 777 888")
    relative = visit(patient=register(family_name="Keo", phone="+85512777888"), practitioner=doctor).patient
    kin = visit(
        patient=register(family_name="Chea", contact={"name": "K", "relationship": "spouse", "phone": "+85512777888"}),
        practitioner=doctor,
    ).patient
    stranger = visit(patient=register(family_name="Keo"), practitioner=doctor).patient
    for one in (relative, kin, stranger):
        look(doctor, one)
    raised = look_at_readings()
    assert rules(raised) == ["own_family"]
    assert {alert.patient_id for alert in raised} == {relative.pk, kin.pk}


def test_the_same_surname_counts_only_where_nobody_is_being_treated(doctor, look, soon):
    assert doctor.full_name.startswith("Sok")
    here = visit(patient=register(family_name="Sok"), practitioner=doctor).patient
    away = register(family_name="SOK")
    other = register(family_name="Chan")
    for one in (here, away, other):
        look(doctor, one)
    (alert,) = look_at_readings()
    assert (alert.rule, alert.patient_id) == ("same_surname", away.pk)


def test_patients_of_other_departments_only(doctor, owner, look, soon):
    set_preference("oversight.department_patients", 2, by=owner)
    emergency = Department.objects.get(code="ER")
    foreign = [visit(department=emergency, practitioner=None, kind="emergency").patient for _ in range(3)]
    own = [visit(practitioner=None).patient for _ in range(5)]
    for one in (*foreign, *own):
        look(doctor, one)
    (alert,) = look_at_readings()
    assert (alert.rule, alert.evidence) == ("other_department", {"patients": 3, "limit": 2})


def test_the_laboratory_serves_every_department(labtech, owner, look, soon):
    set_preference("oversight.department_patients", 2, by=owner)
    emergency = Department.objects.get(code="ER")
    for _ in range(4):
        look(labtech, visit(department=emergency, practitioner=None, kind="emergency").patient)
    assert look_at_readings() == []


class Night(Readings):
    """Readings at hours of our choosing."""

    def __init__(self, rows):
        self.rows = rows

    @property
    def new(self):
        return self.rows


def test_reading_at_night_by_somebody_who_works_by_day(doctor, owner, monkeypatch):
    from oversight.rules import hours

    set_preference("oversight.unusual_hours", True, by=owner)
    night = timezone.make_aware(timezone.datetime(2026, 3, 3, 2, 30))
    some = register()
    rows = [
        Reading(number, night + timedelta(minutes=number), doctor.pk, "doctor", "doctor", some.pk)
        for number in range(4)
    ]
    monkeypatch.setattr(hours, "_usual_hours", lambda actor, day: {7, 8, 9, 10, 11})
    (finding,) = unusual_hours(Night(rows))
    assert finding.evidence == {"times": 4, "hours": [2]}
    monkeypatch.setattr(hours, "_usual_hours", lambda actor, day: {1, 2, 3})
    assert list(unusual_hours(Night(rows))) == [], "a night nurse"
    monkeypatch.setattr(hours, "_usual_hours", lambda actor, day: None)
    assert list(unusual_hours(Night(rows))) == [], "nobody's hours are known on the first days"


def test_usual_hours_come_from_the_month_before(committed_db, doctor, look):
    from oversight.rules.hours import _usual_hours
    from tests.oversight.conftest import moment

    some = register()
    today = clock.today()
    for day in range(1, 7):
        look(doctor, some)
        start, _end = clock.day_bounds(today - timedelta(days=day))
        moment(Record.objects.latest("id").pk, start + timedelta(hours=9, minutes=20))
    assert _usual_hours(doctor.pk, today) == {8, 9, 10}
    assert _usual_hours(doctor.pk, today - timedelta(days=4)) is None


# --- Notices and rights -----------------------------------------------------------------------------------------------


def test_whoever_oversees_privacy_is_told_except_the_person_concerned(owner, auditor, nurse):
    alert = an_alert(auditor)
    told = set(Notice.objects.filter(kind="privacy").values_list("user__username", flat=True))
    assert told == {"owner"}
    assert Notice.objects.get(user=owner, kind="privacy").url == f"/oversight/alerts/{alert.pk}/"


def test_an_alert_about_oneself_does_not_exist(client_for, auditor, owner):
    alert = an_alert(auditor)
    about, other = client_for("auditor"), client_for("owner")
    assert about.get(f"/oversight/alerts/{alert.pk}/").status_code == 404
    assert about.get(f"/oversight/alerts/{alert.pk}/report.pdf").status_code == 404
    assert list(about.get("/oversight/alerts/").context["rows"]) == []
    assert other.get(f"/oversight/alerts/{alert.pk}/").status_code == 200


@pytest.mark.parametrize("who", ["doctor", "admin", "accountant"])
def test_others_see_no_alerts(who, client_for, nurse):
    alert, client = an_alert(nurse), client_for(who)
    for path in ("", f"{alert.pk}/", f"{alert.pk}/report.pdf", f"{alert.pk}/report.csv"):
        assert client.get(f"/oversight/alerts/{path}").status_code == 403


def test_the_list_asks_the_same_number_of_questions_for_one_alert_and_for_four(client_for, nurse, query_count):
    client, counts = client_for("auditor"), []
    an_alert(nurse, key="0")
    client.get("/oversight/alerts/")
    for more in range(2):
        with query_count() as queries:
            assert client.get("/oversight/alerts/").status_code == 200
        counts.append(queries.count)
        for number in range(3):
            an_alert(nurse, key=f"{more}-{number}")
    assert counts[0] == counts[1]


# --- Decisions --------------------------------------------------------------------------------------------------------


def decide(client, alert, outcome="explained", reason="Covered the ward that night"):
    body = {"outcome": outcome, "reason": reason, "_once": new_key()}
    return client.post(f"/oversight/alerts/{alert.pk}/decide/", body)


def test_an_alert_is_explained_or_a_breach_with_a_reason_and_by_whom(client_for, nurse, auditor):
    alert, client = an_alert(nurse), client_for("auditor")
    assert decide(client, alert, reason="no").status_code == 422
    assert not Decision.objects.exists()
    assert decide(client, alert, "breach").status_code == 302
    decision = Decision.objects.get(alert=alert)
    assert (decision.outcome, decision.by_id, decision.by_role) == ("breach", auditor.pk, "auditor")
    assert decide(client, alert).status_code == 422, "the first decision stands"
    assert Alert.objects.get(pk=alert.pk).state == "breach"


def test_nobody_decides_about_themselves(client_for, auditor):
    alert = an_alert(auditor)
    assert decide(client_for("auditor"), alert).status_code == 404
    with pytest.raises(OwnAlert):
        decide_alert(alert=alert, outcome="explained", reason="I was only curious", by=auditor)
    facts = {"alert": alert, "outcome": "explained", "reason": "only curious", "by_name": "auditor"}
    with pytest.raises(IntegrityError, match="decision_by_somebody_else"), transaction.atomic():
        Decision.objects.create(**facts, by_id=auditor.pk, concerned_id=auditor.pk)


def test_of_two_decisions_at_once_one_stands(race, staff):
    alert = an_alert(staff("nurse"))

    def decide_now():
        return decide_alert(alert=alert, outcome="breach", reason="Read without a reason", by=staff("owner"))

    outcome = race(decide_now, times=4)
    assert len(outcome.results) == 1
    assert [type(error) for error in outcome.errors] == [AlertAlreadyDecided] * 3
    assert Decision.objects.filter(alert=alert).count() == 1


def test_of_two_looks_at_once_one_raises_the_alert(race, staff, look, owner):
    set_preference("oversight.many_patients", 5, by=owner)
    doctor = staff("doctor")
    for _ in range(7):
        look(doctor, visit(practitioner=doctor).patient)
    race(look_at_readings, times=3)
    assert Alert.objects.filter(rule="many_patients").count() == 1


@pytest.mark.parametrize(
    "change",
    ["UPDATE oversight_alert SET evidence = '{}'", "DELETE FROM oversight_decision", "TRUNCATE oversight_alert"],
)
def test_findings_and_decisions_are_never_changed(client_for, nurse, change):
    decide(client_for("auditor"), an_alert(nurse))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Decision.objects.count() == 1


# --- Report -----------------------------------------------------------------------------------------------------------


def test_the_report_tells_the_story_and_is_recorded(client_for, nurse, look, soon):
    some = register(family_name="Keo", given_name="Mealea")
    look(nurse, some)
    alert = an_alert(nurse, patient_id=some.pk)
    client = client_for("auditor")
    decide(client, alert, "breach")
    pdf = client.get(f"/oversight/alerts/{alert.pk}/report.pdf")
    assert pdf.content.startswith(b"%PDF")
    table = client.get(f"/oversight/alerts/{alert.pk}/report.csv").content.decode("utf-8-sig")
    assert some.mrn in table
    assert "nurse" in table
    noted = Record.objects.filter(kind="export", table_name="oversight_alert", row_id=str(alert.pk))
    assert noted.count() == 2


def text_of(pdf):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_report_speaks_each_language_and_names_only_whom_the_reader_may_see(
    auditor, receptionist, nurse, look, soon
):
    some = register(family_name="Zzkeo", given_name="Mealea", confidentiality=Confidentiality.RESTRICTED)
    look(nurse, some)
    alert = an_alert(nurse, patient_id=some.pk)
    titles = {"en": "Privacy report", "km": "", "zh-hans": "隐私报告"}
    for language, title in titles.items():
        with override(language):
            text = text_of(report_pdf(alert, user=auditor, hospital=None))
        assert some.mrn in text
        assert "Zzkeo" in text
        assert title in text
    assert "Zzkeo" not in text_of(report_pdf(alert, user=receptionist, hospital=None))


def test_watching_a_record_needs_a_reason_and_ends(client_for, auditor):
    some, client = register(), client_for("auditor")
    address = f"/oversight/patients/{some.pk}/"
    assert client.post(f"{address}watch/", {"reason": "x", "_once": new_key()}).status_code == 409
    assert client.post(f"{address}watch/", {"reason": "Known from the papers", "_once": new_key()}).status_code == 302
    assert WatchedPatient.objects.get(ended_at__isnull=True).patient == some
    client.post(f"{address}unwatch/", {"_once": new_key()})
    assert not WatchedPatient.objects.filter(ended_at__isnull=True).exists()
