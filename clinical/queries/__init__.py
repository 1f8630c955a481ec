"""Reads of the clinical room; other departments use `active_allergies` and `visible_encounters`."""

from clinical.queries.charts import (
    active_allergies,
    active_conditions,
    active_history,
    allergy_words,
    earlier_diagnoses,
    latest_vitals,
    timeline,
)
from clinical.queries.encounters import (
    encounter_of_ticket,
    encounters_enrolled,
    encounters_in_line,
    encounters_to_triage,
    visible_allergies,
    visible_conditions,
    visible_diagnoses,
    visible_encounters,
    visible_history_items,
    visible_notes,
    visible_vitals,
)

__all__ = [
    "active_allergies",
    "active_conditions",
    "active_history",
    "allergy_words",
    "earlier_diagnoses",
    "encounter_of_ticket",
    "encounters_enrolled",
    "encounters_in_line",
    "encounters_to_triage",
    "latest_vitals",
    "timeline",
    "visible_allergies",
    "visible_conditions",
    "visible_diagnoses",
    "visible_encounters",
    "visible_history_items",
    "visible_notes",
    "visible_vitals",
]
