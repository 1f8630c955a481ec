from django.db.models import QuerySet

from accounts.models import User
from patients.models import AccessGrant


def visible_grants(user: User) -> QuerySet[AccessGrant]:
    """Every breaking of the glass for whoever oversees privacy, newest first; the others see none."""
    grants = AccessGrant.objects.select_related("patient").order_by("-opened_at", "-id")
    return grants if user.may("privacy:oversee") else grants.none()
