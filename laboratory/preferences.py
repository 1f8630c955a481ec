"""The laboratory's rules that a hospital may set for itself."""

from django.utils.translation import gettext_lazy as _

from core.preferences import declare

declare("laboratory.pay_first", default=False, label=_("Collect specimens only after payment"), kind=bool)
declare("laboratory.four_eyes", default=True, label=_("Results are verified by a second person"), kind=bool)
declare("laboratory.release_at_once", default=True, label=_("Verified results are released at once"), kind=bool)
declare("laboratory.duplicate_hours", default=24, label=_("Warn when a test is repeated within (hours)"), kind=int)
declare("laboratory.delta_days", default=180, label=_("Compare with previous results of the last (days)"), kind=int)
