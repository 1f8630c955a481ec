from claims.models.batch import Batch, Channel, Transmission
from claims.models.claim import Appeal, Claim, ClaimLine, ClaimMove, ClaimPaper, DenialReason
from claims.models.remittance import Disposition, Remittance, RemittanceLine

__all__ = [
    "Appeal",
    "Batch",
    "Channel",
    "Claim",
    "ClaimLine",
    "ClaimMove",
    "ClaimPaper",
    "DenialReason",
    "Disposition",
    "Remittance",
    "RemittanceLine",
    "Transmission",
]
