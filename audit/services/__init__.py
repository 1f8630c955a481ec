from audit.services.trail import record_event, record_export, record_printing, record_reading

__all__ = ["record_event", "record_export", "record_printing", "record_reading"]
