"""Django's own ``translate``, ``url`` and ``date``, for lists whose rows would work out the same again and again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.template import Context, Library
from django.template.base import Parser, Token, Variable
from django.template.defaultfilters import date as django_date
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.urls import NoReverseMatch
from django.utils.formats import get_format
from django.utils.translation import get_language

from core.links import link

register = Library()


class FixedWords(TranslateNode):
    """``{% translate "…" %}`` without variables: the words are looked up once for each language."""

    def __init__(self, found: TranslateNode) -> None:
        self.__dict__.update(found.__dict__)
        self.target, self.asvar = self.asvar, None
        self.drawn: dict[tuple[str | None, bool], Any] = {}

    def render(self, context: Context) -> str:
        key = (get_language(), context.autoescape)
        words = self.drawn.get(key)
        if words is None:
            words = self.drawn[key] = super().render(context)
        if self.target:
            context[self.target] = words
            return ""
        return words


class Link(URLNode):
    """``{% url "name" row.pk %}``: the way to a page without arguments or with ids."""

    def __init__(self, found: URLNode) -> None:
        super().__init__(found.view_name, found.args, found.kwargs, found.asvar)
        self.name = str(found.view_name.var)

    def render(self, context: Context) -> str:
        ids = [arg.resolve(context) for arg in self.args]
        if not all(type(one) is UUID for one in ids):
            return super().render(context)
        try:
            address = link(self.name, *ids)
        except NoReverseMatch:
            return super().render(context)  # which knows what to make of it
        if self.asvar:
            context[self.asvar] = address
            return ""
        return address


@register.tag("translate")
def translate(parser: Parser, token: Token) -> TranslateNode:
    found = do_translate(parser, token)
    words, about = found.filter_expression, found.message_context
    is_fixed = not words.filters and words.var.literal is not None and not (about and _varies(about))
    return FixedWords(found) if is_fixed else found


@register.tag("url")
def url(parser: Parser, token: Token) -> URLNode:
    found = django_url(parser, token)
    return found if found.kwargs or _varies(found.view_name) else Link(found)


# Formats of digits alone, as config.formats has them for every language.
_DIGITS: dict[str, Callable[[datetime], str]] = {
    "Y-m-d": lambda day: f"{day.year:04}-{day.month:02}-{day.day:02}",
    "Y-m-d H:i": lambda at: f"{at.year:04}-{at.month:02}-{at.day:02} {at.hour:02}:{at.minute:02}",
    "H:i": lambda at: f"{at.hour:02}:{at.minute:02}",
    "c": datetime.isoformat,
}


@register.filter(name="date", expects_localtime=True, is_safe=False)
def written(value: Any, arg: str | None = None) -> str:
    """Moments in digits are written at once; all else by Django."""
    digits = _DIGITS.get(get_format(arg or "DATE_FORMAT")) if isinstance(value, datetime) else None
    return digits(value) if digits else django_date(value, arg)


def _varies(expression: Any) -> bool:
    return isinstance(expression.var, Variable) or bool(expression.filters)
