"""The trail in words: names of tables, fields, pages and events."""

from oversight.words.fields import field_in_words
from oversight.words.pages import detail_in_words, event_in_words, page_in_words
from oversight.words.tables import PLATFORM_TABLES, ROOMS, TABLES, room_of, table_in_words, tables_of

__all__ = [
    "PLATFORM_TABLES",
    "ROOMS",
    "TABLES",
    "detail_in_words",
    "event_in_words",
    "field_in_words",
    "page_in_words",
    "room_of",
    "table_in_words",
    "tables_of",
]
