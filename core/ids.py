"""Identifiers of records."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """Return a UUIDv7: known before the row is saved (encryption is bound to it), growing with time (small indexes)."""
    return uuid_utils.compat.uuid7()
