"""Amounts in words, as invoices carry them so that no digit can be added: English, Khmer, Chinese. Pure.

Khmer counts in thousands, ten thousands (ម៉ឺន), hundred thousands (សែន) and millions; Chinese in fours of digits.
"""

from collections.abc import Callable
from decimal import Decimal

from core.money import KHR, Money

MOST = 10**12  # beyond any bill

_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH_UNITS = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_KHMER = ["សូន្យ", "មួយ", "ពីរ", "បី", "បួន", "ប្រាំ", "ប្រាំមួយ", "ប្រាំពីរ", "ប្រាំបី", "ប្រាំបួន"]
_KHMER_TENS = ["ដប់", "ម្ភៃ", "សាមសិប", "សែសិប", "ហាសិប", "ហុកសិប", "ចិតសិប", "ប៉ែតសិប", "កៅសិប"]
_KHMER_UNITS = ((10**6, "លាន"), (10**5, "សែន"), (10**4, "ម៉ឺន"), (1000, "ពាន់"), (100, "រយ"))
_CHINESE = "零一二三四五六七八九"
_CHINESE_UNITS = ((10**8, "亿"), (10**4, "万"))


def spell(number: int, language: str) -> str:
    """A whole number from 0 below 10^12 in words. Raises ValueError beyond."""
    if not 0 <= number < MOST:
        raise ValueError("Only whole numbers of bills are spelled")
    return _SPELLERS.get(language, _english)(number)


def spell_money(money: Money, language: str) -> str:
    """An amount in words with its currency, cents where there are some."""
    whole = int(money.amount)
    cents = int((money.amount - whole) * Decimal(100))
    riel = money.currency == KHR
    words = spell(whole, language)
    if language == "km":
        said = f"{words}{'រៀល' if riel else 'ដុល្លារ'}"
        return f"{said} និង{spell(cents, language)}សេន" if cents else said
    if language == "zh-hans":
        said = f"{words}{'瑞尔' if riel else '美元'}"
        return f"{said}{spell(cents, language)}美分" if cents else said
    said = f"{words} {'riel' if riel else 'dollar' if whole == 1 else 'dollars'}"
    said += f" and {spell(cents, language)} {'cent' if cents == 1 else 'cents'}" if cents else ""
    return said[0].upper() + said[1:]


def _english(number: int) -> str:
    for size, name in _ENGLISH_UNITS:
        if number >= size:
            rest = number % size
            return f"{_english(number // size)} {name}" + (f" {_english(rest)}" if rest else "")
    if number < len(_ENGLISH):
        return _ENGLISH[number]
    tens = _ENGLISH_TENS[number // 10 - 2]
    return f"{tens}-{_ENGLISH[number % 10]}" if number % 10 else tens


def _khmer(number: int) -> str:
    for size, name in _KHMER_UNITS:
        if number >= size:
            rest = number % size
            return f"{_khmer(number // size)}{name}" + (_khmer(rest) if rest else "")
    if number < 10:
        return _KHMER[number]
    tens = _KHMER_TENS[number // 10 - 1]
    return f"{tens}{_KHMER[number % 10]}" if number % 10 else tens


def _chinese(number: int) -> str:
    said = _chinese_fours(number)
    return said[1:] if said.startswith("一十") else said


def _chinese_fours(number: int) -> str:
    for size, name in _CHINESE_UNITS:
        if number >= size:
            rest = number % size
            gap = "零" if 0 < rest < size // 10 else ""
            return f"{_chinese_fours(number // size)}{name}{gap}" + (_chinese_fours(rest) if rest else "")
    said = ""
    missing = False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            said += ("零" if missing and said else "") + _CHINESE[digit] + name
        missing = not digit
    return said or _CHINESE[0]


_SPELLERS: dict[str, Callable[[int], str]] = {"en": _english, "km": _khmer, "zh-hans": _chinese}
