"""The environment variables of a local installation; kept in a file, so that manage.py finds a running one."""

import json
import os
from pathlib import Path

from deploy.local.paths import LocalDir
from deploy.local.services import Services


def local_environment(services: Services, port: int, settings: str = "config.settings.dev") -> dict[str, str]:
    """Everything a child needs: where the servers are, which keys, which address the outside sees."""
    return {
        **services.environment(),
        "DJANGO_SETTINGS_MODULE": settings,
        "PUBLIC_PORT": str(port),
        "PUBLIC_SCHEME": "http",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",  # warnings are for the suite and `make check`
    }


def write_environment(local: LocalDir, environment: dict[str, str]) -> None:
    making = local.environment.with_suffix(".new")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(environment, file, indent=1)
    making.rename(local.environment)


def adopt_environment(path: Path | None = None) -> None:
    """Take over what a local installation wrote down; variables that are set already win."""
    file = path or LocalDir.from_environment().environment
    if not file.exists():
        return
    for name, value in json.loads(file.read_text()).items():
        os.environ.setdefault(name, value)
