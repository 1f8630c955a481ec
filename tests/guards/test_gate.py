"""A message to a patient passes the gate of consents: mails are put together in one place, which writes to staff."""

import ast

from tests.guards import sources

SENDS = {
    "EmailMessage",
    "EmailMultiAlternatives",
    "send_mail",
    "send_mass_mail",
    "mail_admins",
    "mail_managers",
    "SMTP",
}
GATE = {"may_contact", "may_contact_all", "may_share", "may_share_all", "patient_to_write_to"}
# Who may send without asking patients, and why.
TO_STAFF = {
    "notifications/mails.py": "to whom the mail's own `recipient` gives: a member of the staff where it names none",
}


def senders(text: str) -> set[str]:
    """The names by which a module sends something out of the house."""
    called = {getattr(one.func, "attr", getattr(one.func, "id", "")) for one in ast.walk(ast.parse(text))
              if isinstance(one, ast.Call)}  # fmt: skip
    return called & SENDS | _to_others(text)


def _to_others(text: str) -> set[str]:
    """Mails that name a recipient of their own, outside the staff."""
    calls = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Call)]
    named = {keyword.arg for one in calls if getattr(one.func, "attr", "") == "declare" for keyword in one.keywords}
    return named & {"recipient"}


def asks(text: str) -> bool:
    return bool(GATE & {getattr(one, "attr", getattr(one, "id", "")) for one in ast.walk(ast.parse(text))})


def _silent() -> list[str]:
    texts = {sources.name(path): path.read_text(encoding="utf-8") for path in sources.python()}
    return [name for name, text in texts.items() if senders(text) and not asks(text) and name not in TO_STAFF]


def test_whoever_sends_to_patients_asks_the_gate():
    assert _silent() == [], "ask patients.consents.may_contact, and say with withhold what did not go out"


def test_a_sender_that_asks_nobody_would_be_noticed():
    blind = "def remind(patient):\n    EmailMessage(to=[patient.email]).send()\n"
    assert senders(blind)
    assert not asks(blind)
    assert senders("mails.declare('bill', recipient=anybody)")
    assert asks(blind.replace("    EmailMessage", "    if may_contact(patient, 'reminders'):\n        EmailMessage"))
