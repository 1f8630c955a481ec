"""Which blind-index tokens a patient is found by. A token is a keyed hash (core.crypto.index_number), never readable.

Names give a token for every beginning of two to eight letters, one for the whole word and one for its spelling key
(Chan and Chann share it), in both scripts. Phones give the whole number and its endings from four digits on. For the
duplicate check a name's spelling keys are bound to the birth year.
"""

from collections.abc import Iterable, Iterator

from core.crypto import index_number
from core.text import name_key, name_words, normalise_phone, prefixes
from patients.models import Patient

BEGINNING = "patient.name"
WORD = "patient.name.word"
SPELLING = "patient.name.spelling"
PHONE = "patient.phone"
PHONE_ENDING = "patient.phone.ending"
NAME_AND_YEAR = "patient.name.year"
SHORTEST_ENDING, LONGEST_ENDING = 4, 8


def tokens_of(patient: Patient) -> set[int]:
    """Return every token under which this patient is to be found."""
    tokens = {token for word in searched_words(patient) for token in _word_tokens(word)}
    for phone in filter(None, (patient.phone, patient.phone_other)):
        tokens.update(_phone_tokens(phone))
    tokens.update(name_and_year_tokens(patient, [patient.birth_date.year]))
    return tokens


def searched_words(patient: Patient) -> set[str]:
    """Return the normalised words of the names in both scripts.

    Khmer and Chinese are written without spaces, so the whole name in the patient's own script counts as a word, too.
    """
    words = {*name_words(patient.latin_name), *name_words(patient.native_name)}
    return {*words, *name_words(patient.native_family_name + patient.native_given_name)}


def beginning_token(word: str) -> int:
    """Return the token of the typed beginning of a word; letters beyond the eighth are covered by the whole word."""
    return index_number(word[:8], purpose=BEGINNING)


def word_token(word: str) -> int:
    return index_number(word, purpose=WORD)


def spelling_token(word: str) -> int:
    return index_number(name_key(word), purpose=SPELLING)


def phone_token(phone: str) -> int:
    """Return the token of a whole phone number, however it was typed."""
    return index_number(normalise_phone(phone), purpose=PHONE)


def phone_ending_token(digits: str) -> int:
    """Return the token of a number's last digits (four to eight)."""
    return index_number(digits, purpose=PHONE_ENDING)


def name_and_year_tokens(patient: Patient, years: Iterable[int]) -> set[int]:
    """Return the tokens that bind the spelling keys of a name, in either script, to each of these birth years."""
    keys = [key for name in (patient.latin_name, patient.native_name) if (key := spelling_key(name))]
    return {index_number(f"{key}|{year}", purpose=NAME_AND_YEAR) for key in keys for year in years}


def spelling_key(name: str) -> str:
    """Return one key for all usual Latin spellings of a whole name, whatever the order of its words."""
    return " ".join(sorted(name_key(word) for word in name_words(name)))


def _word_tokens(word: str) -> Iterator[int]:
    yield word_token(word)
    yield spelling_token(word)
    for beginning in prefixes(word, least=2, most=8):
        yield beginning_token(beginning)


def _phone_tokens(phone: str) -> Iterator[int]:
    digits = normalise_phone(phone).removeprefix("+")
    yield phone_token(phone)
    for length in range(SHORTEST_ENDING, min(LONGEST_ENDING, len(digits)) + 1):
        yield phone_ending_token(digits[-length:])
