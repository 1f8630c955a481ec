from notifications.models.maillog import MailLog
from notifications.models.notice import Notice

__all__ = ["MailLog", "Notice"]
