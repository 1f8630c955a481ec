"""The sheet on which the results of one tube are typed: its rows, and what a browser sends back."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from laboratory.models import Answer, OrderItem, Result, Specimen
from laboratory.presentation import names_of, value_text
from laboratory.ranges import range_text
from laboratory.services.entry import Entry, Judge, Judgement
from laboratory.states import ItemState, ResultState
from laboratory.units import readable
from laboratory.values import change_percent


@dataclass
class Row:
    """One test on the sheet, with what was typed or kept, and how it is to be read."""

    item: OrderItem
    entry: Entry
    judgement: Judgement
    choices: Mapping[str, Answer]
    previous_text: str
    draft: Result | None = None
    error: str = ""

    @property
    def test(self):
        return self.item.test

    @property
    def name(self) -> str:
        return f"value-{self.item.pk}"

    @property
    def unit(self) -> str:
        return readable(self.test.unit)

    @property
    def range(self) -> str:
        span = self.judgement.span
        return range_text(low=span.low, high=span.high, text=span.text) if span else ""

    @property
    def is_unconfirmed(self) -> bool:
        span = self.judgement.span
        return span is not None and not span.confirmed

    @property
    def change(self) -> str:
        previous = self.judgement.previous
        percent = change_percent(previous.value, self.entry.value) if previous and not self.error else None
        return "" if percent is None else f"{percent:+f} %"


def entries_in(data: Mapping[str, str], items: list[OrderItem]) -> dict[UUID, Entry]:
    """What was typed for these tests; fields of other tests are not looked at."""
    return {
        item.pk: Entry(
            value=data.get(f"value-{item.pk}", "").strip(),
            comment=data.get(f"comment-{item.pk}", "").strip(),
            abnormal=f"abnormal-{item.pk}" in data,
        )
        for item in items
        if f"value-{item.pk}" in data
    }


def open_items(specimen: Specimen) -> list[OrderItem]:
    """The tests of a received tube whose result is still to be typed."""
    related = ("test__section", "test__answer_set")
    return list(specimen.items.filter(state=ItemState.RECEIVED).select_related(*related))


def rows_of(
    specimen: Specimen,
    items: list[OrderItem],
    judge: Judge,
    *,
    typed: Mapping[UUID, Entry] | None = None,
    errors: Mapping[UUID, str] | None = None,
) -> list[Row]:
    """The sheet's rows: what was typed where something was, else the kept draft."""
    drafts = {result.item_id: result for result in specimen.results.filter(state=ResultState.DRAFT)}
    names = names_of(item.test.answer_set_id for item in items)
    return [_row(item, drafts.get(item.pk), judge, names, typed or {}, errors or {}) for item in items]


def _row(item: OrderItem, draft: Result | None, judge: Judge, names, typed, errors) -> Row:
    entry = typed.get(item.pk) or _kept(draft)
    error = errors.get(item.pk, "")
    judgement = judge.judge(item.test, "" if error else entry.value, abnormal=entry.abnormal)
    previous = judgement.previous
    return Row(
        item=item,
        entry=entry,
        judgement=judgement,
        choices=judge.choices(item.test),
        previous_text=value_text(item.test, previous.value, names) if previous else "",
        draft=draft,
        error=str(error),
    )


def _kept(draft: Result | None) -> Entry:
    return Entry(draft.value, draft.comment, draft.flag == "A") if draft else Entry("")
