"""Does the patient tolerate it: by ATC code, by substance name, by class name as people write it."""

import re
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.text import normalise
from pharmacy.models import Medicine, PrescriptionItem
from pharmacy.safety.findings import AllergyFact, Facts, Finding
from pharmacy.states import CheckKind, Severity

SUBGROUP = 5  # ATC fourth level, chemical subgroup: J01CA

# Classes as staff write them in three languages, with the ATC prefixes that belong to them. Own list, to be confirmed
# by the hospital. Word borders matter: "sulfate" is no sulfonamide, "nystatin" is no statin.
_CLASSES = {
    r"penicill?in|ប៉េនីស៊ីលីន|ប៉េនីសុីលីន|青霉素": ("J01C",),
    r"ce(f|ph)alosporin|头孢": ("J01DB", "J01DC", "J01DD", "J01DE"),
    r"beta-?\s?lactam|β-内酰胺": ("J01C", "J01D"),
    r"\bsul(f|ph)a(s|mides?)?\b|\bsul(f|ph)onamide|\bsul(f|ph)amethoxazole|ស៊ុលហ្វា|磺胺": ("J01E", "D06BA"),
    r"\bnsaids?\b|\banti-?inflammator|非甾体": ("M01A", "N02BA", "B01AC06"),
    r"\baspirin|salicyl|អាស្ពីរីន|阿司匹林|水杨酸": ("B01AC06", "N02BA"),
    r"\bmacrolide|大环内酯": ("J01FA",),
    r"quinolone|喹诺酮": ("J01M", "S01AE"),
    r"\btetracycline|四环素": ("J01AA", "S01AA09"),
    r"aminoglycoside|氨基糖苷": ("J01G",),
    r"\bopioid|\bopiate|阿片": ("N02A", "R05DA"),
    r"\biodine|\biodinated|碘": ("D08AG", "V08A"),
    r"\blocal ana?esthetic|caines?\b|局麻": ("N01B",),
    r"\bace inhibitor": ("C09A", "C09B"),
    r"\bstatins?\b|他汀": ("C10AA",),
}
CLASSES = {re.compile(pattern): codes for pattern, codes in _CLASSES.items()}
# Related classes: a cross-reaction is possible but not the rule, so it is shown and does not stop the prescriber.
CROSS_REACTIONS = (
    ("J01C", "J01D"),
    ("J01D", "J01C"),
    ("B01AC06", "M01A"),
    ("N02BA", "M01A"),
    ("M01A", "B01AC06"),
)


def check_allergies(item: PrescriptionItem, facts: Facts) -> list[Finding]:
    medicine = item.medicine
    if facts.allergies is None:
        return [_unavailable(_("The allergy check is unavailable: the allergies could not be read."))]
    if not facts.allergies and not facts.allergies_were_asked:
        return [_unavailable(_("Nobody has recorded yet whether this patient has allergies. Ask before prescribing."))]
    findings = (_finding(medicine, allergy) for allergy in facts.allergies)
    return [finding for finding in findings if finding]


def _unavailable(message: str | Promise) -> Finding:
    return Finding(CheckKind.ALLERGY, Severity.UNAVAILABLE, "allergy:unavailable", message)


def _finding(medicine: Medicine, allergy: AllergyFact) -> Finding | None:
    prefixes = allergy_prefixes(allergy)
    key = f"allergy:{allergy.id}:{medicine.code}"
    params = {"substance": allergy.substance, "medicine": medicine}
    if _names_medicine(allergy, medicine) or _covers(prefixes, medicine.atc_codes):
        severity = Severity.CONTRAINDICATED if allergy.is_severe else Severity.MAJOR
        message = _("The patient is allergic to %(substance)s: %(medicine)s contains it or belongs to the same class.")
        return Finding(CheckKind.ALLERGY, severity, key, message, params)
    if _may_cross_react(prefixes, medicine.atc_codes):
        message = _("The patient is allergic to %(substance)s. %(medicine)s is related; a cross-reaction is possible.")
        return Finding(CheckKind.ALLERGY, Severity.MODERATE, key, message, params)
    if allergy.is_medicine and not prefixes:
        message = _("The recorded allergy to %(substance)s is linked to no medicine code. Compare it yourself.")
        return Finding(CheckKind.ALLERGY, Severity.MINOR, f"allergy:{allergy.id}", message, params)
    return None


def allergy_prefixes(allergy: AllergyFact) -> set[str]:
    """ATC prefixes the allergy stands for: the chemical subgroup of its code, and classes named in its text."""
    text = normalise(allergy.substance)
    prefixes = {allergy.atc[:SUBGROUP].upper()} if allergy.atc else set()
    for pattern, codes in CLASSES.items():
        if pattern.search(text):
            prefixes.update(codes)
    return prefixes


def _names_medicine(allergy: AllergyFact, medicine: Medicine) -> bool:
    text = normalise(allergy.substance)
    return any(_is_named(name, text) for name in _names(medicine))


def _names(medicine: Medicine) -> Iterable[str]:
    translated = (getattr(medicine, f"name_{language}", "") or "" for language in ("en", "km", "zh_hans"))
    for name in (medicine.inn, *translated, *medicine.brand_names.split(",")):
        yield normalise(name).strip()
    # the parts of a combination: "sulfamethoxazole and trimethoprim"
    yield from (normalise(part).strip() for part in re.split(r",| and ", medicine.inn))


def _is_named(name: str, text: str) -> bool:
    """Whole words only, so that "iron" does not match "spironolactone"; Khmer and Chinese have no word borders."""
    if len(name) < 2 or not text:
        return False
    if name.isascii():
        return len(name) > 3 and re.search(rf"\b{re.escape(name)}\b", text) is not None
    return name in text


def _covers(prefixes: Iterable[str], codes: Iterable[str]) -> bool:
    return any(code.startswith(prefix) for prefix in prefixes for code in codes)


def _may_cross_react(prefixes: set[str], codes: list[str]) -> bool:
    return any(
        _covers([second], codes) and any(prefix.startswith(first) for prefix in prefixes)
        for first, second in CROSS_REACTIONS
    )
