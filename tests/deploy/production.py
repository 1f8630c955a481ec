"""Runs services of compose.yaml outside Docker: the same command and variables, other addresses."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.local.paths import PYTHON, ROOT
from tests.support.databases import Databases


def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def make_secrets(folder: Path) -> Path:
    """Secrets as deploy/make-secrets writes them, in a folder of the test."""
    script = folder / "make-secrets"
    script.write_text((ROOT / "deploy" / "make-secrets").read_text())
    subprocess.run(["sh", str(script)], check=True, capture_output=True)
    return folder / "secrets"


def environment(service: str, databases: Databases, database: str, secrets: Path) -> dict[str, str]:
    """The service's variables; servers' addresses are the suite's, files of secrets are the test's."""
    given = {name: _default(str(value)) for name, value in compose()["services"][service]["environment"].items()}
    local = databases.environment(database)
    (secrets / "database_url").write_text(local["DATABASE_URL"])
    (secrets / "database_owner_url").write_text(local["DATABASE_OWNER_URL"])
    moved = {"/run/secrets": str(secrets), "/tmp/metrics": str(secrets.parent / "metrics")}
    files = {name: _moved(value, moved) for name, value in given.items()}
    bare = {name: os.environ[name] for name in ("HOME", "LANG", "TZ") if name in os.environ}
    return {
        **bare,
        **files,
        "PATH": f"{PYTHON.parent}:{os.environ['PATH']}",
        "REDIS_URL": local["REDIS_URL"],
        "CELERY_BROKER_URL": local["CELERY_BROKER_URL"],
        "MEDIA_ROOT": str(secrets.parent / "media"),
    }


def _moved(value: str, moved: dict[str, str]) -> str:
    for before, after in moved.items():
        value = value.replace(before, after)
    return value


def _default(value: str) -> str:
    """``${NAME:-default}`` and ``${NAME:?message}`` as Compose would fill them in on a machine with a domain only."""
    for inner in ("${DEFAULT_FROM_EMAIL:-no-reply@${BASE_DOMAIN}}",):
        value = value.replace(inner, "no-reply@hospitals.example")
    while "${" in value:
        before, _, rest = value.partition("${")
        name, _, after = rest.partition("}")
        filled = "hospitals.example" if name.startswith("BASE_DOMAIN") else name.partition(":-")[2]
        value = before + filled + after
    return value


def command(service: str, *extra: str) -> list[str]:
    return [*compose()["services"][service]["command"], *extra]


def run(service: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a service that comes to an end."""
    return _run(command(service), variables)


def last_step_of_migrate(variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What deploy/migrate asks when everything is up to date: is this fit for production?"""
    return _run((ROOT / "deploy" / "migrate").read_text().splitlines()[-1].split(), variables)


def _run(words: list[str], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    own = dict(variables)
    return subprocess.run(words, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=180)
