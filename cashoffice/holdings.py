"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold

hold(
    "cashoffice.Match",
    path="posting__entry__invoice__patient",
    resource="Basic",
    why_kept_in="the hospital's own books; the invoice and its payments are handed out",
)
