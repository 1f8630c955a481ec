"""Reads of the platform's own trail, which lies in the public schema."""

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from audit.models import Record
from hospitals.models import Domain, Hospital, Provisioning, Subscription


def about_hospital(found: QuerySet[Record], hospital: Hospital) -> QuerySet[Record]:
    """Records of a hospital's own row, of the rows that hang on it, and of events about it."""
    hanging = [
        *Domain.objects.filter(tenant=hospital).values_list("pk", flat=True),
        *Provisioning.objects.filter(hospital=hospital).values_list("pk", flat=True),
        *Subscription.objects.filter(hospital=hospital).values_list("pk", flat=True),
    ]
    of_rows = Q(row_id__in=[str(pk) for pk in (hospital.pk, *hanging)], table_name__startswith="hospitals_")
    told = found.annotate(about=KeyTextTransform("hospital", "after"))
    return told.filter(of_rows | Q(kind="event", about=str(hospital.pk)))
