"""What a marker patient is made of, and how a marker is found however it is written."""

import base64
import json
import re
from functools import cache
from urllib.parse import quote, unquote_plus

MARKERS = {
    "family name": "Zyrqafam",
    "given name": "Zyrqagiv",
    "Khmer family name": "ឃ្លោងឆ្មា",
    "Khmer given name": "ឌុកឆ្លែម",
    "phone": "12765432",
    "second phone": "12876543",
    "contact": "Zyrqanext",
    "phone of the contact": "12987654",
    "email": "zyrqamail",
    "street": "Zyrqastreet",
    "village": "Zyrqavillage",
    "national ID": "718293645",
    "birth date": "1937-07-19",
    "reason of the visit": "Zyrqareason",
    "note": "Zyrqanote",
    "diagnosis": "Zyrqadiag",
    "title of a paper": "Zyrqatitle",
    "typed into a form": "Zyrqatyped",
    "typed by somebody who may not": "Zyrqaintrude",
    "text of an error": "Zyrqaerror",
}


def spellings(marker: str) -> set[str]:
    """A marker as it may stand in a dump."""
    raw = marker.encode()
    forms = {marker, quote(marker), raw.hex(), json.dumps(marker).strip('"'), marker.encode("unicode_escape").decode()}
    for shift, first in ((0, 0), (1, 2), (2, 3)):  # what depends on the bytes before and after is left out
        whole = base64.b64encode(b"-" * shift + raw).decode()
        forms.add(whole[first : (shift + len(raw)) * 8 // 6])
    return {form.lower() for form in forms if len(form) >= 6}


@cache
def any_marker() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(form) for marker in MARKERS.values() for form in spellings(marker)))


def found_in(text: str | bytes) -> list[str]:
    """Names of the markers in a text, whatever its letters' case."""
    read = (text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text).lower()
    both = f"{read}\n{unquote_plus(read)}"
    if not any_marker().search(both):
        return []
    return [name for name, marker in MARKERS.items() if any(form in both for form in spellings(marker))]
