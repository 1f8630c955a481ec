"""Amounts in words: the published numbers up to 999, and what bills need beyond."""

import csv
from pathlib import Path

import pytest

from core.money import Money
from core.spelling import spell, spell_money

ROWS = list(csv.DictReader((Path(__file__).parents[1] / "data/khmer_numbers_0_999.csv").open(encoding="utf-8")))


def test_every_published_number_is_spelled_as_published():
    assert len(ROWS) == 1000
    wrong = [row["n"] for row in ROWS if spell(int(row["n"]), "km") != row["words_km"]]
    wrong += [row["n"] for row in ROWS if spell(int(row["n"]), "zh-hans") != row["words_zh"]]
    assert wrong == []


@pytest.mark.parametrize(
    ("number", "english", "khmer", "chinese"),
    [
        (1_000, "one thousand", "មួយពាន់", "一千"),
        (1_010, "one thousand ten", "មួយពាន់ដប់", "一千零一十"),
        (20_500, "twenty thousand five hundred", "ពីរម៉ឺនប្រាំរយ", "二万零五百"),
        (41_000, "forty-one thousand", "បួនម៉ឺនមួយពាន់", "四万一千"),
        (100_000, "one hundred thousand", "មួយសែន", "十万"),
        (150_000, "one hundred fifty thousand", "មួយសែនប្រាំម៉ឺន", "十五万"),
        (1_234_567, "one million two hundred thirty-four thousand five hundred sixty-seven",
         "មួយលានពីរសែនបីម៉ឺនបួនពាន់ប្រាំរយហុកសិបប្រាំពីរ", "一百二十三万四千五百六十七"),
        (10_000_001, "ten million one", "ដប់លានមួយ", "一千万零一"),
        (100_020_000, "one hundred million twenty thousand", "មួយរយលានពីរម៉ឺន", "一亿零二万"),
    ],
)  # fmt: skip
def test_large_numbers(number, english, khmer, chinese):
    assert (spell(number, "en"), spell(number, "km"), spell(number, "zh-hans")) == (english, khmer, chinese)


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money("12.50", "USD"), ("Twelve dollars and fifty cents", "ដប់ពីរដុល្លារ និងហាសិបសេន", "十二美元五十美分")),
        (Money("1.01", "USD"), ("One dollar and one cent", "មួយដុល្លារ និងមួយសេន", "一美元一美分")),
        (Money("0.00", "USD"), ("Zero dollars", "សូន្យដុល្លារ", "零美元")),
        (Money("50000", "KHR"), ("Fifty thousand riel", "ប្រាំម៉ឺនរៀល", "五万瑞尔")),
    ],
)
def test_amounts(money, words):
    assert tuple(spell_money(money, language) for language in ("en", "km", "zh-hans")) == words


@pytest.mark.parametrize("number", [-1, 10**12])
def test_what_is_no_bill_is_not_spelled(number):
    with pytest.raises(ValueError, match="bills"):
        spell(number, "en")
