"""Words for the laboratory's templates."""

from decimal import Decimal

from django import template

from laboratory.units import readable
from laboratory.values import plain

register = template.Library()


@register.filter
def readable_unit(unit: str) -> str:
    """A UCUM unit as people read it."""
    return readable(unit or "")


@register.filter
def plain_number(number: Decimal | None) -> str:
    """A limit without needless zeros, in the one numeric form of every language."""
    return plain(number)
