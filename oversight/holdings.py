"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold
from patients.states import Erases

hold(
    "oversight.WatchedPatient",
    path="patient",
    resource="Flag",
    why_kept_in="that readings of the record are watched protects the patient only while it is not known",
    erases=Erases.REMOVE,
)
