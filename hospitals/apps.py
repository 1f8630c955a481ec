from django.apps import AppConfig


class HospitalsConfig(AppConfig):
    name = "hospitals"

    def ready(self) -> None:
        from accounts.limits import read_staff_limit_by
        from hospitals import checks, menu, permissions, queries  # noqa: F401

        read_staff_limit_by(queries.staff_limit)
