"""Which reference range holds for somebody. Pure rules, no database."""

from collections.abc import Iterable

from laboratory.models import ReferenceRange
from laboratory.states import RangeSex
from laboratory.values import plain


def range_for(ranges: Iterable[ReferenceRange], *, sex: str, age_days: int) -> ReferenceRange | None:
    """The range of this sex and age: one for the sex before one for any, then the one that begins latest."""
    fitting = [one for one in ranges if one.covers(sex=sex, age_days=age_days)]
    return max(fitting, key=lambda one: (one.sex != RangeSex.ANY, one.age_from), default=None)


def range_text(*, low, high, text: str = "") -> str:
    """A range as it is printed: 3.5–5.1, ≥ 60, ≤ 40, or its words."""
    if low is not None and high is not None:
        return f"{plain(low)}–{plain(high)}"
    if low is not None:
        return f"≥ {plain(low)}"
    return f"≤ {plain(high)}" if high is not None else text
