from audit.services.trail import patients_noted, record_event, record_export, record_printing, record_reading

__all__ = ["patients_noted", "record_event", "record_export", "record_printing", "record_reading"]
