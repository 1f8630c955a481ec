from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from audit import append_only
        from billing import holdings, home, looks, mails, menu, models, panels, permissions, preferences  # noqa: F401
        from billing.queries import agreement  # noqa: F401  its checks declare themselves, too

        for model in (
            models.BooksClosing,
            models.CreditLine,
            models.Deposit,
            models.DepositMove,
            models.DepositRefundPart,
            models.DepositTender,
            models.ExchangeRate,
            models.Payment,
            models.Tender,
            models.Change,
            models.CashCount,
            models.ShiftLook,
            models.Entry,
            models.Instalment,
            models.Posting,
            models.Refund,
            models.RefundPart,
            models.Transition,
        ):
            append_only(model)
