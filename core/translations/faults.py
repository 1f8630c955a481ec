"""What is wrong with a catalogue: texts without translation, placeholders that differ, entries nobody asks for."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib

from core.translations.catalogues import LANGUAGES, is_translated, path_of, read
from core.translations.compiling import LOCALE
from core.translations.extracting import Message

_NAMED = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
_TAG = re.compile(r"</?[a-z]\w*")


def faults(messages: Iterable[Message], locale: Path = LOCALE) -> list[str]:
    """Every fault of every language, readable; an empty list is a complete translation."""
    messages = list(messages)
    return [f"{language}: {fault}" for language in LANGUAGES for fault in _of_language(language, messages, locale)]


def _of_language(language: str, messages: list[Message], locale: Path) -> Iterator[str]:
    entries = read(language, locale)
    wanted = {message.key for message in messages}
    yield from (f"not in the catalogue: {message.singular!r}" for message in messages if message.key not in entries)
    for key, entry in entries.items():
        if key not in wanted:
            yield f"no longer used: {entry.msgid!r}"
        elif "fuzzy" in entry.flags:
            yield f"fuzzy: {entry.msgid!r}"
        elif not is_translated(entry):
            yield f"not translated: {entry.msgid!r}"
        else:
            yield from _of_entry(entry)
    yield from _outdated(path_of(language, locale))


def _of_entry(entry: polib.POEntry) -> Iterator[str]:
    originals = [entry.msgid_plural or entry.msgid]
    for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
        if _pieces(_NAMED, text) != _pieces(_NAMED, originals[0]):
            yield f"other placeholders than the original: {entry.msgid!r}"
        if _pieces(_TAG, text) != _pieces(_TAG, originals[0]):
            yield f"other tags than the original: {entry.msgid!r}"


def _pieces(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(pattern.findall(text.replace("%%", "")))


def _outdated(path: Path) -> Iterator[str]:
    """What a merge would clear away."""
    if path.exists() and polib.pofile(str(path)).obsolete_entries():
        yield "obsolete entries are kept in the file"
