from audit.models.record import Kind, Record, Seal, Watermark

__all__ = ["Kind", "Record", "Seal", "Watermark"]
