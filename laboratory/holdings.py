"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold

hold("laboratory.Order", path="patient", resource="ServiceRequest")
hold("laboratory.OrderedPanel", path="order__patient", resource="ServiceRequest")
hold("laboratory.OrderItem", path="order__patient", resource="ServiceRequest")
hold("laboratory.ItemMove", path="item__order__patient", resource="Provenance")
hold("laboratory.Specimen", path="order__patient", resource="Specimen")
hold("laboratory.LabelPrint", path="specimen__order__patient", resource="Provenance")
hold("laboratory.Result", path="item__order__patient", resource="Observation")
hold("laboratory.CriticalAlert", path="result__item__order__patient", resource="Communication")
