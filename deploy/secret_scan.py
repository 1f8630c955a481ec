"""Looks for keys, tokens and passwords in the sources; part of `make check`.

What detect-secrets takes for a secret and is none is named in KNOWN, with the place it is printed or explained.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy.local.paths import PYTHON, ROOT

SKIPPED = {"node_modules", "staticfiles", "locale", "data", "__pycache__"}  # and hidden folders, .ci apart
LOCKS = {"requirements.lock", "package-lock.json"}  # hashes of packages
KNOWN = ("ABCDEFGHJKLMNPQRSTUVWXYZ",)  # letters of queues


def sources(folder: Path = ROOT) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            if entry.name == ".ci" or not (entry.name in SKIPPED or entry.name.startswith(".")):
                yield from sources(Path(entry.path))
        elif entry.name not in LOCKS and not entry.is_symlink():
            yield str(Path(entry.path).relative_to(ROOT))


def verdict(paths: Iterable[str]) -> int:
    """0 where nothing looks like a secret; what does is printed with its place, never with its value."""
    options = ["--disable-plugin", "KeywordDetector"]  # ruff's S105 to S107 know better what a password is
    options += [word for known in KNOWN for word in ("--exclude-secrets", f"^{known}$")]
    hook = str(PYTHON.parent / "detect-secrets-hook")
    return subprocess.run([hook, *options, *paths], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(verdict(sources()))
