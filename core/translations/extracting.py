"""Finds every text to translate: in our Python and templates, and in what Django and allauth show to our users."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {".venv", ".local", "node_modules", "tests", "staticfiles", "deploy", "migrations"}
_TEMPLATE_SUFFIXES = {".html", ".txt", ".typ", ".xml", ".svg"}
# Position of context, singular and plural among a function's arguments.
_PLAIN, _CONTEXT, _PLURAL, _BOTH = (None, 0, None), (0, 1, None), (None, 0, 1), (0, 1, 2)
_KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), _PLAIN),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _CONTEXT),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _PLURAL),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), _BOTH),
}
# Third parties whose texts our users meet, and which lack a Khmer catalogue or have a thin one.
OUTSIDE = {
    "django": (
        "core/validators.py",
        "forms/fields.py",
        "forms/formsets.py",
        "forms/models.py",
        "db/models/fields/__init__.py",
        "db/models/constraints.py",
        "contrib/auth/forms.py",
        "contrib/auth/password_validation.py",
        "utils/timesince.py",
        "utils/dates.py",
    ),
    "allauth": ("account/forms.py", "account/adapter.py", "account/fields.py", "mfa/**/*.py", "mfa/adapter.py"),
    "django_otp": ("forms.py",),
}
_SENTENCES_ONLY = {"django/db/models/fields/__init__.py"}  # its other texts describe types to programmers
_PAPER = re.compile(r'\btr\(\s*"((?:[^"\\]|\\.)+)"')
_PERCENT = re.compile(r"%(?:\(\w+\))?[sdfr]|%%")


@dataclass(frozen=True, order=True)
class Message:
    """One text; ``context`` and ``plural`` are empty where there is none."""

    singular: str
    context: str = ""
    plural: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.singular

    @property
    def flags(self) -> list[str]:
        text = self.singular + self.plural
        return ["python-format"] if _PERCENT.search(text) else []


def extract(root: Path = ROOT) -> list[Message]:
    """Return every message once, sorted; of two with one key the one with a plural wins."""
    found: dict[tuple[str, str], Message] = {}
    for message in _everything(root):
        known = found.get(message.key)
        if known is None or (message.plural and not known.plural):
            found[message.key] = message
    return sorted(found.values())


def _everything(root: Path) -> Iterator[Message]:
    for path in our_files(root):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            yield from from_python(text)
        elif path.suffix == ".typ":
            yield from from_paper(text)
        else:
            yield from from_template(text, str(path))
    for path in outside_files():
        sentences_only = path.as_posix().endswith(tuple(_SENTENCES_ONLY))
        for message in from_python(path.read_text(encoding="utf-8")):
            if message.singular.endswith(".") or not sentences_only:
                yield message


def our_files(root: Path = ROOT) -> Iterator[Path]:
    """Python and templates of the project; tests, migrations and tools have no users."""
    for folder in sorted(root.iterdir()):
        if not folder.is_dir() or folder.name in _NOT_OURS or folder.name.startswith("."):
            continue
        for path in sorted(folder.rglob("*")):
            if _NOT_OURS & set(path.relative_to(root).parts):
                continue
            if path.suffix == ".py" or (path.suffix in _TEMPLATE_SUFFIXES and "templates" in path.parts):
                yield path


def outside_files() -> Iterator[Path]:
    for package, patterns in OUTSIDE.items():
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        for pattern in patterns:
            yield from sorted(path for path in Path(spec.origin).parent.glob(pattern) if "tests" not in path.parts)


def from_python(text: str) -> Iterator[Message]:
    """Messages of a Python source."""
    calls: Any = extract_python(io.BytesIO(text.encode()), list(_KEYWORDS), [], {"encoding": "utf-8"})  # type: ignore
    for _line, function, arguments, _comments in calls:
        parts = arguments if isinstance(arguments, tuple) else (arguments,)
        if message := _message(_KEYWORDS[function], parts):
            yield message


def _message(positions: tuple[int | None, ...], parts: tuple[str | None, ...]) -> Message | None:
    """The message of a call; None where its text is not written out."""
    context, singular, plural = ("" if at is None else (parts[at] if at < len(parts) else None) for at in positions)
    if not singular or context is None or plural is None:
        return None
    return Message(context=context, singular=singular, plural=plural)


def from_paper(text: str) -> Iterator[Message]:
    """Messages of a print template: what it says itself by ``tr("…")`` (core.pdf)."""
    for match in _PAPER.finditer(text):
        yield Message(singular=match[1])


def from_template(text: str, origin: str = "") -> Iterator[Message]:
    """Messages of a template: Django turns it into calls with everything else blotted out; put on one line they are
    Python enough to be read."""
    calls = templatize(text, origin=origin)
    lines = (line.strip() for line in calls.splitlines())
    yield from from_python(" ".join(line for line in lines if not line.startswith("#")))
