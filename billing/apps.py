from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from audit import append_only
        from billing import holdings, home, menu, models, panels, permissions, preferences  # noqa: F401

        for model in (
            models.BooksClosing,
            models.ExchangeRate,
            models.Payment,
            models.Tender,
            models.Change,
            models.CashCount,
            models.Entry,
            models.Posting,
            models.Transition,
        ):
            append_only(model)
