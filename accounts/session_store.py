"""The store of sessions: database with a cache in front, in which an ended session cannot come to life again."""

from typing import Any

from django.contrib.sessions.backends import cached_db
from django.core.cache import cache


class SessionStore(cached_db.SessionStore):
    """``cached_db``, except that what was read from the database is looked for there once more after caching it.

    Otherwise a request that read the row just before its session was ended would put it back into the cache, and the
    cache is believed.
    """

    def load(self) -> dict[str, Any]:
        kept = cache.get(self.cache_key)
        if kept is not None:
            return kept
        data = super().load()
        if data and not self.model.objects.filter(session_key=self.session_key).exists():
            cache.delete(self.cache_key)
            self._session_key = None
            return {}
        return data
