from core.preference_forms import PreferenceForm


class RulesForm(PreferenceForm):
    """How a drawer is counted, and from where on somebody else looks."""

    keys = ("billing.blind_count", "cashoffice.voucher_limit_usd", "cashoffice.variance_limit_usd")
