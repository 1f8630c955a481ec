"""`make check`: everything that can be read off the sources, two checks at a time, each with its verdict."""

import os
import secrets
import subprocess
import sys
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from deploy.local.paths import PYTHON, ROOT

BIN = PYTHON.parent
_MANAGE = [str(PYTHON), "-W", "ignore", "manage.py"]
# Settings as production would have them, without secrets of anybody.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "MASTER_KEY": b64encode(secrets.token_bytes(32)).decode(),
    "AUDIT_SIGNING_KEY": b64encode(secrets.token_bytes(32)).decode(),
    "METRICS_TOKEN": secrets.token_urlsafe(24),
    "DATABASE_URL": "postgresql://ihospita_app@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "BASE_DOMAIN": "example.org",
}
_TEST = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": PRODUCTION["DATABASE_URL"]}


@dataclass(frozen=True)
class Check:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


CHECKS = [
    Check("types", [str(BIN / "mypy"), "."], _TEST),
    Check("format", [str(BIN / "ruff"), "format", "--check", "."]),
    Check("lint", [str(BIN / "ruff"), "check", "--quiet", "--output-format", "concise", "."]),
    Check("layers", [str(BIN / "lint-imports"), "--no-cache"]),
    Check("migrations", [*_MANAGE, "makemigrations", "--check", "--dry-run"], _TEST),
    Check("translations", [*_MANAGE, "messages", "--check"], _TEST),
    Check("templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]),
    Check("secrets", [str(PYTHON), "-m", "deploy.secret_scan"]),
    Check("deployment", [*_MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
]


def run(check: Check) -> tuple[Check, bool, str, float]:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **check.environment, "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return check, done.returncode == 0, done.stdout.strip(), time.monotonic() - started


def main() -> None:
    wanted = set(sys.argv[1:])
    checks = [check for check in CHECKS if not wanted or check.name in wanted]
    failed = []
    with ThreadPoolExecutor(2) as pool:
        for check, passed, output, seconds in pool.map(run, checks):
            print(f"{'ok    ' if passed else 'FAILED'}  {check.name:<14} {seconds:5.1f} s", flush=True)
            if not passed:
                failed.append(check.name)
                print(output, flush=True)
    if failed:
        sys.exit(f"make check: {', '.join(failed)} failed")


if __name__ == "__main__":
    main()
