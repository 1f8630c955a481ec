"""Doses as people read them and as arithmetic: pure functions over an item and its medicine.

One unambiguous written form in every language (ISMP list of error-prone abbreviations and dose designations): a leading
zero, never a trailing one, a decimal point, units in words where a symbol is misread.
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pharmacy.models import Medicine, PrescriptionItem
from pharmacy.vocabulary import ACTIVITY_IN_IU, FREQUENCIES, INJECTED, MASS_IN_MCG, SINGLE_USE, DoseUnit, Route


def plain_number(value: Decimal) -> str:
    """0.5, 10, 2.25: never .5, 10.0, 1E+1 or a comma."""
    text = format(value.normalize(), "f")
    return text if "." in text else str(int(value))


def dose_text(dose: Decimal, unit: str) -> str:
    """A dose with its unit in words: "1 tablet", "500 mg", "0.5 tablet", "10 international units"."""
    number, plural = plain_number(dose), 1 if dose <= 1 else 2
    if unit in _COUNTED:
        return _COUNTED[unit](plural) % {"number": number}
    return f"{number} {DoseUnit(unit).label}"


def units_text(medicine: Medicine, quantity: int) -> str:
    """A quantity of units of issue: "15 tablets", "2 × bottle 60 mL"."""
    if medicine.unit in _COUNTED and not medicine.unit_size:
        return dose_text(Decimal(quantity), medicine.unit)
    return f"{quantity} × {medicine.unit_label}"


def dose_in_words(dose: Decimal, unit: str) -> str:
    """The dose of a label: counted units carry the number as a word as well: "2 (two) tablets"."""
    word = _number_word(dose) if unit in _COUNTED else ""
    if not word:
        return dose_text(dose, unit)
    number = _("%(number)s (%(word)s)") % {"number": plain_number(dose), "word": word}
    return _COUNTED[unit](1 if dose <= 1 else 2) % {"number": number}


_COUNTED: dict[str, Callable[[int], str]] = {
    DoseUnit.TABLET: lambda n: ngettext("%(number)s tablet", "%(number)s tablets", n),
    DoseUnit.CAPSULE: lambda n: ngettext("%(number)s capsule", "%(number)s capsules", n),
    DoseUnit.VIAL: lambda n: ngettext("%(number)s vial", "%(number)s vials", n),
    DoseUnit.AMPOULE: lambda n: ngettext("%(number)s ampoule", "%(number)s ampoules", n),
    DoseUnit.SYRINGE: lambda n: ngettext("%(number)s prefilled syringe", "%(number)s prefilled syringes", n),
    DoseUnit.SACHET: lambda n: ngettext("%(number)s sachet", "%(number)s sachets", n),
    DoseUnit.BAG: lambda n: ngettext("%(number)s bag", "%(number)s bags", n),
    DoseUnit.UNIT_DOSE: lambda n: ngettext("%(number)s single-dose container", "%(number)s single-dose containers", n),
    DoseUnit.PESSARY: lambda n: ngettext("%(number)s pessary", "%(number)s pessaries", n),
    DoseUnit.PUFF: lambda n: ngettext("%(number)s puff", "%(number)s puffs", n),
    DoseUnit.DROP: lambda n: ngettext("%(number)s drop", "%(number)s drops", n),
    DoseUnit.APPLICATION: lambda n: ngettext("%(number)s application", "%(number)s applications", n),
}


def _number_word(value: Decimal) -> str:
    words = {
        Decimal("0.25"): pgettext("number", "one quarter"),
        Decimal("0.5"): pgettext("number", "one half"),
        Decimal(1): pgettext("number", "one"),
        Decimal("1.5"): pgettext("number", "one and a half"),
        Decimal(2): pgettext("number", "two"),
        Decimal(3): pgettext("number", "three"),
        Decimal(4): pgettext("number", "four"),
        Decimal(5): pgettext("number", "five"),
        Decimal(6): pgettext("number", "six"),
        Decimal(8): pgettext("number", "eight"),
        Decimal(10): pgettext("number", "ten"),
    }
    return words.get(value, "")


def duration_text(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def short_line(item: PrescriptionItem) -> str:
    """One line for lists: "1 tablet · three times a day · by mouth · 5 days"."""
    parts = [dose_text(item.dose, item.dose_unit), str(item.frequency_words), str(item.get_route_display())]
    if item.frequency != "STAT":
        parts.append(duration_text(item.duration_days))
    if item.as_needed:
        parts.append(_("only when needed"))
    return " · ".join(parts)


def directions(item: PrescriptionItem) -> str:
    """What the patient reads on the label, a whole sentence in the active language."""
    facts = {
        "dose": dose_in_words(item.dose, item.dose_unit),
        "frequency": str(item.frequency_words),
        "duration": duration_text(item.duration_days),
    }
    return _sentence(item) % facts


def _sentence(item: PrescriptionItem) -> str:
    once, route = item.frequency == "STAT", item.route
    if route == Route.ORAL:
        return _("Take %(dose)s by mouth now, one time only.") if once else _for_long(item, *_ORAL)
    if route == Route.SUBLINGUAL:
        return _("Put %(dose)s under the tongue now, one time only.") if once else _for_long(item, *_SUBLINGUAL)
    if route == Route.INHALATION:
        return _("Inhale %(dose)s now, one time only.") if once else _for_long(item, *_INHALED)
    if route in (Route.TOPICAL, Route.OPHTHALMIC, Route.VAGINAL, Route.RECTAL):
        return _local_sentence(route, item)
    if route in INJECTED:
        return _("%(dose)s by injection, given by staff: %(frequency)s.")
    return _("Use %(dose)s %(frequency)s for %(duration)s.")


def _for_long(item: PrescriptionItem, regular: Callable[[], str], when_needed: Callable[[], str]) -> str:
    return when_needed() if item.as_needed else regular()


_ORAL = (
    lambda: _("Take %(dose)s by mouth %(frequency)s for %(duration)s."),
    lambda: _("Take %(dose)s by mouth only when needed, at most %(frequency)s, for up to %(duration)s."),
)
_SUBLINGUAL = (
    lambda: _("Put %(dose)s under the tongue %(frequency)s for %(duration)s."),
    lambda: _("Put %(dose)s under the tongue only when needed, at most %(frequency)s, for up to %(duration)s."),
)
_INHALED = (
    lambda: _("Inhale %(dose)s %(frequency)s for %(duration)s."),
    lambda: _("Inhale %(dose)s only when needed, at most %(frequency)s, for up to %(duration)s."),
)
_LOCAL = {
    Route.TOPICAL: (
        lambda: _("Apply to the skin %(frequency)s for %(duration)s. Do not swallow."),
        lambda: _("Apply to the skin only when needed, at most %(frequency)s, for %(duration)s. Do not swallow."),
    ),
    Route.OPHTHALMIC: (
        lambda: _("Put %(dose)s into the eye %(frequency)s for %(duration)s."),
        lambda: _("Put %(dose)s into the eye only when needed, at most %(frequency)s, for up to %(duration)s."),
    ),
    Route.VAGINAL: (
        lambda: _("Put %(dose)s into the vagina %(frequency)s for %(duration)s. Do not swallow."),
        lambda: _("Put %(dose)s into the vagina only when needed, at most %(frequency)s. Do not swallow."),
    ),
    Route.RECTAL: (
        lambda: _("Put %(dose)s into the rectum %(frequency)s for %(duration)s. Do not swallow."),
        lambda: _("Put %(dose)s into the rectum only when needed, at most %(frequency)s. Do not swallow."),
    ),
}


def _local_sentence(route: str, item: PrescriptionItem) -> str:
    return _for_long(item, *_LOCAL[Route(route)])


def convert(value: Decimal, unit: str, to_unit: str) -> Decimal | None:
    """The same amount in another unit of its scale (g, mg, mcg or million units, units); None across scales."""
    if unit == to_unit:
        return value
    for scale in (MASS_IN_MCG, ACTIVITY_IN_IU):
        if unit in scale and to_unit in scale:
            return value * scale[DoseUnit(unit)] / scale[DoseUnit(to_unit)]
    return None


def dose_in_units(medicine: Medicine, dose: Decimal, unit: str) -> Decimal | None:
    """A dose in the medicine's counted dose unit (tablets, mL, puffs); None where the content is not known."""
    if unit == medicine.dose_unit:
        return dose
    if not medicine.content:
        return None
    amount = convert(dose, unit, medicine.content_unit)
    return None if amount is None else amount / medicine.content


def dose_as_content(medicine: Medicine, dose: Decimal, unit: str, to_unit: str) -> Decimal | None:
    """A dose as an amount of active substance; None where the content is not known."""
    if unit != medicine.dose_unit:
        return convert(dose, unit, to_unit)
    direct = convert(dose, unit, to_unit)
    if direct is not None:
        return direct
    return convert(dose * medicine.content, medicine.content_unit, to_unit) if medicine.content else None


def doses_in_course(frequency: str, days: int) -> int:
    per_day = FREQUENCIES[frequency].per_day
    return 1 if per_day is None else ceil(per_day * days)


def needed_quantity(medicine: Medicine, *, dose: Decimal, unit: str, frequency: str, days: int) -> int | None:
    """Whole units of issue for the course; None where a unit's size does not tell (creams, drops)."""
    each = dose_in_units(medicine, dose, unit)
    if each is None or not medicine.doses_per_unit:
        return None
    doses, units = doses_in_course(frequency, days), Fraction(each) / Fraction(medicine.doses_per_unit)
    if medicine.unit in SINGLE_USE and medicine.doses_per_unit == 1:
        return ceil(units) * doses
    return max(1, ceil(units * doses))
