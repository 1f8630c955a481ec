"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold

WHY = "the hospital's own books; the invoice and its payments are handed out"

hold("cashoffice.Match", path="posting__entry__invoice__patient", resource="Basic", why_kept_in=WHY)
hold("cashoffice.Clearing", path="against__entry__invoice__patient", resource="Basic", why_kept_in=WHY)
