"""Points Django, in every thread, and every child process to a database of the suite."""

import os

from django.conf import settings
from django.core.cache import caches
from django.db import connections

from config.database import database_from_url
from core import keyring
from tests.support.databases import Databases


def connect(databases: Databases, name: str) -> None:
    """From now on ``name`` is the default database; the cache is another as well."""
    environment = databases.environment(name)
    os.environ.update(environment)
    address = database_from_url(environment["DATABASE_URL"])
    connections.close_all()
    keyring.forget_keys()  # another database may have other keys: some tests rotate theirs
    settings.DATABASES["default"].update({key: address[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    settings.DATABASE_URL, settings.DATABASE_OWNER_URL = environment["DATABASE_URL"], environment["DATABASE_OWNER_URL"]
    settings.REDIS_URL, settings.CELERY_BROKER_URL = environment["REDIS_URL"], environment["CELERY_BROKER_URL"]
    settings.CACHES["default"]["LOCATION"] = environment["REDIS_URL"]
    forget_cache(name)


def forget_cache(prefix: str) -> None:
    """Nothing one test cached may be seen by another: rows are rolled back, the cache is not."""
    settings.CACHES["default"]["KEY_PREFIX"] = prefix
    if hasattr(caches._connections, "default"):
        del caches["default"]
