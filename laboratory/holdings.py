"""What this room holds about a patient; see patients.holdings."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from laboratory.models import OrderItem
from laboratory.states import OPEN
from patients.hindrances import hinders
from patients.holdings import hold

hold("laboratory.Order", path="patient", resource="ServiceRequest")
hold("laboratory.OrderedPanel", path="order__patient", resource="ServiceRequest")
hold("laboratory.OrderItem", path="order__patient", resource="ServiceRequest")
hold("laboratory.ItemMove", path="item__order__patient", resource="Provenance")
hold("laboratory.Specimen", path="order__patient", resource="Specimen")
hold("laboratory.LabelPrint", path="specimen__order__patient", resource="Provenance")
hold("laboratory.Result", path="item__order__patient", resource="Observation")
hold("laboratory.CriticalAlert", path="result__item__order__patient", resource="Communication")


@hinders(_("A laboratory order is open."))
def awaiting_results(patients: Collection[UUID]) -> QuerySet:
    ordered = OrderItem.objects.filter(order__patient__in=patients, state__in=OPEN)
    return ordered.values_list("order__patient", flat=True)
