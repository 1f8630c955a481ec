"""Reads of the formulary."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from pharmacy.models import Interaction, Medicine
from pharmacy.states import Severity

_NAMES = ("inn", "name_en", "name_km", "name_zh_hans", "brand_names")


def active_medicines() -> QuerySet[Medicine]:
    return Medicine.objects.filter(is_active=True)


def find_medicines(text: str, medicines: QuerySet[Medicine] | None = None) -> QuerySet[Medicine]:
    """Medicines whose INN, name in any language, brand, ATC code or own code fits every word; best matches first."""
    found = active_medicines() if medicines is None else medicines
    words = text.split()
    for word in words:
        found = found.filter(_fits(word))
    if not words:
        return found
    rank = Case(
        When(Q(inn__istartswith=text) | Q(name_en__istartswith=text), then=Value(0)),
        When(Q(brand_names__istartswith=text) | Q(atc__istartswith=text), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return found.order_by(rank, "inn", "form", "strength", "code")


def _fits(word: str) -> Q:
    fits = Q(atc__istartswith=word) | Q(code__istartswith=word) | Q(strength__istartswith=word)
    for name in _NAMES:
        fits |= Q(**{f"{name}__icontains": word})
    return fits


def filtered_medicines(*, text: str = "", form: str = "", only: str = "") -> QuerySet[Medicine]:
    """The catalogue list: search, dosage form, and one of "high_alert", "controlled", "inactive"."""
    medicines = Medicine.objects.filter(is_active=only != "inactive")
    if only in ("high_alert", "controlled"):
        medicines = medicines.filter(**{only: True})
    if form:
        medicines = medicines.filter(form=form)
    return find_medicines(text.strip(), medicines)


def filtered_interactions(*, text: str = "", severity: str = "") -> QuerySet[Interaction]:
    pairs = Interaction.objects.filter(is_active=True)
    if severity in Severity.values:
        pairs = pairs.filter(severity=severity)
    for word in text.split():
        code = word.upper()
        pairs = pairs.filter(
            Q(a_name__icontains=word)
            | Q(b_name__icontains=word)
            | Q(effect_en__icontains=word)
            | Q(a_atc__contains=[code])
            | Q(b_atc__contains=[code])
        )
    return pairs.order_by("number")
