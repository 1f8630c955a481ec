"""Results as pages and papers show them: the choice's name instead of its code, the unit as people read it."""

from collections.abc import Iterable
from dataclasses import dataclass

from laboratory.models import Answer, Result
from laboratory.ranges import range_text
from laboratory.states import Flag
from laboratory.units import readable
from laboratory.values import change_percent

Names = dict[tuple, str]


@dataclass(frozen=True)
class Shown:
    """One result in the reader's language."""

    result: Result
    value: str
    unit: str
    range: str
    previous: str
    change: str

    @property
    def test(self):
        return self.result.item.test

    @property
    def flag(self) -> str:
        return self.result.flag

    @property
    def flag_words(self) -> str:
        return str(Flag(self.result.flag).label) if self.result.flag else ""

    @property
    def is_out_of_range(self) -> bool:
        return self.result.flag not in (Flag.NONE, Flag.NORMAL)


def names_of(set_ids: Iterable) -> Names:
    """The names of all choices of these sets, by set and code, in one statement."""
    answers = Answer.objects.filter(answer_set__in={pk for pk in set_ids if pk})
    return {(answer.answer_set_id, answer.code): answer.name for answer in answers}


def present(results: Iterable[Result]) -> list[Shown]:
    """Results ready to be shown; fetches the names of choices once for all of them."""
    results = list(results)
    names = names_of(result.item.test.answer_set_id for result in results)
    return [show(result, names) for result in results]


def show(result: Result, names: Names) -> Shown:
    test = result.item.test
    before = result.previous.value if result.previous_id else ""
    change = change_percent(before, result.value) if before else None
    return Shown(
        result=result,
        value=value_text(test, result.value, names),
        unit=readable(result.unit),
        range=range_text(low=result.range_low, high=result.range_high, text=result.range_text),
        previous=value_text(test, before, names),
        change="" if change is None else f"{change:+f} %",
    )


def value_text(test, value: str, names: Names) -> str:
    return names.get((test.answer_set_id, value), value) if test.answer_set_id else value
