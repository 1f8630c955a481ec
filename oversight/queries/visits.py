"""Records left by support on a visit: they carry the visited person's id, and nothing of it did that person do."""

from django.db.models import Q

# The role of such records, and what stands between both names of the actor (a username has no blanks).
SUPPORT, BOTH_NAMES = "support", " (support) as "
UNDER_VISIT = Q(role=SUPPORT, actor__contains=BOTH_NAMES)


def is_visit(role: str, actor: str) -> bool:
    """Whether a record with this role and actor was left by support on a visit."""
    return role == SUPPORT and BOTH_NAMES in actor
