"""A call as a sequence of sound fragments: "now calling" · A · 100 · 12 · "please go to room" · 3.

A language is spoken when its voice pack stands in static/audio/<language>/ (see the README there). The sequence is
worked out here, so that a screen only plays files one after another. Khmer numbers follow CLDR (rbnf/km.json):
312 is three-hundred ten two; the Khmer pack can be recorded at any time, its composition is ready.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings

LANGUAGES = ("km", "en", "zh-hans")
LARGEST = 999
SUFFIX = ".mp3"
_PARTS = re.compile(r"[A-Z]|\d+")


def audio_folder(language: str) -> Path:
    return Path(settings.BASE_DIR) / "static" / "audio" / language


@cache
def spoken_languages() -> tuple[str, ...]:
    """Languages with a voice pack; looked up once in the life of a process."""
    return tuple(code for code in LANGUAGES if (audio_folder(code) / f"phrase-now_calling{SUFFIX}").exists())


def call_fragments(*, label: str, room: str, language: str) -> list[str]:
    """Names of the fragments (without folder and suffix) that speak one call.

    `label` is a ticket's label such as A-012, `room` a room's code such as 3 or R12; a room without letters or digits
    of ours is left out rather than spoken wrongly.
    """
    number = _spell(label, language)
    place = _spell(room, language)
    if language == "zh-hans":
        tail = ["phrase-go_room-before", *place, "phrase-go_room-after"] if place else []
        return ["phrase-now_calling", *number, "phrase-number", *tail]
    return ["phrase-now_calling", *number, *(["phrase-go_room", *place] if place else [])]


def number_fragments(number: int, language: str) -> list[str]:
    """A number from 0 to 999 in the fragments of a language; beyond that digit by digit."""
    if number > LARGEST:
        return [f"number-{digit}" for digit in str(number)]
    return [f"number-{part}" for part in _COMPOSERS[language](number)]


def _spell(text: str, language: str) -> list[str]:
    fragments: list[str] = []
    for part in _PARTS.findall(text.upper()):
        fragments += number_fragments(int(part), language) if part.isdigit() else [f"letter-{part.lower()}"]
    return fragments


def _english(number: int) -> list[int]:
    if number >= 100:
        rest = _english(number % 100) if number % 100 else []
        return [number // 100, 100, *rest]
    if number > 20 and number % 10:
        return [number - number % 10, number % 10]
    return [number]


def _khmer(number: int) -> list[int]:
    parts = [number // 100, 100] if number >= 100 else []
    tens, units = number % 100 - number % 10, number % 10
    parts += [tens] if tens else []
    return parts + ([units] if units or not number else [])


def _chinese(number: int) -> list[int]:
    if number < 20:
        return [number] if number <= 10 else [10, number - 10]
    hundreds, tens, units = number // 100, number // 10 % 10, number % 10
    parts = [hundreds, 100] if hundreds else []
    if tens:
        parts += [tens, 10]
    elif hundreds and units:
        parts.append(0)
    return parts + ([units] if units else [])


_COMPOSERS: dict[str, Callable[[int], list[int]]] = {"en": _english, "km": _khmer, "zh-hans": _chinese}
