"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold

hold("pharmacy.Prescription", path="patient", resource="RequestGroup")
hold("pharmacy.PrescriptionItem", path="prescription__patient", resource="MedicationRequest")
hold("pharmacy.SafetyWarning", path="item__prescription__patient", resource="DetectedIssue")
hold("pharmacy.PrescriptionQuery", path="prescription__patient", resource="Communication")
hold("pharmacy.StatusChange", path="prescription__patient", resource="Provenance")
hold("pharmacy.Dispense", path="prescription__patient", resource="MedicationDispense")
hold("pharmacy.DispenseLine", path="dispense__prescription__patient", resource="MedicationDispense")
hold("pharmacy.MedicineReturn", path="line__dispense__prescription__patient", resource="MedicationDispense")
