from django.apps import AppConfig


class ClinicalConfig(AppConfig):
    name = "clinical"

    def ready(self) -> None:
        import audit
        from clinical import access, holdings, home, looks, menu, panels, permissions, preferences, subscribers  # noqa: F401
        from clinical.models import EncounterMove, NoteRevision

        audit.append_only(EncounterMove)
        audit.append_only(NoteRevision)
