from django.apps import AppConfig


class QueueingConfig(AppConfig):
    name = "queueing"

    def ready(self) -> None:
        import audit
        from queueing import access, holdings, home, looks, menu, permissions, subscribers  # noqa: F401
        from queueing.models import TicketMove

        audit.append_only(TicketMove)
