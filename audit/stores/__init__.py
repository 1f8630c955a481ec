"""Where checkpoints are kept, outside the database: a directory, or a bucket that speaks the S3 protocol."""

from typing import Protocol

from django.conf import settings

from audit.stores.directory import DirectoryStore
from audit.stores.errors import AlreadyThere

__all__ = ["AlreadyThere", "DirectoryStore", "Store", "store_at"]


class Store(Protocol):
    """Names are paths with slashes. What is there is never written over."""

    def put_new(self, name: str, content: bytes) -> None:
        """Write whole or not at all. Raises AlreadyThere."""

    def names(self, folder: str) -> list[str]:
        """Names below a folder, in their order."""

    def read(self, name: str) -> bytes:
        """The content of one name."""


def store_at(place: str = "") -> Store:
    """The store at ``s3://bucket/prefix`` or in a directory; of the installation's own place when none is given."""
    place = place or settings.AUDIT_CHECKPOINTS
    if place.startswith("s3://"):
        from audit.stores.bucket import BucketStore  # its client is large; directories do without

        return BucketStore(place)
    return DirectoryStore(place)
