"""Reads of the hospital register."""

from django.db import connection
from django.db.models import Prefetch, QuerySet

from accounts.models import User
from hospitals.models import DemoRequest, Domain, Hospital, Plan, Subscription


def visible_hospitals(user: User) -> QuerySet[Hospital]:
    """Every hospital, with its hosts and newest subscription at hand; the console shows them all to platform staff."""
    if not user.may("hospital:view"):
        return Hospital.objects.none()
    return Hospital.objects.select_related("provisioning").prefetch_related(
        Prefetch("domains", Domain.objects.order_by("surface")), "subscriptions__plan"
    )


def offered_plans() -> QuerySet[Plan]:
    return Plan.objects.filter(is_offered=True)


def open_demo_requests() -> QuerySet[DemoRequest]:
    return DemoRequest.objects.filter(handled_at__isnull=True)


def staff_limit() -> int | None:
    """How many staff accounts the plan of the hospital in use allows; None for any number."""
    newest = (
        Subscription.objects.filter(hospital__schema_name=connection.schema_name)
        .select_related("plan")
        .order_by("-starts_on")
        .first()
    )
    return newest.plan.max_staff if newest else None
