from audit.models.record import Record, Seal

__all__ = ["Record", "Seal"]
