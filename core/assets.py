"""Serves front-end packages straight from node_modules, file by file: an explicit map, never a whole directory.

What is generated from a package (the icon sprite) is built once into ``node_modules/.cache`` and served like the rest.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from core import icons

# Address under /static/ -> file under node_modules. A pattern ending in * takes the files that match it.
NODE_FILES = {
    "vendor/tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "vendor/chart/chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
    "vendor/chart/chart.umd.min.js.map": "chart.js/dist/chart.umd.min.js.map",
    "vendor/inter/latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "vendor/inter/latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "vendor/khmer/khmer.woff2": "@fontsource-variable/noto-sans-khmer/files/noto-sans-khmer-khmer-wght-normal.woff2",
    "vendor/chinese/wght.css": "@fontsource-variable/noto-sans-sc/wght.css",
    "vendor/chinese/files/*": "@fontsource-variable/noto-sans-sc/files/*-wght-normal.woff2",
}
# Static directories of Python packages that we serve whole (they pass the manifest storage as they are).
PYTHON_PACKAGES = {
    "django_htmx": ("django_htmx", "static/django_htmx", re.compile(r"^(htmx-2\.min\.js|django-htmx\.js)$")),
    "admin": ("django.contrib.admin", "static/admin", re.compile(r".")),
}
BUILT: dict[str, Callable[[], str]] = {"icons.svg": icons.sprite}


def node_modules() -> Path:
    return Path(settings.BASE_DIR) / "node_modules"


def built_dir() -> Path:
    """Where things made out of packages are kept; a new ``npm ci`` empties it."""
    return node_modules() / ".cache" / "ihospita"


def build(name: str) -> Path:
    """Write the built file ``name`` when it is missing or made from an older list, and return its path."""
    target = built_dir() / name
    newest = max(Path(icons.__file__).stat().st_mtime, (node_modules() / "@tabler/icons/package.json").stat().st_mtime)
    if not target.exists() or target.stat().st_mtime < newest:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.write_text(BUILT[name](), encoding="utf-8")
        fresh.replace(target)
    return target


@lru_cache(maxsize=1)
def packaged_files() -> dict[str, Path]:
    """Every file of the map: address under /static/ -> path on disk."""
    found = dict(_node_files())
    found.update(_python_files())
    return found


def _node_files() -> Iterator[tuple[str, Path]]:
    for address, source in NODE_FILES.items():
        if not address.endswith("*"):
            yield address, node_modules() / source
            continue
        for path in sorted(node_modules().glob(source)):
            yield address[:-1] + path.name, path


def _python_files() -> Iterator[tuple[str, Path]]:
    for prefix, (package, folder, wanted) in PYTHON_PACKAGES.items():
        root = Path(str(files(package))) / folder
        for path in sorted(root.rglob("*")):
            relative = path.relative_to(root).as_posix()
            if path.is_file() and wanted.search(relative):
                yield f"{prefix}/{relative}", path


class PackageStorage(FileSystemStorage):
    """Opens a mapped address as the package's own file."""

    def path(self, name: str) -> str:
        return str(build(name) if name in BUILT else packaged_files()[name])


class PackageFinder(BaseFinder):
    """Finds the files of the map for runserver, WhiteNoise and collectstatic."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = PackageStorage()

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        known = path in BUILT or path in packaged_files()
        if not known:
            return [] if find_all else None
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, PackageStorage]]:
        for address in [*packaged_files(), *BUILT]:
            yield address, self.storage
