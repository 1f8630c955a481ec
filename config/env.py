"""Typed readers of environment variables; every secret may also come from a file named by NAME_FILE."""

import os
from pathlib import Path


class SettingMissing(RuntimeError):
    """A required environment variable is not set."""


def text(name: str, default: str | None = None) -> str:
    """Return NAME, else the stripped content of the file NAME_FILE, else the default; raise SettingMissing."""
    if name in os.environ:
        return os.environ[name]
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    if default is None:
        raise SettingMissing(f"Set {name} or {name}_FILE")
    return default


def flag(name: str, default: bool = False) -> bool:
    return text(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    return int(text(name, str(default)))


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
