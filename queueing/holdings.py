"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold

hold("queueing.Ticket", path="patient", resource="Appointment")
hold("queueing.TicketMove", path="ticket__patient", resource="Provenance")
