"""What the payer refused of an ended claim, told to the room that credits its invoice."""

from uuid import UUID

from billing.models import PayerShare
from billing.payer_rules import Refused, tells_refusals
from claims.models import ClaimLine
from claims.states import ClaimStatus


@tells_refusals
def refusals(share: PayerShare) -> dict[UUID | None, Refused]:
    lines = ClaimLine.objects.filter(claim__invoice=share.invoice_id).exclude(claim__status=ClaimStatus.WITHDRAWN)
    return {line.invoice_line_id: Refused(line.amount, line.rejected) for line in lines}
