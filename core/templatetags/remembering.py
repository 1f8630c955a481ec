"""``{% remember key … %}``: a piece of a page that is the same for everybody to whom the keys are the same.

The frame's menus, styles and scripts are drawn once for each language and set of rights, then copied. A piece may
depend on nothing but its keys and the language: no form, no token, nothing about a patient.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from django.conf import settings
from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.template.loader_tags import BlockNode
from django.utils.translation import get_language

register = Library()
MOST = 500
_kept: OrderedDict[Hashable, str] = OrderedDict()


class RememberNode(Node):
    def __init__(self, place: Hashable, inside: NodeList, keys: list[FilterExpression]) -> None:
        self.place, self.inside, self.keys = place, inside, keys

    def render(self, context: Context) -> str:
        if settings.DEBUG:  # a template is being worked on
            return self.inside.render(context)
        key = (self.place, get_language(), *(_plain(one.resolve(context)) for one in self.keys))
        drawn = _kept.get(key)
        if drawn is None:
            drawn = _kept[key] = self.inside.render(context)
            if len(_kept) > MOST:
                _kept.popitem(last=False)
        return drawn


def _plain(value: Any) -> Hashable:
    return value if isinstance(value, tuple) else str(value)


@register.tag
def remember(parser: Parser, token: Token) -> RememberNode:
    """``{% remember hospital.name menu_place %}…{% endremember %}``; see above for what may stand inside."""
    keys = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    inside = parser.parse(("endremember",))
    parser.delete_first_token()
    if inside.get_nodes_by_type(BlockNode):
        raise TemplateSyntaxError("A page may fill a block differently: there can be none inside remember")
    return RememberNode((str(parser.origin), token.lineno, token.contents), inside, keys)
