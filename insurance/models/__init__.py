from insurance.models.coverage import (
    Authorisation,
    Coverage,
    CoverageYear,
    EligibilityCheck,
    LimitMove,
    VisitCoverage,
)
from insurance.models.payer import CaseRate, Contract, ContractRule, Payer

__all__ = [
    "Authorisation",
    "CaseRate",
    "Contract",
    "ContractRule",
    "Coverage",
    "CoverageYear",
    "EligibilityCheck",
    "LimitMove",
    "Payer",
    "VisitCoverage",
]
