"""What an invoice made of a charge, in words: every step by itself, and its figures add up as they stand there."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from billing.models import Category, DiscountSource, Invoice, InvoiceLine
from billing.queries.concessions import exemption_of
from core.money import Money, format_money

Pair = tuple[str, str]

# What the contract leaves to the patient, in the order insurance.share takes it.
LEFT: tuple[tuple[str, str | Promise], ...] = (
    ("deductible", gettext_lazy("Deductible")),
    ("percent", gettext_lazy("Co-pay")),
    ("fixed", gettext_lazy("Co-pay for each line")),
    ("over_visit", gettext_lazy("Above the limit of the visit")),
    ("over_year", gettext_lazy("Above the limit of the year")),
)


def line_in_words(line: InvoiceLine, invoice: Invoice) -> list[Pair]:
    """Conversion, discount, the payer's part, exemption and tax; each begins with what the one before left."""
    return [
        *_converted(line, invoice),
        *_discounted(line, invoice),
        *_covered(line, invoice),
        *_exempted(line, invoice),
        *_taxed(line),
    ]


def _converted(line: InvoiceLine, invoice: Invoice) -> list[Pair]:
    if not line.is_converted:
        return []
    words = {
        "from": format_money(line.price_money),
        "to": format_money(line.money),
        "riel": f"{invoice.rate.normalize():,f}",
    }
    return [(_("Converted"), _("%(from)s is %(to)s; 1 dollar is %(riel)s riel.") % words)]


def _discounted(line: InvoiceLine, invoice: Invoice) -> list[Pair]:
    cut = line.own_discount_money
    if not cut:
        return []
    steps = [(_("Discount"), _less(line.money, cut, label=invoice.discount_label))]
    if invoice.discount_source != DiscountSource.OVERRIDE:
        return steps
    return steps + _granted(invoice.discount_by, invoice.discount_reason, invoice.discount_approved_by)


def _covered(line: InvoiceLine, invoice: Invoice) -> list[Pair]:
    """The contract's rule, how the payer's part follows from it, and what is left."""
    if not line.cover or invoice.coverage is None:
        return []
    contract, before = invoice.coverage.contract, line.money - line.own_discount_money
    steps = [(contract.payer.name, _rule_in_words(line.cover, contract.name))]
    parts = [(name, words) for name, words in LEFT if name in line.cover]
    if parts:
        steps.append((_("The payer's part"), _part_in_words(line, before, parts)))
    if line.covered:
        steps.append((_("Paid by others"), _less(before, line.covered_money)))
    return steps


def _part_in_words(line: InvoiceLine, before: Money, parts: list[tuple[str, str | Promise]]) -> str:
    """`USD 90.00 − USD 10.00 (Deductible) − USD 16.00 (Co-pay 20 %) = USD 64.00`"""
    taken = []
    for name, words in parts:
        amount = format_money(Money(Decimal(line.cover[name]), line.currency))
        percent = f" {(Decimal(line.cover['rate']) * 100).normalize():f} %" if name == "percent" else ""
        taken.append(f" − {amount} ({words}{percent})")
    return f"{format_money(before)}{''.join(taken)} = {format_money(line.covered_money)}"


def _rule_in_words(cover: dict[str, str], contract: str) -> str:
    if cover.get("excluded"):
        return _("Excluded by the contract")
    if cover.get("coverage"):
        return _("The coverage does not hold on this day")
    if cover.get("authorisation"):
        return _("No authorisation of the payer")
    if cover.get("flat"):
        return _("In the fee for the case")
    scope, _colon, category = cover["rule"].partition(":")
    if scope == "contract":
        return _("General terms of the contract %(contract)s") % {"contract": contract}
    if category:
        words = {"contract": contract, "category": Category(category).label}
        return _("Rule of the contract %(contract)s for: %(category)s") % words
    return _("Rule of the contract %(contract)s for this service") % {"contract": contract}


def _exempted(line: InvoiceLine, invoice: Invoice) -> list[Pair]:
    if not line.exempted or invoice.fund is None:
        return []
    steps = [
        (
            pgettext("concession", "Exemption"),
            _less(line.net_money + line.exempted_money, line.exempted_money, label=invoice.fund.name),
        )
    ]
    asked = exemption_of(invoice)
    return steps + (_granted(asked.requested_by, asked.reason, asked.decided_by) if asked else [])


def _taxed(line: InvoiceLine) -> list[Pair]:
    """Tax is within what is paid, by whomever: `USD 110.00 × 10 ÷ 110 = USD 10.00`"""
    if not line.tax_rate:
        return []
    percent = line.tax_percent.normalize()
    paid = format_money(line.worth_money + line.exempted_money)
    title = _("VAT %(percent)s %%, included") % {"percent": f"{percent:f}"}
    return [(title, f"{paid} × {percent:f} ÷ {percent + 100:f} = {format_money(line.tax_money)}")]


def _less(before: Money, cut: Money, *, label: str = "") -> str:
    words = {
        "label": label,
        "amount": format_money(before),
        "discount": format_money(cut),
        "net": format_money(before - cut),
    }
    if label:
        return _("%(label)s: %(amount)s − %(discount)s = %(net)s") % words
    return f"{words['amount']} − {words['discount']} = {words['net']}"


def _granted(asked_by: object, reason: str, approved_by: object) -> list[Pair]:
    """Who asked and why; and who approved where somebody had to."""
    words = _("By %(person)s: %(reason)s") % {"person": str(asked_by), "reason": reason}
    if approved_by is None:
        return [(_("Granted"), words)]
    return [(_("Asked for"), words), (_("Approved by"), str(approved_by))]
