"""Entries of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from claims.queries import to_claim_count, write_offs_count
from core.menu import Entry, register

for entry in (
    Entry("insurance", _("Claims"), "claims:claim-list", "claim:view", "file-text", 36),
    Entry("insurance", _("To claim"), "claims:claim-waiting", "claim:prepare", "clipboard-list", 37, to_claim_count),
    Entry(
        "insurance", _("Write-offs to decide"), "claims:write-off-list", "claim:approve", "scale", 38, write_offs_count
    ),
    Entry("insurance", _("What payers owe"), "claims:ageing", "claim:view", "clock", 39),
):
    register(entry)
