"""Turns a postgresql:// address into Django's DATABASES entry."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def database_from_url(url: str, pool_size: int = 0) -> dict[str, Any]:
    """Return the settings of one database.

    A Unix socket directory is given as ``postgresql://user@/name?host=/path``. ``pool_size`` above zero keeps a pool of
    connections in this process: only a threaded web server wants that, for a pool does not survive a fork.
    """
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    settings: dict[str, Any] = {
        "ENGINE": "core.db",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or query.get("port") or ""),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0,
        # Every list of choices is read by iterator(): a cursor on the server takes four round trips for a dozen rows.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {},
        "TEST": {},
    }
    if sslmode := query.get("sslmode"):
        settings["OPTIONS"]["sslmode"] = sslmode
    if pool_size:
        settings["OPTIONS"]["pool"] = {"min_size": 2, "max_size": pool_size, "timeout": 10}
    return settings
