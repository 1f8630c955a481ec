"""Codes by email: where the hospital takes them, once, for minutes, in the session that asked, and not by guessing."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, connection, transaction
from django_tenants.utils import tenant_context

from accounts.models import CodePurpose, EmailCode, EmailFactor, Role, User
from accounts.services.email_codes import (
    AN_HOUR,
    digits_of,
    forget_old_codes,
    has_email_factor,
    send_code,
    spend_code,
)
from accounts.services.roles import assign_role
from audit.models import Record
from core.preferences import set_preference
from notifications.models import MailLog
from notifications.services.mail import deliver_mail
from notifications.subscribers import mail_code
from tests.cast import PASSWORD

DOOR, SETTING = "/login/email-code/", "/account/2fa/email/"


@pytest.fixture
def counted(samaki, admin):
    set_preference("accounts.email_codes", True, by=admin)


@pytest.fixture
def midwife(samaki):
    """Her role needs a second factor, and she has none yet."""
    role = Role.objects.create(code="midwife", name="Midwife", requires_second_factor=True)
    person = User.objects.create_user("midwife", "midwife@samaki.example", PASSWORD, full_name="Mid Wife")
    assign_role(user=person, role=role.code, by=None)
    return person


@pytest.fixture
def enrolled(counted, midwife):
    EmailFactor.objects.create(user=midwife, address=midwife.email)
    return midwife


def at_the_door(client_for, login="midwife"):
    client = client_for()
    answer = client.post("/login/", {"login": login, "password": PASSWORD})
    assert answer.status_code == 302
    return client, answer["Location"]


def newest():
    return EmailCode.objects.order_by("-created_at", "-id").first()


def wrong(code):
    return f"{(int(digits_of(code)) + 1) % 1_000_000:06}"


def events(name):
    return Record.objects.filter(kind="event", after__event=name)


# --- Where it counts --------------------------------------------------------------------------------------------------


def test_where_the_hospital_does_not_take_them_nothing_is_offered_and_nothing_counts(midwife, client_for, admin):
    client, led_to = at_the_door(client_for)
    assert led_to == "/"
    assert client.get("/patients/")["Location"] == "/account/2fa/"
    assert SETTING not in client.get("/account/2fa/").content.decode()
    assert client.get(SETTING).status_code == 404
    EmailFactor.objects.create(user=midwife, address=midwife.email)
    assert at_the_door(client_for)[1] == "/"
    assert client.get(DOOR)["Location"] == "/login/"
    assert not EmailCode.objects.exists()


def test_the_hospital_says_so_among_its_rules_of_signing_in(samaki, client_for, midwife):
    form = {"password_length": 10, "idle_minutes": 480, "session_hours": 16, "email_codes": "on"}
    roles = [str(role.pk) for role in Role.objects.filter(requires_second_factor=True)]
    sent = {**form, "second_factor": roles, "_once": str(uuid.uuid4())}
    assert "email_codes" in client_for("owner").get("/staff/sign-in/").content.decode()
    assert client_for("owner").post("/staff/sign-in/", sent).status_code == 302
    EmailFactor.objects.create(user=midwife, address=midwife.email)
    assert has_email_factor(midwife)


def test_the_console_takes_apps_and_keys_only(counted, client_for):
    assert client_for("superadmin", surface="console").get(SETTING).status_code == 404


# --- Setting it up, and the next sign-in ------------------------------------------------------------------------------


def test_it_is_set_up_at_the_first_sign_in_and_asked_for_at_the_next(counted, midwife, client_for, clock):
    client, _ = at_the_door(client_for)
    assert client.get("/patients/")["Location"] == "/account/2fa/"
    assert SETTING in client.get("/account/2fa/").content.decode()
    assert "m•••@samaki.example" in client.get(SETTING).content.decode()
    assert not EmailCode.objects.exists()  # looking sends nothing
    assert client.post(SETTING, {"again": 1})["Location"] == SETTING
    assert client.post(SETTING, {"code": wrong(newest())}).status_code == 422
    assert client.get("/patients/")["Location"] == "/account/2fa/"
    assert client.post(SETTING, {"code": digits_of(newest())})["Location"] == "/account/2fa/"
    assert client.get("/staff/me/").status_code == 200
    assert has_email_factor(midwife)
    clock.advance(minutes=2)

    client, led_to = at_the_door(client_for)
    assert led_to == DOOR
    assert client.get("/staff/me/")["Location"].startswith("/login/")  # nobody yet
    page = client.get(DOOR).content.decode()
    assert "m•••@samaki.example" in page
    assert digits_of(newest()) not in page
    typed = digits_of(newest()).translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))
    assert client.post(DOOR, {"code": f" {typed[:3]} {typed[3:]} "})["Location"] == "/"
    assert client.get("/staff/me/").context["request"].user.is_verified()
    (signed_in,) = events("signed_in").filter(actor="midwife", id__gt=events("second_factor_refused").get().pk)
    assert signed_in.row_id == str(midwife.pk)


def test_who_has_an_app_may_choose_the_mail(enrolled, client_for, monkeypatch):
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(enrolled, "JBSWY3DPEHPK3PXP")
    client, led_to = at_the_door(client_for)
    assert led_to == "/account/2fa/authenticate/"
    assert not EmailCode.objects.exists()
    assert DOOR in client.get(led_to).content.decode()
    assert "Send the code" in client.get(DOOR).content.decode()
    assert client.post(DOOR, {"again": 1})["Location"] == DOOR
    assert client.post(DOOR, {"code": digits_of(newest())})["Location"] == "/"
    assert client.get("/staff/me/").status_code == 200


def test_an_address_that_changed_is_proved_anew(enrolled, client_for):
    User.objects.filter(pk=enrolled.pk).update(email="else@samaki.example")
    client, led_to = at_the_door(client_for)
    assert led_to == "/"
    assert client.get("/patients/")["Location"] == "/account/2fa/"


def test_switched_off_it_no_longer_counts_anywhere(enrolled, client_for):
    client, _ = at_the_door(client_for)
    client.post(DOOR, {"code": digits_of(newest())})
    assert client.get("/staff/me/").status_code == 200
    assert client.post("/account/2fa/email/off/", {"_once": str(uuid.uuid4())})["Location"] == "/account/2fa/"
    assert not EmailFactor.objects.exists()
    assert client.get("/staff/me/")["Location"] == "/account/2fa/"  # the role asks for a factor


def test_a_rule_that_changes_meanwhile_leads_back_to_the_door(enrolled, client_for, admin):
    client, led_to = at_the_door(client_for)
    assert led_to == DOOR
    set_preference("accounts.email_codes", False, by=admin)
    assert client.post(DOOR, {"code": digits_of(newest())})["Location"] == "/login/"
    assert client.get("/login/").status_code == 200  # and not round in a circle


# --- One code ---------------------------------------------------------------------------------------------------------


def test_a_code_opens_once_and_for_ten_minutes(enrolled, client_for, clock):
    code = send_code(user=enrolled, purpose=CodePurpose.SIGN_IN)
    facts = {"code_id": code.pk, "user": enrolled, "purpose": CodePurpose.SIGN_IN, "typed": digits_of(code)}
    assert not spend_code(**{**facts, "purpose": CodePurpose.ENROL})
    assert spend_code(**facts)
    assert not spend_code(**facts)
    clock.advance(minutes=2)
    late = send_code(user=enrolled, purpose=CodePurpose.SIGN_IN)
    clock.advance(minutes=10)
    assert not spend_code(**{**facts, "code_id": late.pk, "typed": digits_of(late)})


def test_a_code_opens_only_the_session_that_asked_for_it(enrolled, client_for, clock):
    mine, _ = at_the_door(client_for)
    code = newest()
    clock.advance(minutes=2)
    other, _ = at_the_door(client_for)
    assert newest() != code
    assert other.post(DOOR, {"code": digits_of(code)}).status_code == 422
    assert mine.post(DOOR, {"code": digits_of(newest())}).status_code == 422
    assert mine.post(DOOR, {"code": digits_of(code)})["Location"] == "/"


def test_only_the_newest_code_of_a_session_counts(enrolled, client_for, clock):
    client, _ = at_the_door(client_for)
    first = newest()
    clock.advance(minutes=2)
    client.post(DOOR, {"again": 1})
    assert client.post(DOOR, {"code": digits_of(first)}).status_code == 422
    assert client.post(DOOR, {"code": digits_of(newest())}).status_code == 302


def test_the_same_row_means_other_digits_next_door(enrolled, royal):
    code = send_code(user=enrolled, purpose=CodePurpose.SIGN_IN)
    here = digits_of(code)
    with tenant_context(royal):
        assert digits_of(code) != here
        assert not spend_code(code_id=code.pk, user=enrolled, purpose=CodePurpose.SIGN_IN, typed=here)


def test_nothing_that_is_kept_holds_the_code(enrolled):
    code = send_code(user=enrolled, purpose=CodePurpose.SIGN_IN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM accounts_emailcode c WHERE id = %s", [code.pk])
        kept = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9T:.+-]+|[0-9a-f]{8}-[0-9a-f-]+", "", cursor.fetchone()[0])
    assert digits_of(code) not in kept
    for record in Record.objects.filter(table_name="accounts_emailcode"):
        assert set(record.after) == {field.column for field in EmailCode._meta.concrete_fields}


# --- Guessing ---------------------------------------------------------------------------------------------------------


def test_five_wrong_tries_end_a_code_and_each_is_on_record(enrolled, client_for, clock):
    client, _ = at_the_door(client_for)
    code = newest()
    for _ in range(5):
        assert client.post(DOOR, {"code": wrong(code)}).status_code == 422
    assert client.post(DOOR, {"code": digits_of(code)}).status_code == 422
    code.refresh_from_db()
    assert (code.tries, code.used_at) == (5, None)
    assert events("second_factor_refused").filter(row_id=str(enrolled.pk)).count() == 6
    clock.advance(minutes=2)
    client.post(DOOR, {"again": 1})
    assert client.post(DOOR, {"code": digits_of(newest())}).status_code == 302


def test_after_ten_wrong_codes_none_is_looked_at_for_a_while(enrolled, client_for, clock, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/5m/key"}  # as production has it
    client, _ = at_the_door(client_for)
    for turn in range(10):
        if turn == 5:
            clock.advance(minutes=2)
            client.post(DOOR, {"again": 1})
        client.post(DOOR, {"code": wrong(newest())})
    clock.advance(minutes=2)
    client.post(DOOR, {"again": 1})
    answer = client.post(DOOR, {"code": digits_of(newest())})
    assert answer.status_code == 422
    assert newest().tries == 0


def test_wrong_spent_outdated_and_foreign_codes_are_answered_alike(enrolled, client_for, clock):
    def said(client, typed):
        page = client.post(DOOR, {"code": typed}).content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', "", page)

    client, _ = at_the_door(client_for)
    code = newest()
    a_wrong_one = said(client, wrong(code))
    EmailCode.objects.filter(pk=code.pk).update(used_at=code.created_at)
    assert said(client, digits_of(code)) == a_wrong_one
    clock.advance(minutes=11)
    at_the_door(client_for)
    assert said(client, digits_of(code)) == a_wrong_one
    assert said(client, digits_of(newest())) == a_wrong_one


def test_asking_again_is_answered_alike_whether_a_code_is_sent_or_not(enrolled, client_for, clock):
    client, _ = at_the_door(client_for)
    for _ in range(3):
        assert client.post(DOOR, {"again": 1})["Location"] == DOOR
    assert EmailCode.objects.count() == 1  # one a minute
    for _ in range(AN_HOUR + 2):
        clock.advance(seconds=61)
        assert client.post(DOOR, {"again": 1})["Location"] == DOOR
    assert EmailCode.objects.count() == AN_HOUR
    clock.advance(hours=1)
    assert send_code(user=enrolled, purpose=CodePurpose.SIGN_IN) is not None


def test_nobody_reaches_the_code_without_the_password(enrolled, client_for):
    stranger = client_for()
    assert stranger.get(DOOR)["Location"] == "/login/"
    assert stranger.post(DOOR, {"again": 1})["Location"] == "/login/"
    stranger.post("/login/", {"login": "midwife", "password": "wrong-guess"})
    assert stranger.post(DOOR, {"again": 1})["Location"] == "/login/"
    assert not EmailCode.objects.exists()


def test_of_many_at_once_one_spends_the_code(race, staff):
    nurse = staff("nurse")
    code = send_code(user=nurse, purpose=CodePurpose.SIGN_IN)
    facts = {"code_id": code.pk, "user": nurse, "purpose": CodePurpose.SIGN_IN}
    outcome = race(lambda: spend_code(**facts, typed=digits_of(code)), times=8)
    assert sorted(outcome.results) == [False] * 7 + [True]


def test_many_wrong_ones_at_once_count_each(race, staff):
    nurse = staff("nurse")
    code = send_code(user=nurse, purpose=CodePurpose.SIGN_IN)
    facts = {"code_id": code.pk, "user": nurse, "purpose": CodePurpose.SIGN_IN}
    race(lambda: spend_code(**facts, typed=wrong(code)), times=12)
    code.refresh_from_db()
    assert code.tries == 5
    assert not spend_code(**facts, typed=digits_of(code))


def test_of_many_who_ask_at_once_one_is_sent_a_code(race, staff):
    nurse = staff("nurse")
    outcome = race(lambda: send_code(user=nurse, purpose=CodePurpose.SIGN_IN), times=6)
    assert len([one for one in outcome.results if one]) == 1
    assert EmailCode.objects.filter(user=nurse).count() == 1


@pytest.mark.parametrize("change", [{"tries": 6}, {"purpose": "other"}, {"used_at": "late"}])
def test_the_database_holds_the_limits(enrolled, change):
    code = send_code(user=enrolled, purpose=CodePurpose.SIGN_IN)
    if "used_at" in change:
        change = {"used_at": code.expires_at + timedelta(seconds=1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        EmailCode.objects.filter(pk=code.pk).update(**change)


# --- The mail ---------------------------------------------------------------------------------------------------------


def test_the_mail_says_the_code_in_the_person_s_language_and_leaves_none_behind(enrolled, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    outbox.outbox = []
    enrolled.language = "km"
    enrolled.save()
    code = send_code(user=enrolled, purpose=CodePurpose.SIGN_IN)
    mail_code(code_id=str(code.pk))
    log = MailLog.objects.get(template="email_code")
    assert deliver_mail(log.pk)
    (message,) = outbox.outbox
    assert message.to == ["midwife@samaki.example"]
    assert digits_of(code) in message.body
    assert digits_of(code) not in message.subject
    assert re.search("[ក-អ]", message.body)
    log.refresh_from_db()
    assert log.params == {"code_id": str(code.pk)}


def test_a_spent_code_is_not_mailed(enrolled):
    code = send_code(user=enrolled, purpose=CodePurpose.SIGN_IN)
    spend_code(code_id=code.pk, user=enrolled, purpose=CodePurpose.SIGN_IN, typed=digits_of(code))
    mail_code(code_id=str(code.pk))
    assert not MailLog.objects.filter(template="email_code").exists()


def test_old_codes_are_forgotten(enrolled, clock):
    send_code(user=enrolled, purpose=CodePurpose.SIGN_IN)
    assert forget_old_codes() == 0
    clock.advance(days=1, seconds=1)
    assert forget_old_codes() == 1
