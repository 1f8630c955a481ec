from core.preference_forms import PreferenceForm


class RulesForm(PreferenceForm):
    """How a drawer is counted, from where on somebody else looks, and what may be a fee."""

    keys = (
        "billing.blind_count",
        "cashoffice.voucher_limit_usd",
        "cashoffice.variance_limit_usd",
        "cashoffice.fee_percent",
    )
