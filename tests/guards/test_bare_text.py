"""Every word a person reads in a template goes through translation."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from tests.guards import sources

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SPOKEN = {"alt", "title", "placeholder", "aria-label", "label", "data-confirm", "data-message"}
_BLOCKS = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans", "comment": "endcomment"}
# Not words of a language: units, formats and the like.
_ALLOWED = {"USD", "KHR", "KHQR", "PDF", "CSV", "QR", "MRN", "SpO", "mmHg", "kg", "cm", "Ctrl", "NEWS2", "ICD", "px"}
_NOT_SHOWN = ("_class", "bodyclass", "_attributes")  # blocks that fill an attribute
_SKIPPED = {"script", "style", "svg", "code", "kbd"}


class _Reader(HTMLParser):
    """Collects what is shown: text, and attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._inside.append(tag)
        self.words += [value for key, value in attrs if key in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words.append(data)


def _markup(text: str) -> str:
    """The template without its tags, variables and whatever stands in translation blocks."""
    kept, until = [], ""
    for token in Lexer(text).tokenize():
        words = token.split_contents() if token.token_type == TokenType.BLOCK else [""]
        word = words[0]
        if word == "block" and words[1].endswith(_NOT_SHOWN):
            until = "endblock"
        elif until:
            until = "" if word == until else until
        elif word in _BLOCKS:
            until = _BLOCKS[word]
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
    return "".join(kept)


def bare_words(path: Path) -> list[str]:
    reader = _Reader()
    reader.feed(_markup(path.read_text(encoding="utf-8")))
    found = [word for text in reader.words for word in _LETTERS.findall(text)]
    return [word for word in found if word not in _ALLOWED]


FOLDERS = sorted(path.name for path in (sources.ROOT / "templates").iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder != "gallery"])  # developers' own page
def test_templates_have_no_bare_text(folder):
    bare = {
        sources.name(path): words
        for path in sources.templates()
        if path.relative_to(sources.ROOT / "templates").parts[0] == folder and (words := bare_words(path))
    }
    assert bare == {}
