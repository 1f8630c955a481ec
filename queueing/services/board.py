"""One mark per branch that says: something on the screens changed. Kept in Redis, renewed after commit.

A screen asks every two seconds; while the mark stays the same the answer is 304 and costs one look into Redis.
Should a process die between its commit and the renewal, screens catch up when their remembered picture expires.
"""

import logging
from uuid import UUID, uuid4

from django.core.cache import cache

logger = logging.getLogger(__name__)
VERSION_LIFETIME = 7 * 24 * 3600  # seconds


def version_key(branch: UUID | str) -> str:
    """The mark's key; a branch is named by its id or by the id's hex digits, as in a picture's fingerprint."""
    return f"queueing:board:{branch.hex if isinstance(branch, UUID) else branch}"


def refresh_board(branch_id: UUID) -> None:
    """Tell every screen of a branch to draw anew. A dead Redis must not fail a call: screens then read the tables."""
    try:
        cache.set(version_key(branch_id), uuid4().hex, VERSION_LIFETIME)
    except Exception:
        logger.warning("The version of a queue board could not be renewed", exc_info=True)
