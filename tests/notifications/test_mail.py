"""Mails are sent by a worker after the commit, in the reader's language, and leave no words behind."""

import smtplib

import pytest
from django.core import mail as outbox
from django.db import transaction

from accounts.services.staff import invite, open_invitation
from core import clock as house_clock
from notifications import mails
from notifications.models import MailLog
from notifications.services import send_mail_later
from notifications.services.mail import MAX_ATTEMPTS, deliver_mail, enqueue_stranded_mail, record_failure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    outbox.outbox = []


def ask(user, template="password_reset"):
    return send_mail_later(template, user.pk)


def test_a_mail_is_composed_when_it_is_sent_and_logged_without_its_words(doctor):
    log = ask(doctor)
    assert deliver_mail(log.pk) is True
    message = outbox.outbox[0]
    assert message.to == [doctor.email]
    assert "http://portal.samaki.localhost" in message.body
    log.refresh_from_db()
    assert (log.status, log.attempts, log.params) == ("sent", 1, {})
    assert doctor.email not in str(MailLog.objects.values())


def test_a_mail_is_sent_once(doctor):
    log = ask(doctor)
    assert [deliver_mail(log.pk) for _ in range(2)] == [True, False]
    assert len(outbox.outbox) == 1


def test_nothing_is_sent_when_the_act_fails(doctor, after_commit):
    def act():
        with transaction.atomic():
            ask(doctor)
            raise ZeroDivisionError

    with after_commit(), pytest.raises(ZeroDivisionError):
        act()
    assert not MailLog.objects.filter(user_id=doctor.pk).exists()
    assert outbox.outbox == []


def test_a_mail_leaves_after_the_commit(doctor, after_commit, monkeypatch):
    asked = []
    monkeypatch.setattr("notifications.tasks.send_mail.delay", asked.append)
    with after_commit():
        log = ask(doctor)
        assert asked == []
    assert asked == [str(log.pk)]


def test_an_unknown_mail_is_refused_at_once(doctor):
    with pytest.raises(mails.MailUnknown):
        ask(doctor, "unheard_of")


def test_a_person_without_an_address_gets_none(doctor):
    doctor.email = ""
    doctor.save()
    log = ask(doctor)
    assert deliver_mail(log.pk) is False
    log.refresh_from_db()
    assert (log.status, log.problem) == ("failed", "NoAddress")


def test_a_refusing_server_is_asked_again_and_given_up_in_the_end(doctor):
    log = ask(doctor)
    error = smtplib.SMTPException("mailbox of Sok Piseth is full")
    assert [record_failure(log.pk, error) for _ in range(MAX_ATTEMPTS)] == [True] * (MAX_ATTEMPTS - 1) + [False]
    log.refresh_from_db()
    assert (log.status, log.problem) == ("failed", "SMTPException")


def test_what_never_reached_the_worker_is_asked_for_again(doctor, clock, monkeypatch):
    asked = []
    monkeypatch.setattr("notifications.tasks.send_mail.delay", asked.append)
    log = ask(doctor)
    assert enqueue_stranded_mail() == 0
    clock.advance(minutes=11)
    assert enqueue_stranded_mail() == 1
    assert asked == [str(log.pk)]
    assert house_clock.now() > log.created_at


@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_mails_speak_the_readers_language(doctor, language):
    doctor.language = language
    doctor.save()
    message = mails.compose("password_reset", doctor, {})
    assert message.subject
    assert "\n" not in message.subject
    assert "/account/password/reset/key/" in message.body


def test_an_invitation_carries_a_link_that_works(nurse, owner):
    invitation = invite(user=nurse, by=owner)
    body = mails.compose("invitation", nurse, {"invitation_id": str(invitation.pk)}).body
    link = next(line for line in body.splitlines() if line.startswith("http"))
    assert open_invitation(link.rstrip("/").rpartition("/")[2]).user == nurse


def test_inviting_leads_to_a_mail(nurse, owner):
    from notifications.subscribers import mail_invitation

    invitation = invite(user=nurse, by=owner)
    mail_invitation(invitation_id=str(invitation.pk))
    replaced, _newer = invitation, invite(user=nurse, by=owner)
    mail_invitation(invitation_id=str(replaced.pk))
    assert MailLog.objects.filter(template="invitation", user_id=nurse.pk).count() == 1


def test_asking_for_a_new_password_publishes_ids_only(client_for, doctor):
    from core.models import Event

    answer = client_for(None).post("/account/password/reset/", {"email": doctor.email})
    assert answer.status_code == 302
    event = Event.objects.get(name="accounts.password_reset_asked")
    assert event.payload == {"user_id": str(doctor.pk)}
    unknown = client_for(None).post("/account/password/reset/", {"email": "nobody@samaki.example"})
    assert unknown.status_code == 302
    assert Event.objects.filter(name="accounts.password_reset_asked").count() == 1
