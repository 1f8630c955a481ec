from django.apps import AppConfig


class HospitalsConfig(AppConfig):
    name = "hospitals"

    def ready(self) -> None:
        from hospitals import checks, menu, permissions  # noqa: F401
