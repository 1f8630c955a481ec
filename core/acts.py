"""A page with its acts taken out: for who may look and change nothing, whatever rooms put buttons on it."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

_SENDS = ("hx-post", "hx-put", "hx-patch", "hx-delete")
_LEADS = ("href", "hx-get", "formaction", "action")
_EMPTIED = re.compile(r'<div class="(?:card-body|btn-list|form-actions)">\s*</div>')
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

Attributes = list[tuple[str, str | None]]


def without_acts(html: str, *, is_act: Callable[[str, bool], bool]) -> str:
    """Return the page without what acts: ``is_act(address, sent)`` says it of a link, or of a form.

    Of a whole page only its main part is looked at: signing out and choosing a language stay. Boxes left empty go too.
    """
    reader = _Reader(is_act, whole="<main" in html)
    reader.feed(html)
    reader.close()
    return _EMPTIED.sub("", "".join(reader.kept))


class _Reader(HTMLParser):
    """Copies what it reads, as it stands there, but for elements that act."""

    def __init__(self, is_act: Callable[[str, bool], bool], *, whole: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.is_act, self.kept = is_act, list[str]()
        self._looks = not whole
        self._leaving = ""  # the element that is being left out, and how many of its kind are open in it
        self._depth = 0

    def _acts(self, tag: str, attributes: Attributes) -> bool:
        given = dict(attributes)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            return self.is_act(given.get("action") or "", True)
        if tag == "details" and ("data-confirm" in given or "add-form" in (given.get("class") or "").split()):
            return True
        if tag == "button" and "form" in given:
            return True
        if any(self.is_act(given[name] or "", True) for name in _SENDS if name in given):
            return True
        return any(self.is_act(given[name] or "", False) for name in _LEADS if name in given)

    def _keep(self, text: str) -> None:
        if not self._leaving:
            self.kept.append(text)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag == "main":
            self._looks = True
        if self._leaving:
            self._depth += tag == self._leaving
        elif self._looks and self._acts(tag, attrs):
            if tag not in _VOID:
                self._leaving, self._depth = tag, 1
        else:
            self.kept.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if not (self._looks and self._acts(tag, attrs)):
            self._keep(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._keep(f"</{tag}>")
        if tag == self._leaving:
            self._depth -= 1
            if not self._depth:
                self._leaving = ""
        if tag == "main":
            self._looks = False

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._keep(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")
