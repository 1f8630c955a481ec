from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.queries import staff_who_may
from notifications.services import notify
from oversight.errors import AlertAlreadyDecided, OwnAlert, ReasonMissing
from oversight.models import Alert, Decision
from oversight.states import Outcome

SHORTEST_REASON = 10
TEXT = gettext_noop("Unusual reading by %(login)s: look at the evidence and decide.")


@transaction.atomic
def raise_alert(**facts: Any) -> Alert | None:
    """Write an alert with its evidence and tell whoever oversees privacy, except the person it is about.

    None where this occasion was found before.
    """
    made = Alert.objects.bulk_create([Alert(**facts)], ignore_conflicts=True)[0]
    alert = Alert.objects.filter(pk=made.pk).first()
    if alert is None:
        return None
    notify(
        users=staff_who_may("privacy:oversee").exclude(pk=alert.concerned_id),
        kind="privacy",
        text=TEXT,
        params={"login": alert.concerned_name},
        url=reverse("oversight:alert-detail", args=[alert.pk], urlconf="config.urls_portal"),
        urgent=True,
    )
    return alert


@transaction.atomic
def decide_alert(*, alert: Alert, outcome: str, reason: str, by: User) -> Decision:
    """End an alert as explained or as a breach. The first decision stands.

    Raises OwnAlert, ReasonMissing, AlertAlreadyDecided.
    """
    if alert.concerned_id == by.pk:
        raise OwnAlert()
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    try:
        with transaction.atomic():
            return Decision.objects.create(
                alert=alert,
                outcome=Outcome(outcome),
                reason=reason.strip(),
                by_id=by.pk,
                by_name=str(by),
                by_role=by.role_line,
                concerned_id=alert.concerned_id,
            )
    except IntegrityError as error:
        raise AlertAlreadyDecided() from error
