"""Append-only trail of every write and of every reading of a patient's record, with a hash chain."""

from audit.registry import append_only, not_trailed
from core.db.writing import context

__all__ = ["append_only", "context", "not_trailed"]
