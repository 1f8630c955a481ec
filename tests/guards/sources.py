"""The project's own files, for guards that read them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "core",
    "audit",
    "accounts",
    "terminology",
    "hospitals",
    "notifications",
    "patients",
    "crm",
    "insurance",
    "billing",
    "cashoffice",
    "gateways",
    "queueing",
    "clinical",
    "claims",
    "laboratory",
    "pharmacy",
    "oversight",
    "reports",
)


def files(*suffixes: str, under: tuple[str, ...] = ("",)) -> Iterator[Path]:
    """Committed and new files with one of the suffixes, in the given folders."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", *(f"{folder or '.'}" for folder in under)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in sorted(listed):
        path = ROOT / name
        if path.suffix in suffixes and path.is_file():
            yield path


def python(*, migrations: bool = False) -> Iterator[Path]:
    """Python of the rooms and of config."""
    for path in files(".py", under=(*ROOMS, "config")):
        if migrations or "migrations" not in path.parts:
            yield path


def templates() -> Iterator[Path]:
    yield from files(".html", under=("templates",))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
