"""What the platform itself needs before the first hospital: its roles, the role templates and the plans."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.permissions import PLATFORM_ROLES, ROLES, default_codes
from accounts.services.roles import NEEDS_SECOND_FACTOR, create_roles, meet_new_permissions
from core.crypto import create_hospital_keys
from hospitals.models import Plan, RoleTemplate
from hospitals.services.starting import in_three_languages
from terminology.services.loading import load_terminology

PLANS = [
    ("clinic", _("Clinic"), _("One branch, everything an outpatient clinic needs"), "49", 1, 15, 20_000),
    ("hospital", _("Hospital"), _("Several branches and all departments"), "199", 5, 150, 250_000),
    ("network", _("Network"), _("Hospital groups without limits, with support at night"), "599", None, None, None),
]


@transaction.atomic
def prepare_platform() -> None:
    """Create what is missing of reference tables, keys, roles, templates and plans; what exists stays as it is."""
    load_terminology()
    create_hospital_keys()
    create_roles({code: default_codes(code) for code in PLATFORM_ROLES}, PLATFORM_ROLES)
    meet_new_permissions()
    for code, label in ROLES.items():
        RoleTemplate.objects.get_or_create(
            code=code,
            defaults={
                "permissions": default_codes(code),
                "requires_second_factor": code in NEEDS_SECOND_FACTOR,
                **in_three_languages("name", label),
            },
        )
    if not Plan.objects.exists():
        _create_plans()


def _create_plans() -> None:
    for order, (code, name, description, price, branches, staff, patients) in enumerate(PLANS):
        Plan.objects.create(
            code=code,
            monthly_usd=Decimal(price),
            max_branches=branches,
            max_staff=staff,
            max_patients=patients,
            order=order,
            **in_three_languages("name", name),
            **in_three_languages("description", description),
        )
