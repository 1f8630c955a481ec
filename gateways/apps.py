from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    name = "gateways"

    def ready(self) -> None:
        from audit import append_only
        from gateways import holdings, looks, mails, menu, models, panels, paper_codes, permissions  # noqa: F401

        for model in (models.QrReceipt, models.StripeEvent):
            append_only(model)
