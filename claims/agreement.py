"""A check of the books that this room adds: claims and the payer's part of their invoices say the same."""

from collections.abc import Iterator

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from billing.models import Entry, PayerShare
from billing.queries.comparing import Disagreement, compare
from claims.models import Claim


@compare(_("What claims brought in"))
def claims_settled() -> Iterator[Disagreement]:
    """Paid (less what went back), passed on and written off, by an invoice's claims and by the share of its payer."""
    settled = F("paid") - F("returned") + F("transferred") + F("written_off")
    rows = Claim.objects.order_by().values("invoice", "invoice__number").annotate(sum=Sum(settled))
    shares = PayerShare.objects.annotate(sum=settled).filter(sum__gt=0)
    known = dict(shares.values_list("invoice", "sum"))
    for row in rows:
        share = known.pop(row["invoice"], 0)
        if share != row["sum"]:
            entries = Entry.objects.filter(invoice=row["invoice"]).order_by("-pk").values_list("pk", flat=True)
            yield Disagreement(str(row["invoice__number"]), entries.first(), share, row["sum"])
