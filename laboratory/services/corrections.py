from django.db import transaction

from core import clock
from laboratory.errors import CorrectionInWork, ReasonMissing, SameValue, ValueRefused
from laboratory.models import OrderItem, Result
from laboratory.services.entry import Entry, fill, judge_for
from laboratory.services.moves import lock_order
from laboratory.states import ITEM_FLOW, UNVERIFIED, ResultState


@transaction.atomic
def correct_result(*, item: OrderItem, entry: Entry, reason: str, by) -> Result:
    """Submit another version of a released result; the old one stays valid until a second person verifies the new one.

    Raises ValueRefused, ReasonMissing, SameValue or CorrectionInWork.
    """
    lock_order(item.order_id)
    item = OrderItem.objects.select_related("test", "specimen__patient").get(pk=item.pk)
    ITEM_FLOW.check("correct", item.state)
    if not reason.strip():
        raise ReasonMissing
    if item.results.filter(state__in=[*UNVERIFIED, ResultState.VERIFIED]).exists():
        raise CorrectionInWork
    judge = judge_for(item.specimen, [item])
    entry = Entry(_clean(judge, item, entry), entry.comment.strip()[:500], entry.abnormal)
    judgement = judge.judge(item.test, entry.value, abnormal=entry.abnormal)
    current = item.results.get(state=ResultState.RELEASED)  # the latest version that is not given up
    if (current.value, current.comment, current.flag) == (entry.value, entry.comment, judgement.flag):
        raise SameValue
    result = Result(item=item, specimen=item.specimen, version=current.version + 1)
    fill(result, entry, judgement, specimen=item.specimen, by=by)
    result.state, result.correction_reason = ResultState.SUBMITTED, reason.strip()
    result.submitted_by, result.submitted_at = by, max(clock.now(), result.entered_at)
    result.save()
    return result


def _clean(judge, item: OrderItem, entry: Entry) -> str:
    value = judge.clean(item.test, entry.value)
    if not value:
        raise ValueRefused(field="value")
    return value
