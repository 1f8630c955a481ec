"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold

hold("crm.FamilyMembership", path="family__members", resource="Coverage")
hold("crm.PointEntry", path="membership__family__members", resource="Account")
