"""Controlled words of a prescription: forms, units, routes, frequencies.

The words are choices, not free text, so that a label reads the same in three languages. Frequencies keep the Latin
code that prescribers type, but every screen and every label shows the clear words beside or instead of it.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Form(TextChoices):
    TABLET = "tablet", pgettext_lazy("dosage form", "tablet")
    CHEWABLE_TABLET = "tablet, chewable", _("chewable tablet")
    DISPERSIBLE_TABLET = "tablet, dispersible", _("dispersible tablet")
    MODIFIED_RELEASE_TABLET = "tablet, modified release", _("modified-release tablet")
    CAPSULE = "capsule", pgettext_lazy("dosage form", "capsule")
    INJECTION = "injection", pgettext_lazy("dosage form", "injection")
    POWDER_FOR_INJECTION = "powder for injection", _("powder for injection")
    INFUSION = "solution for infusion", _("solution for infusion")
    SYRUP = "syrup", _("syrup")
    ORAL_SUSPENSION = "oral suspension", _("oral suspension")
    POWDER_FOR_ORAL_SUSPENSION = "powder for oral suspension", _("powder for oral suspension")
    POWDER = "powder", pgettext_lazy("dosage form", "powder")
    SOLUTION = "solution", pgettext_lazy("dosage form", "solution")
    CREAM = "cream", pgettext_lazy("dosage form", "cream")
    LOTION = "lotion", pgettext_lazy("dosage form", "lotion")
    EYE_DROPS = "eye drops", _("eye drops")
    EYE_OINTMENT = "eye ointment", _("eye ointment")
    INHALER = "inhaler", pgettext_lazy("dosage form", "inhaler")
    NEBULIZER_SOLUTION = "nebulizer solution", _("nebuliser solution")
    PESSARY = "pessary", pgettext_lazy("dosage form", "pessary")
    GAS = "gas", pgettext_lazy("dosage form", "gas")


class PackUnit(TextChoices):
    """What is counted in the store and handed over; stock and quantities are whole numbers of it."""

    TABLET = "tablet", pgettext_lazy("unit", "tablet")
    CAPSULE = "capsule", pgettext_lazy("unit", "capsule")
    VIAL = "vial", pgettext_lazy("unit", "vial")
    AMPOULE = "ampoule", pgettext_lazy("unit", "ampoule")
    SYRINGE = "prefilled syringe", pgettext_lazy("unit", "prefilled syringe")
    BOTTLE = "bottle", pgettext_lazy("unit", "bottle")
    BAG = "bag", pgettext_lazy("unit", "bag")
    TUBE = "tube", pgettext_lazy("unit", "tube")
    SACHET = "sachet", pgettext_lazy("unit", "sachet")
    INHALER = "inhaler", pgettext_lazy("unit", "inhaler")
    UNIT_DOSE = "unit dose", pgettext_lazy("unit", "single-dose container")
    PESSARY = "pessary", pgettext_lazy("unit", "pessary")
    CYCLE = "cycle", pgettext_lazy("unit", "cycle pack")
    CYLINDER = "cylinder", pgettext_lazy("unit", "cylinder")


class DoseUnit(TextChoices):
    """What one dose is measured in. International symbols stay as they are in every language."""

    TABLET = "tablet", pgettext_lazy("unit", "tablet")
    CAPSULE = "capsule", pgettext_lazy("unit", "capsule")
    VIAL = "vial", pgettext_lazy("unit", "vial")
    AMPOULE = "ampoule", pgettext_lazy("unit", "ampoule")
    SYRINGE = "prefilled syringe", pgettext_lazy("unit", "prefilled syringe")
    SACHET = "sachet", pgettext_lazy("unit", "sachet")
    BAG = "bag", pgettext_lazy("unit", "bag")
    UNIT_DOSE = "unit dose", pgettext_lazy("unit", "single-dose container")
    PESSARY = "pessary", pgettext_lazy("unit", "pessary")
    PUFF = "puff", pgettext_lazy("unit", "puff")
    DROP = "drop", pgettext_lazy("unit", "drop")
    APPLICATION = "application", pgettext_lazy("unit", "application")
    LITRE_PER_MINUTE = "L/min", "L/min"
    ML = "mL", "mL"
    G = "g", "g"
    MG = "mg", "mg"
    MCG = "mcg", pgettext_lazy("unit", "microgram")  # never the Greek letter: it is misread as mg
    IU = "IU", pgettext_lazy("unit", "international units")  # never "U" or "IU" on a label: misread as 0 or IV
    MIU = "MIU", pgettext_lazy("unit", "million international units")


# Opened for one dose; what is left over is thrown away, so each dose takes whole containers.
SINGLE_USE = {PackUnit.VIAL, PackUnit.AMPOULE, PackUnit.SYRINGE, PackUnit.BAG, PackUnit.SACHET, PackUnit.UNIT_DOSE}

# Micrograms per unit of mass and international units per unit of activity: doses compare only inside one scale.
MASS_IN_MCG = {DoseUnit.MCG: Decimal(1), DoseUnit.MG: Decimal(1000), DoseUnit.G: Decimal(1_000_000)}
ACTIVITY_IN_IU = {DoseUnit.IU: Decimal(1), DoseUnit.MIU: Decimal(1_000_000)}


class Route(TextChoices):
    ORAL = "oral", _("by mouth")
    SUBLINGUAL = "sublingual", _("under the tongue")
    TOPICAL = "topical", _("on the skin")
    OPHTHALMIC = "ophthalmic", _("into the eye")
    INHALATION = "inhalation", _("by inhalation")
    VAGINAL = "vaginal", _("into the vagina")
    RECTAL = "rectal", _("into the rectum")
    IV = "IV", _("into a vein")
    IV_INFUSION = "IV infusion", _("as an infusion into a vein")
    IM = "IM", _("into a muscle")
    SC = "SC", _("under the skin")
    SPINAL = "spinal", _("into the spinal canal")
    INFILTRATION = "infiltration", _("by infiltration")


INJECTED = {Route.IV, Route.IV_INFUSION, Route.IM, Route.SC, Route.SPINAL, Route.INFILTRATION}

# Absorbed too little to count as systemic therapy: interactions and same-class duplicates are not raised for them.
LOCAL_ROUTES = {Route.TOPICAL, Route.OPHTHALMIC, Route.VAGINAL}


@dataclass(frozen=True)
class Frequency:
    """How often: `per_day` doses a day on average; None for a single dose."""

    code: str
    words: str | Promise
    per_day: Fraction | None

    @property
    def label(self) -> str | Promise:
        return format_lazy("{} · {}", self.code, self.words)


FREQUENCIES = {
    frequency.code: frequency
    for frequency in (
        Frequency("OD", _("once a day"), Fraction(1)),
        Frequency("BD", _("two times a day"), Fraction(2)),
        Frequency("TDS", _("three times a day"), Fraction(3)),
        Frequency("QDS", _("four times a day"), Fraction(4)),
        Frequency("OM", _("every morning"), Fraction(1)),
        Frequency("ON", _("every night"), Fraction(1)),
        Frequency("HS", _("at bedtime"), Fraction(1)),
        Frequency("Q4H", _("every 4 hours"), Fraction(6)),
        Frequency("Q6H", _("every 6 hours"), Fraction(4)),
        Frequency("Q8H", _("every 8 hours"), Fraction(3)),
        Frequency("Q12H", _("every 12 hours"), Fraction(2)),
        Frequency("EOD", _("every second day"), Fraction(1, 2)),
        Frequency("WEEKLY", _("once a week"), Fraction(1, 7)),
        Frequency("STAT", _("one time only, at once"), None),
    )
}
FREQUENCY_CHOICES = [(code, frequency.label) for code, frequency in FREQUENCIES.items()]
