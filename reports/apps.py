from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports import home, menu, permissions  # noqa: F401  they declare themselves when imported
