"""Calls composed from fragments."""

import csv
from pathlib import Path

import pytest

from queueing.speech import audio_folder, call_fragments, number_fragments, spoken_languages

KHMER = dict(
    zip(
        [*range(10), *range(10, 100, 10), 100],
        [
            "សូន្យ",
            "មួយ",
            "ពីរ",
            "បី",
            "បួន",
            "ប្រាំ",
            "ប្រាំមួយ",
            "ប្រាំពីរ",
            "ប្រាំបី",
            "ប្រាំបួន",
            "ដប់",
            "ម្ភៃ",
            "សាមសិប",
            "សែសិប",
            "ហាសិប",
            "ហុកសិប",
            "ចិតសិប",
            "ប៉ែតសិប",
            "កៅសិប",
            "រយ",
        ],
        strict=True,
    )
)
CHINESE = dict(zip([*range(11), 100], "零一二三四五六七八九十百", strict=True))
NUMBERS = list(csv.DictReader((Path(__file__).parent / "data" / "spoken_numbers.csv").open(encoding="utf-8")))


def words(number: int, language: str, spoken: dict[int, str]) -> str:
    return "".join(spoken[int(part.removeprefix("number-"))] for part in number_fragments(number, language))


def test_khmer_numbers_are_composed_as_they_are_spoken():
    assert [words(int(row["n"]), "km", KHMER) for row in NUMBERS] == [row["km"] for row in NUMBERS]


def test_chinese_numbers_are_composed_as_they_are_spoken():
    assert [words(int(row["n"]), "zh-hans", CHINESE) for row in NUMBERS] == [row["zh"] for row in NUMBERS]


@pytest.mark.parametrize(
    ("number", "parts"),
    [(0, [0]), (7, [7]), (15, [15]), (20, [20]), (42, [40, 2]), (100, [1, 100]), (512, [5, 100, 12])],
)
def test_english_numbers_are_composed_as_they_are_spoken(number, parts):
    assert number_fragments(number, "en") == [f"number-{part}" for part in parts]


def test_a_number_beyond_999_is_spoken_digit_by_digit():
    assert number_fragments(1024, "en") == ["number-1", "number-0", "number-2", "number-4"]


def test_a_call_names_the_number_then_the_room():
    english = call_fragments(label="A-012", room="3", language="en")
    assert english == ["phrase-now_calling", "letter-a", "number-12", "phrase-go_room", "number-3"]
    chinese = call_fragments(label="B-110", room="R2", language="zh-hans")
    assert chinese == [
        "phrase-now_calling", "letter-b", "number-1", "number-100", "number-1", "number-10", "phrase-number",
        "phrase-go_room-before", "letter-r", "number-2", "phrase-go_room-after",
    ]  # fmt: skip


def test_a_call_without_a_room_is_only_the_number():
    assert call_fragments(label="A-001", room="", language="en") == ["phrase-now_calling", "letter-a", "number-1"]


def test_english_and_chinese_are_spoken_and_khmer_waits_for_recordings():
    assert spoken_languages() == ("en", "zh-hans")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_fragment_a_call_may_need_exists(language):
    labels = [f"{letter}-{number:03d}" for letter in "ABCDEFGHJKLMNPQRSTUVWXYZ" for number in (0, 10)]
    labels += [f"A-{number:03d}" for number in range(1000)]
    needed = {part for label in labels for part in call_fragments(label=label, room="12", language=language)}
    missing = {part for part in needed if not (audio_folder(language) / f"{part}.mp3").stat().st_size}
    assert missing == set()
