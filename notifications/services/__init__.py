from notifications.services.mail import send_mail_later
from notifications.services.notices import acknowledge_notice, notify, read_all_notices, read_notice, settle_notices

__all__ = ["acknowledge_notice", "notify", "read_all_notices", "read_notice", "send_mail_later", "settle_notices"]
