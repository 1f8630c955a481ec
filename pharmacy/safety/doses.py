"""Is the dose plausible: daily limit, number of pieces at once, how often, how long, and does the quantity fit."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pharmacy.dosing import dose_as_content, dose_in_units, needed_quantity, plain_number
from pharmacy.models import PrescriptionItem
from pharmacy.safety.findings import Facts, Finding
from pharmacy.states import CheckKind, Severity
from pharmacy.vocabulary import FREQUENCIES, DoseUnit, Form

ADULT_FROM = 12
MOST_PIECES_AT_ONCE = 4
CONTROLLED_DAYS = 7
WEEKLY_ONLY = ("L04AX03", "L01BA01")  # methotrexate: taken daily by mistake it has killed (ISMP alert)


def check_dose(item: PrescriptionItem, facts: Facts) -> list[Finding]:
    return [*_daily_limit(item, facts), *_weekly_only(item), *_pieces(item), *_course(item)]


def _finding(
    item: PrescriptionItem, severity: Severity, what: str, message: str | Promise, **params: object
) -> Finding:
    key = f"dose:{what}:{item.medicine.code}"
    return Finding(CheckKind.DOSE, severity, key, message, {"medicine": item.medicine, **params})


def daily_amount(item: PrescriptionItem) -> Decimal | None:
    """Active substance a day in the unit of the medicine's limit; None where the content is not known."""
    medicine = item.medicine
    each = dose_as_content(medicine, item.dose, item.dose_unit, medicine.max_daily_unit)
    if each is None:
        return None
    per_day = FREQUENCIES[item.frequency].per_day
    if per_day is None or per_day < 1:
        return each  # all of it falls on one day
    return each * per_day.numerator / per_day.denominator


def _daily_limit(item: PrescriptionItem, facts: Facts) -> Iterator[Finding]:
    medicine = item.medicine
    amount = daily_amount(item) if medicine.max_daily_dose else None
    if amount is None or medicine.max_daily_dose is None:
        if not medicine.is_local:
            message = _("No highest daily dose is recorded for %(medicine)s; the dose was not compared with a limit.")
            yield _finding(item, Severity.MINOR, "no-limit", message)
        return
    if amount > medicine.max_daily_dose:
        message = _(
            "%(amount)s %(unit)s of %(medicine)s a day is more than the highest daily dose of %(limit)s %(unit)s."
        )
        numbers = {"amount": plain_number(amount), "limit": plain_number(medicine.max_daily_dose)}
        unit = DoseUnit(medicine.max_daily_unit).label
        yield _finding(item, Severity.MAJOR, "daily-limit", message, unit=unit, **numbers)
    elif facts.age_years is not None and facts.age_years < ADULT_FROM:
        message = _("The daily limit of %(medicine)s is for adults. Calculate this child's dose by weight.")
        yield _finding(item, Severity.MODERATE, "child", message)


def _weekly_only(item: PrescriptionItem) -> Iterator[Finding]:
    weekly = any(code in WEEKLY_ONLY for code in item.medicine.atc_codes)
    if weekly and item.frequency not in ("WEEKLY", "STAT"):
        yield _finding(
            item, Severity.CONTRAINDICATED, "weekly", _("%(medicine)s is taken once a week, never every day.")
        )


def _pieces(item: PrescriptionItem) -> Iterator[Finding]:
    medicine = item.medicine
    if medicine.dose_unit not in (DoseUnit.TABLET, DoseUnit.CAPSULE):
        return
    pieces = dose_in_units(medicine, item.dose, item.dose_unit)
    if pieces is None:
        return
    if pieces > MOST_PIECES_AT_ONCE:
        message = _("%(pieces)s pieces of %(medicine)s at one time is unusual. Check the dose.")
        yield _finding(item, Severity.MODERATE, "pieces", message, pieces=plain_number(round(pieces, 2)))
    whole_only = medicine.dose_unit == DoseUnit.CAPSULE or medicine.form == Form.MODIFIED_RELEASE_TABLET
    if whole_only and pieces % 1:
        yield _finding(item, Severity.MODERATE, "split", _("%(medicine)s cannot be split for this dose."))


def _course(item: PrescriptionItem) -> Iterator[Finding]:
    medicine = item.medicine
    if medicine.controlled and item.duration_days > CONTROLLED_DAYS:
        message = _("%(medicine)s is a controlled medicine: more than %(days)s days is unusual.")
        yield _finding(item, Severity.MODERATE, "controlled", message, days=CONTROLLED_DAYS)
    needed = needed_quantity(
        medicine, dose=item.dose, unit=item.dose_unit, frequency=item.frequency, days=item.duration_days
    )
    if needed is None:
        return
    if item.quantity > needed * 2 or (item.quantity < needed and not item.as_needed):
        message = _("Dose and duration need %(needed)s units of %(medicine)s, but %(quantity)s are prescribed.")
        yield _finding(item, Severity.MODERATE, "quantity", message, needed=needed, quantity=item.quantity)
