from core.models.base import AppendOnly, UUIDModel, VersionedModel, lock_current
from core.models.counter import Counter
from core.models.data_key import DataKey
from core.models.event import Delivery, Event
from core.models.file import StoredFile
from core.models.preference import Preference
from core.models.submission import Submission

__all__ = [
    "AppendOnly",
    "Counter",
    "DataKey",
    "Delivery",
    "Event",
    "Preference",
    "StoredFile",
    "Submission",
    "UUIDModel",
    "VersionedModel",
    "lock_current",
]
