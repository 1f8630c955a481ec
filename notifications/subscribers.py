"""What is mailed when something happened in a room below."""

from uuid import UUID

from accounts.models import EmailCode, Invitation
from core.events import subscribe
from notifications.services import send_mail_later


@subscribe("accounts.staff_invited")
def mail_invitation(*, invitation_id: str, **ids: object) -> None:
    """A new colleague gets the link to choose a password; a link that was replaced meanwhile is not sent."""
    invitation = Invitation.objects.get(pk=invitation_id)
    if invitation.is_open:
        send_mail_later("invitation", invitation.user_id, {"invitation_id": invitation_id})


@subscribe("accounts.email_code_asked")
def mail_code(*, code_id: str, **ids: object) -> None:
    """The code of a second factor; one that was spent or is too old meanwhile is not sent."""
    code = EmailCode.objects.get(pk=code_id)
    if code.is_open:
        send_mail_later("email_code", code.user_id, {"code_id": code_id})


@subscribe("accounts.password_reset_asked")
def mail_password_reset(*, user_id: str, **ids: object) -> None:
    send_mail_later("password_reset", UUID(user_id))
