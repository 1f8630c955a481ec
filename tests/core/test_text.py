import csv
from pathlib import Path

import pytest

from core.text import (
    PhoneNotValid,
    ascii_digits,
    name_key,
    name_words,
    normalise,
    normalise_phone,
    prefixes,
    show_phone,
)

DATA = Path(__file__).parents[1] / "data"


def spellings() -> list[tuple[str, str]]:
    with (DATA / "khmer_name_variants.csv").open(encoding="utf-8") as rows:
        return [(row["usual_latin"], other) for row in csv.DictReader(rows) for other in row["variants"].split(";")]


# Spellings that change a consonant or a whole syllable: a key that joined these would join different names as well.
TOO_FAR = {
    ("Pich", "Pik"),
    ("Pov", "Pao"),
    ("Sam", "Som"),
    ("Sam", "Sorm"),
    ("Samnang", "Somnang"),
    ("Tang", "Taing"),
    ("Thach", "Thack"),
    ("Vann", "Vanna"),
    ("Ratana", "Ratanak"),
    ("Dara", "Daravuth"),
}


@pytest.mark.parametrize(("usual", "other"), [pair for pair in spellings() if pair not in TOO_FAR])
def test_spellings_of_one_name_share_a_key(usual, other):
    assert name_key(usual) == name_key(other)


def test_the_spellings_left_apart_are_few():
    assert len(TOO_FAR) <= 0.08 * len(spellings())
    assert all(name_key(usual) != name_key(other) for usual, other in TOO_FAR)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sok", "Sak"),
        ("Chan", "Chin"),
        ("Dara", "Dary"),
        ("Ly", "Lay"),
        ("Mao", "Meas"),
        ("Kim", "Kun"),
        ("Heng", "Hong"),
    ],
)
def test_different_names_have_different_keys(one, other):
    assert name_key(one) != name_key(other)


def test_khmer_names_share_a_key_without_the_signs_that_writers_leave_out():
    assert name_key("ប៉ែន") == name_key("បែន")
    assert name_key("ចាន់") == name_key("ចាន")
    assert name_key("ចាន់") != name_key("ជា")


def test_a_chinese_name_is_its_own_key():
    assert name_key("单") == "单"


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("  SOK   Dara ", "sok dara"),
        ("Sréy", "srey"),
        ("សុខ\u200bដារា", "សុខដារា"),
        ("ស្រ្តី", "ស្ត្រី"),
        ("១២៣", "123"),
        ("ＡＢＣ１２", "abc12"),
        ("王小明", "王小明"),
        ("", ""),
    ],
)
def test_text_is_made_comparable(typed, normal):
    assert normalise(typed) == normal


@pytest.mark.parametrize("text", ["Sréy Mom", "ស្រ្តី", "សុខ ដារា", "ប៉ែន", "Ångström", "王 小明", "Éa\u0301"])
def test_normal_text_stays_as_it_is(text):
    assert normalise(normalise(text)) == normalise(text)


def test_names_are_split_into_words_without_punctuation():
    assert name_words("SOK, Dara (Mrs.)") == ["sok", "dara", "mrs"]
    assert name_words("សុខ ដារា") == ["សុខ", "ដារា"]
    assert name_words("O'Brien-Smith") == ["o", "brien", "smith"]
    assert name_words(" - ") == []


def test_prefixes_begin_at_two_letters_and_end_at_eight():
    assert prefixes("sokha") == ["so", "sok", "sokh", "sokha"]
    assert prefixes("daravuthy")[-1] == "daravuth"
    assert prefixes("李") == ["李"]
    assert prefixes("") == []


def test_khmer_digits_are_read():
    assert ascii_digits("០១២-៣៤៥") == "012-345"


@pytest.mark.parametrize(
    "typed",
    ["012 345 678", "012345678", "+855 12 345 678", "855 12345678", "00855 12 345 678", "០១២ ៣៤៥ ៦៧៨", "(012) 345-678"],
)
def test_a_cambodian_number_is_stored_in_one_form(typed):
    assert normalise_phone(typed) == "+85512345678"


def test_a_foreign_number_keeps_its_country():
    assert normalise_phone("+86 138 0013 8000") == "+8613800138000"


@pytest.mark.parametrize("typed", ["", "12", "abc", "0", "012 345 678 901 234", "+999 12"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(PhoneNotValid):
        normalise_phone(typed)


def test_every_prefix_in_use_is_accepted():
    with (DATA / "phone_prefixes_kh.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            prefix = row["national_prefix"]
            for digits in (6, 7):
                try:
                    assert normalise_phone(prefix + "345678"[:6] + "9" * (digits - 6)).startswith("+855" + prefix[1:])
                    break
                except PhoneNotValid:
                    continue
            else:
                pytest.fail(f"{prefix} is refused")


def test_a_stored_number_is_shown_as_people_write_it():
    assert show_phone("+85512345678") == "012 345 678"
    assert show_phone("+8613800138000") == "+86 138 0013 8000"
