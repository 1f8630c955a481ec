from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from laboratory.models import Panel, PanelMember, Test

FOUND = 12  # what a search beside the order shows; more is a reason to type on


def _matches(text: str) -> Q:
    """The catalogue's own codes and the names in all three languages, whatever the language of the screen."""
    words = text.split()
    found = Q()
    for word in words:
        found &= (
            Q(code__istartswith=word)
            | Q(name_en__icontains=word)
            | Q(name_km__icontains=word)
            | Q(name_zh_hans__icontains=word)
        )
    return found


def search_tests(text: str) -> QuerySet[Test]:
    """Tests by code, LOINC or words of any language; everything when nothing was typed."""
    tests = Test.objects.select_related("section", "specimen_type", "container")
    text = text.strip()
    return tests.filter(_matches(text) | Q(loinc__startswith=text)) if text else tests


def find_orderable(text: str) -> tuple[list[Panel], list[Test]]:
    """Panels and tests on offer that match what the doctor types."""
    if not text.strip():
        return [], []
    panels = Panel.objects.filter(_matches(text), active=True).annotate(size=Count("members"))
    tests = search_tests(text).filter(active=True).order_by("code")
    return list(panels.order_by("code")[:FOUND]), list(tests[:FOUND])


def panels_with_tests() -> list[Panel]:
    """The panels on offer with what they contain."""
    members = PanelMember.objects.select_related("test").order_by("position")
    return list(Panel.objects.filter(active=True).prefetch_related(Prefetch("members", members)))


def chosen(panel_ids: Collection[UUID], test_ids: Collection[UUID]) -> tuple[list[Panel], list[Test]]:
    panels = Panel.objects.filter(pk__in=panel_ids, active=True).annotate(size=Count("members"))
    return list(panels), list(Test.objects.filter(pk__in=test_ids, active=True))
