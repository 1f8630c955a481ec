"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold

hold("insurance.Coverage", path="patient", resource="Coverage")
hold("insurance.CoverageYear", path="coverage__patient", resource="Coverage")
hold("insurance.VisitCoverage", path="visit__patient", resource="Coverage")
hold("insurance.LimitMove", path="visit_coverage__visit__patient", resource="Coverage")
hold("insurance.EligibilityCheck", path="coverage__patient", resource="CoverageEligibilityResponse")
hold("insurance.Authorisation", path="coverage__patient", resource="ClaimResponse")
