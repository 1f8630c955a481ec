from hospitals.models.hospital import Domain, Hospital, Provisioning, ProvisioningStep, Surface
from hospitals.models.plan import DemoRequest, Plan, RoleTemplate, Subscription

__all__ = [
    "DemoRequest",
    "Domain",
    "Hospital",
    "Plan",
    "Provisioning",
    "ProvisioningStep",
    "RoleTemplate",
    "Subscription",
    "Surface",
]
