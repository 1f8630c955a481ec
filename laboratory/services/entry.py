"""Typing results: drafts, judged as they are typed, and their submission to the second person."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core import clock
from core.errors import DomainError, RecordChanged
from laboratory import formulas
from laboratory.errors import NothingEntered, SpecimenNotInUse, ValueRefused
from laboratory.models import Answer, OrderItem, ReferenceRange, Result, Specimen, Test
from laboratory.queries.results import previous_results
from laboratory.ranges import range_for
from laboratory.services.moves import lock_order, move_items, move_result
from laboratory.states import ItemState, ResultState, ValueType
from laboratory.values import clean_value, flag_of, is_remarkable, number_in
from patients.ages import age_on


@dataclass(frozen=True)
class Entry:
    """What was typed for one test. `abnormal` is the technician's own mark on a result in words."""

    value: str
    comment: str = ""
    abnormal: bool = False


class EntriesRefused(DomainError):
    """Some values are not possible; `errors` names them by ordered test. Nothing was kept."""

    def __init__(self, errors: dict[UUID, ValueRefused]) -> None:
        super().__init__(ValueRefused.message)
        self.errors = errors


@dataclass(frozen=True)
class Judgement:
    """How one value is to be read for one patient."""

    flag: str
    span: ReferenceRange | None
    previous: Result | None
    remarkable: bool


class Judge:
    """Everything needed to judge the results of some tests of one patient, fetched in three statements."""

    def __init__(self, *, specimen: Specimen, tests: list[Test]) -> None:
        ids = [test.pk for test in tests]
        patient, on = specimen.patient, timezone.localdate(specimen.collected_at)
        self.sex = patient.sex
        age = age_on(patient.birth_date, on)
        self.age_days = age.days
        self.person = formulas.Person(sex=patient.sex, age_years=age.years)
        self.spans: dict[UUID, list[ReferenceRange]] = {pk: [] for pk in ids}
        for span in ReferenceRange.objects.filter(test_id__in=ids):
            self.spans[span.test_id].append(span)
        self.answers: dict[UUID, dict[str, Answer]] = {}
        for answer in Answer.objects.filter(answer_set__test__in=ids).distinct():
            self.answers.setdefault(answer.answer_set_id, {})[answer.code] = answer
        self.before = previous_results(specimen, ids)

    def choices(self, test: Test) -> dict[str, Answer]:
        return self.answers.get(test.answer_set_id, {}) if test.answer_set_id else {}

    def span(self, test: Test) -> ReferenceRange | None:
        return range_for(self.spans.get(test.pk, ()), sex=self.sex, age_days=self.age_days)

    def clean(self, test: Test, text: str) -> str:
        return clean_value(test, text, choices=self.choices(test).keys())

    def judge(self, test: Test, value: str, *, abnormal: bool = False) -> Judgement:
        span, previous = self.span(test), self.before.get(test.pk)
        low, high = (span.low, span.high) if span else (None, None)
        bad = [code for code, answer in self.choices(test).items() if answer.abnormal]
        flag: str = flag_of(test, value, low=low, high=high, abnormal=bad) if value else ""
        if test.value_type == ValueType.TEXT:
            flag = "A" if abnormal else ""
        remarkable = bool(value and previous) and is_remarkable(test, previous.value, value)
        return Judgement(str(flag), span, previous, remarkable)


def judge_for(specimen: Specimen, items: list[OrderItem]) -> Judge:
    """The judge for the tests of one tube: age is counted on the day of collection."""
    return Judge(specimen=specimen, tests=[item.test for item in items])


@transaction.atomic
def save_results(
    *, specimen: Specimen, entries: Mapping[UUID, Entry], seen: str, submit: bool = False, by
) -> list[Result]:
    """Keep what was typed for a received tube; with `submit` hand what has a value to the second person.

    `seen` is the sheet's stamp (sheet_stamp) when it was opened: RecordChanged when somebody else typed meanwhile.
    Raises EntriesRefused with a message for every impossible value; then nothing is kept. Empty fields stay open, and
    what follows from other values by a formula is filled in.
    """
    lock_order(specimen.order_id)
    specimen = Specimen.objects.select_related("patient").get(pk=specimen.pk)
    if not specimen.is_received:
        raise SpecimenNotInUse
    if seen != sheet_stamp(specimen):
        raise RecordChanged
    items = list(specimen.items.filter(state=ItemState.RECEIVED).select_related("test"))
    judge = judge_for(specimen, items)
    cleaned = clean_entries(items, entries, judge)
    _fill_formulas(items, cleaned, judge)
    drafts = _drafts(specimen, items)
    kept = [_keep(item, specimen, cleaned[item.pk], drafts[item.pk], judge, by) for item in items if item.pk in cleaned]
    results = [result for result in kept if result is not None]
    if submit:
        _submit([result for result in results if result.value], items, by=by)
    return results


def sheet_stamp(specimen: Specimen) -> str:
    """Changes whenever somebody saves, submits or verifies a result of the tube."""
    latest = specimen.results.order_by("-updated_at").values_list("updated_at", flat=True).first()
    return f"{latest.timestamp():.6f}" if latest else "0"


def clean_entries(items: list[OrderItem], entries: Mapping[UUID, Entry], judge: Judge) -> dict[UUID, Entry]:
    """The entries in the form they are kept; EntriesRefused names all that are impossible."""
    cleaned: dict[UUID, Entry] = {}
    errors: dict[UUID, ValueRefused] = {}
    for item in items:
        if (entry := entries.get(item.pk)) is None:
            continue
        try:
            value = judge.clean(item.test, entry.value)
            cleaned[item.pk] = Entry(value, entry.comment.strip()[:500], entry.abnormal)
        except ValueRefused as error:
            errors[item.pk] = error
    if errors:
        raise EntriesRefused(errors)
    return cleaned


def _fill_formulas(items: list[OrderItem], cleaned: dict[UUID, Entry], judge: Judge) -> None:
    numbers = {
        item.test.code: number
        for item in items
        if item.pk in cleaned and (number := number_in(cleaned[item.pk].value)) is not None
    }
    for item in items:
        entry = cleaned.get(item.pk)
        if entry is None or entry.value or not item.test.formula:
            continue
        found = formulas.compute(item.test.formula, numbers, judge.person, decimals=item.test.decimals)
        if found is not None:
            cleaned[item.pk] = Entry(str(found), entry.comment)


def _drafts(specimen: Specimen, items: list[OrderItem]) -> dict[UUID, Result]:
    """The draft of each test, or an unsaved next version."""
    ids = [item.pk for item in items]
    versions = Result.objects.filter(item__in=ids).exclude(state=ResultState.VOIDED).values("item")
    used = dict(versions.annotate(n=Max("version")).values_list("item", "n"))
    drafts = {item.pk: Result(item=item, specimen=specimen, version=1 + used.get(item.pk, 0)) for item in items}
    for draft in specimen.results.filter(state=ResultState.DRAFT, item__in=ids):
        drafts[draft.item_id] = draft
    return drafts


def _keep(item: OrderItem, specimen: Specimen, entry: Entry, draft: Result, judge: Judge, by) -> Result | None:
    """Write the draft of one test; untouched rows keep who typed them."""
    is_new = draft._state.adding
    if is_new and not entry.value and not entry.comment:
        return None
    judgement = judge.judge(item.test, entry.value, abnormal=entry.abnormal)
    same = (draft.value, draft.comment, draft.flag) == (entry.value, entry.comment, judgement.flag)
    if is_new or not same:
        fill(draft, entry, judgement, specimen=specimen, by=by)
        draft.save()
    return draft


def fill(result: Result, entry: Entry, judgement: Judgement, *, specimen: Specimen, by) -> None:
    """Put a judged value into an unsaved version, with the range it was judged by."""
    span = judgement.span
    result.value, result.comment, result.flag = entry.value, entry.comment, judgement.flag
    result.unit = result.item.test.unit
    result.range_low, result.range_high = (span.low, span.high) if span else (None, None)
    result.range_text = (span.text or "") if span else ""
    result.previous, result.remarkable = judgement.previous, judgement.remarkable
    result.received_at = specimen.received_at
    result.entered_by, result.entered_at = by, max(clock.now(), specimen.received_at)


def _submit(results: list[Result], items: list[OrderItem], *, by) -> None:
    if not results:
        raise NothingEntered
    by_id = {item.pk: item for item in items}
    for result in results:
        moment = max(clock.now(), result.entered_at)
        move_result(result, "submit", submitted_by=by, submitted_at=moment, sent_back_reason="")
    move_items([by_id[result.item_id] for result in results], "result", by=by)
