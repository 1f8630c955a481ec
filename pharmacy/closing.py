"""Medicines still to be given keep a visit open."""

from clinical.services.closing import hold_open
from patients.models import Visit
from pharmacy.models import Dispense, Prescription
from pharmacy.states import OPEN_DISPENSES, OPEN_PRESCRIPTIONS


@hold_open
def medicines_outstanding(visit: Visit) -> bool:
    """A signed prescription that nobody has dispensed, stopped or let expire, or a bag that waits at the window."""
    if Prescription.objects.filter(visit=visit, status__in=OPEN_PRESCRIPTIONS).exists():
        return True
    return Dispense.objects.filter(prescription__visit=visit, status__in=OPEN_DISPENSES).exists()
