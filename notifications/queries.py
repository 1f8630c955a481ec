from django.db.models import QuerySet

from notifications.models import Notice

# The bell never counts further than it shows ("99+").
BELL_LIMIT = 100


def visible_notices(user) -> QuerySet[Notice]:
    """A notice belongs to its reader alone."""
    return Notice.objects.filter(user_id=user.pk).order_by("-id")


def unread_count(user) -> int:
    """Unread notices of this person, counted up to BELL_LIMIT."""
    unread = Notice.objects.filter(user_id=user.pk, read_at__isnull=True)
    return unread.order_by()[:BELL_LIMIT].count()


def has_urgent(user) -> bool:
    return Notice.objects.filter(user_id=user.pk, read_at__isnull=True, urgent=True).exists()
