"""Text made comparable: names in Khmer, Latin and Chinese script, and telephone numbers."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from django.utils.translation import gettext_lazy as _
from khmernormalizer.khnormal import khmer_normalize

from core import romanisation
from core.errors import DomainError

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_KHMER_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_KHMER = re.compile("[\u1780-\u17ff]")
_INTERNATIONAL = re.compile(r"^00")  # dialled before a country code in most of the world
_NOT_A_WORD = re.compile(r"[^\w\u1780-\u17ff]+|_+")
# signs that writers add or leave out freely (register shifters, viriam, toandakhiat, samyok sannya, ...)
_KHMER_OPTIONAL = re.compile("[\u17c9-\u17d1\u17dd]")


class PhoneNotValid(DomainError):
    message = _("Enter a telephone number, such as 012 345 678 or +855 12 345 678.")
    code = "phone_not_valid"


def ascii_digits(text: str) -> str:
    """Return the text with Khmer digits as ASCII digits."""
    return text.translate(_KHMER_DIGITS)


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """Return the text as it is compared and indexed.

    One Unicode form, no zero-width signs, Khmer signs in the order of the dictionary, ASCII digits, lower case, no
    Latin accents, single spaces.
    """
    text = unicodedata.normalize("NFKC", text).translate(_ZERO_WIDTH).translate(_KHMER_DIGITS)
    if _KHMER.search(text):
        text = khmer_normalize(text).translate(_ZERO_WIDTH)
    text = _LATIN_MARKS.sub("", unicodedata.normalize("NFD", text.casefold()))
    return " ".join(unicodedata.normalize("NFC", text).split())


def name_words(text: str) -> list[str]:
    """Return the normalised words of a name, without punctuation. A Khmer or Chinese run without spaces is one word."""
    return [word for word in _NOT_A_WORD.split(normalise(text)) if word]


@lru_cache(maxsize=4096)
def name_key(word: str) -> str:
    """Return a key that is equal for spellings of one name, such as Chhean, Chean and Chhien.

    Latin letters are collapsed by ``core.romanisation``; Khmer loses the signs that are optional in names; other
    scripts are only normalised. Different names may share a key: use it to find candidates, never to decide.
    """
    word = "".join(name_words(word))
    if _KHMER.search(word):
        return _KHMER_OPTIONAL.sub("", word)
    return romanisation.collapse(word) if word.isascii() else word


def prefixes(word: str, least: int = 2, most: int = 8) -> list[str]:
    """Return the beginnings of a word from ``least`` to ``most`` characters; a shorter word is its own only beginning.

    Who searches for more than ``most`` characters looks up the first ``most`` and compares the rest after decrypting.
    """
    if not word:
        return []
    return [word[:length] for length in range(least, min(len(word), most) + 1)] or [word]


def normalise_phone(text: str, region: str = "KH") -> str:
    """Return E.164 form, ``+85512345678``; without a country code the number is Cambodian. Raises PhoneNotValid."""
    try:
        number = phonenumbers.parse(_INTERNATIONAL.sub("+", normalise(text)), region)
    except phonenumbers.NumberParseException as error:
        raise PhoneNotValid() from error
    if not phonenumbers.is_possible_number(number):
        raise PhoneNotValid()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(e164: str) -> str:
    """Return a stored number as people write it: ``012 345 678`` in Cambodia, international form elsewhere."""
    number = phonenumbers.parse(e164, "KH")
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if number.country_code == 855 else form.INTERNATIONAL)
