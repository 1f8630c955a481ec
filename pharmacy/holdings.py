"""What this room holds about a patient; see patients.holdings."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from patients.hindrances import hinders
from patients.holdings import hold
from pharmacy.models import Prescription
from pharmacy.states import OPEN_PRESCRIPTIONS

hold("pharmacy.Prescription", path="patient", resource="RequestGroup")
hold("pharmacy.PrescriptionItem", path="prescription__patient", resource="MedicationRequest")
hold("pharmacy.SafetyWarning", path="item__prescription__patient", resource="DetectedIssue")
hold("pharmacy.PrescriptionQuery", path="prescription__patient", resource="Communication")
hold("pharmacy.StatusChange", path="prescription__patient", resource="Provenance")
hold("pharmacy.Dispense", path="prescription__patient", resource="MedicationDispense")
hold("pharmacy.DispenseLine", path="dispense__prescription__patient", resource="MedicationDispense")
hold("pharmacy.MedicineReturn", path="line__dispense__prescription__patient", resource="MedicationDispense")


@hinders(_("A prescription is open."))
def to_be_dispensed(patients: Collection[UUID]) -> QuerySet:
    prescriptions = Prescription.objects.filter(patient__in=patients, status__in=OPEN_PRESCRIPTIONS)
    return prescriptions.values_list("patient", flat=True)
