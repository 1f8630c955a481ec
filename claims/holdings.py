"""What this room holds about a patient; see patients.holdings."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from claims.models import Claim
from claims.states import OPEN
from patients.hindrances import hinders
from patients.holdings import hold

hold("claims.Claim", path="patient", resource="Claim")
hold("claims.ClaimLine", path="claim__patient", resource="Claim")
hold("claims.ClaimMove", path="claim__patient", resource="Provenance")
hold("claims.ClaimPaper", path="claim__patient", resource="DocumentReference")
hold("claims.Appeal", path="claim__patient", resource="Claim")
hold("claims.Transmission", path="claim__patient", resource="Provenance")
hold("claims.RemittanceLine", path="claim__patient", resource="ClaimResponse")
hold("claims.Disposition", path="claim__patient", resource="ClaimResponse")


@hinders(_("A claim is open."))
def claimed(patients: Collection[UUID]) -> QuerySet:
    """Patients of whom a payer still has to answer or to pay."""
    return Claim.objects.filter(patient__in=patients, status__in=OPEN).values_list("patient", flat=True)
