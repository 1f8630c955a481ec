"""The .po files: merging what was found into them, and carrying translations in and out."""

import gettext
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polib

from core.translations.compiling import LOCALE
from core.translations.extracting import Message

LANGUAGES = ("km", "zh_Hans")
_HEADER = {
    "Project-Id-Version": "iHospita",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
# Where a first translation may be taken from: third parties that know the language.
_KNOWN = ("django/conf", "django/contrib/auth", "django/contrib/admin", "allauth", "django_otp")


def path_of(language: str, locale: Path = LOCALE) -> Path:
    return locale / language / "LC_MESSAGES" / "django.po"


def read(language: str, locale: Path = LOCALE) -> dict[tuple[str, str], polib.POEntry]:
    """The entries of a language by context and text; of double ones (after a merge) a translated one."""
    path = path_of(language, locale)
    entries: dict[tuple[str, str], polib.POEntry] = {}
    for entry in polib.pofile(str(path), encoding="utf-8") if path.exists() else []:
        key = (entry.msgctxt or "", entry.msgid)
        if not entry.obsolete and (key not in entries or not is_translated(entries[key])):
            entries[key] = entry
    return entries


def is_translated(entry: polib.POEntry) -> bool:
    texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return bool(texts) and all(text.strip() for text in texts) and "fuzzy" not in entry.flags


def merge(language: str, messages: Iterable[Message], locale: Path = LOCALE) -> int:
    """Write the language's catalogue: exactly these messages, with the translations known so far. Returns how many
    still lack one."""
    known, outside = read(language, locale), _outside(language)
    entries = [_entry(message, known.get(message.key), outside) for message in messages]
    write(language, entries, locale)
    return sum(not is_translated(entry) for entry in entries)


def write(language: str, entries: Iterable[polib.POEntry], locale: Path = LOCALE) -> None:
    """Sorted by text and without places in the source, so that two branches seldom touch the same lines."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {**_HEADER, "Language": language}
    catalogue.extend(sorted(entries, key=lambda entry: (entry.msgid, entry.msgctxt or "")))
    path = path_of(language, locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(catalogue) + "\n", encoding="utf-8")


def _entry(message: Message, known: polib.POEntry | None, outside: gettext.NullTranslations) -> polib.POEntry:
    text = _text(known) or _borrowed(message, outside)
    entry = polib.POEntry(msgid=message.singular, msgctxt=message.context or None, flags=message.flags)
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: text}
    else:
        entry.msgstr = text
    return entry


def _text(entry: polib.POEntry | None) -> str:
    if entry is None or "fuzzy" in entry.flags:
        return ""
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def _outside(language: str) -> gettext.NullTranslations:
    """The third parties' own translations into the language."""
    merged = gettext.NullTranslations()
    for package in _KNOWN:
        name, _, inner = package.partition("/")
        spec = find_spec(name)
        if spec and spec.origin:
            folder = Path(spec.origin).parent / inner / "locale" / language / "LC_MESSAGES" / "django.mo"
            if folder.exists():
                with folder.open("rb") as file:
                    merged.add_fallback(gettext.GNUTranslations(file))
    return merged


def _borrowed(message: Message, outside: gettext.NullTranslations) -> str:
    context, singular, plural = message.context or None, message.singular, message.plural
    if plural:
        found = outside.npgettext(context, singular, plural, 2) if context else outside.ngettext(singular, plural, 2)
        return "" if found in {singular, plural} else found
    found = outside.pgettext(context, singular) if context else outside.gettext(singular)
    return "" if found == singular else found


def untranslated(locale: Path = LOCALE) -> list[dict[str, Any]]:
    """What lacks a translation, one row a message, with an empty text per language that lacks it."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for language in LANGUAGES:
        for key, entry in read(language, locale).items():
            if not is_translated(entry):
                row = rows.setdefault(key, {"msgid": entry.msgid, "context": entry.msgctxt or ""})
                row.update({"plural": entry.msgid_plural} if entry.msgid_plural else {}, **{language: ""})
    return list(rows.values())


def fill(rows: Iterable[dict[str, Any]], locale: Path = LOCALE) -> int:
    """Take translations over from rows of that form; returns how many texts were set. Unknown messages are ignored."""
    rows, count = list(rows), 0
    for language in LANGUAGES:
        entries = read(language, locale)
        for row in rows:
            entry, text = entries.get((row.get("context", ""), row["msgid"])), row.get(language, "")
            if entry is not None and text:
                count += 1
                entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
                if entry.msgid_plural:
                    entry.msgstr_plural = {0: text}
                else:
                    entry.msgstr = text
        write(language, entries.values(), locale)
    return count
