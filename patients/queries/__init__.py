"""Reads of the patients room."""

from patients.queries.documents import papers_of, visible_documents
from patients.queries.duplicates import Match, find_duplicates
from patients.queries.patients import (
    find_by_mrn,
    guarded_by_number,
    newest_patients,
    visible_families,
    visible_patients,
)
from patients.queries.search import search_families, search_patients
from patients.queries.visits import open_visits, visible_visits, visits_of

__all__ = [
    "Match",
    "find_by_mrn",
    "find_duplicates",
    "guarded_by_number",
    "newest_patients",
    "open_visits",
    "papers_of",
    "search_families",
    "search_patients",
    "visible_documents",
    "visible_families",
    "visible_patients",
    "visible_visits",
    "visits_of",
]
