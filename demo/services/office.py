"""What a cash office has beside patients at the desk: vouchers, deposit, fund, campaign, package, bank statement."""

import datetime
from decimal import Decimal

from accounts.models import Branch, User
from billing.models import Account, Invoice, Promotion, Service
from billing.pricing import Paid
from billing.services.concessions import ask_exemption
from billing.services.deposits import take_deposit
from billing.services.drafts import draft_invoice
from billing.services.funds import confirm_grant, enter_grant, open_fund
from billing.services.packages import save_package
from billing.services.promotions import save_promotion
from cashoffice.models import VoucherReason
from cashoffice.services.statements import import_statement, save_mapping
from cashoffice.services.vouchers import write_voucher
from core import clock
from core.money import USD
from patients.models import Patient, Visit

FUND = {"en": "Fund for the poor", "km": "មូលនិធិសម្រាប់អ្នកក្រីក្រ", "zh-hans": "济贫基金"}
CAMPAIGN = {"en": "Mother and child month", "km": "ខែមាតា និងទារក", "zh-hans": "母婴健康月"}
CHECK_UP = {"en": "Blood check package", "km": "កញ្ចប់ពិនិត្យឈាម", "zh-hans": "血液检查套餐"}
BANK = {
    "name": "Mekong Bank (CSV)",
    "currency": USD,
    "delimiter": ",",
    "date_column": "Date",
    "date_format": "%Y-%m-%d",
    "amount_column": "Amount",
    "reference_column": "Reference",
    "text_column": "Text",
}


def furnish_office() -> None:
    """Set up once; what was there already stays as it is."""
    people = {user.username: user for user in User.objects.filter(is_active=True)}
    _write_vouchers(people["cashier"])
    if Promotion.objects.exists():
        return
    _take_deposit(people["cashier"])
    _ask_fund(people)
    _sell(people["accountant"])
    _import_statement(people["accountant"])


def _write_vouchers(cashier: User) -> None:
    """What left the first cashier's drawer for other things than patients: posted, and waiting for approval."""
    reasons = {one.code: one for one in VoucherReason.objects.all()}
    for code, usd, khr, note in (("SUPPLIES", 3, 2_000, "Printer paper"), ("REPAIRS", 35, 0, "Water pump")):
        write_voucher(reason=reasons[code], usd=Decimal(usd), khr=Decimal(khr), note=note, by=cashier)


def _take_deposit(cashier: User) -> None:
    """Somebody pays ahead for a stay next week."""
    patient = Patient.objects.exclude(visits__date=clock.today()).order_by("-id").first()
    take_deposit(patient=patient, tenders=[Paid("cash", USD, Decimal(50))], by=cashier)


def _ask_fund(people: dict[str, User]) -> None:
    """A fund with a donor's grant, and a bill that waits for the owner to let it pay half."""
    fund = open_fund(code="POOR", names=FUND, currency=USD, by=people["accountant"])
    grant = enter_grant(
        fund=fund, amount=Decimal(500), received_in="bank", donor="Lotus Foundation", by=people["accountant"]
    )
    confirm_grant(grant=grant, branch=Branch.objects.order_by("code")[0], by=people["owner"])
    visit = Visit.objects.filter(charges__status="pending", status="open", payer="self").order_by("id").first()
    if visit is None:
        return
    draft = Invoice.objects.filter(visit=visit, status="draft").first() or draft_invoice(
        visit=visit, by=people["cashier"]
    )
    ask_exemption(invoice=draft, fund=fund, rate=Decimal("0.5"), reason="Holds a poor card", by=people["cashier"])


def _sell(accountant: User) -> None:
    """A campaign with a code, and three blood counts for the price of two."""
    save_promotion(
        promotion=None,
        version=0,
        names=CAMPAIGN,
        terms={"code": "MOTHER", "rate": Decimal("0.1"), "valid_from": clock.today().replace(day=1)},
        by=accountant,
    )
    count = Service.objects.get(code="LABP-CBC")
    save_package(
        package=None, version=0, code="PKG-CBC", names=CHECK_UP, amount=Decimal(8), currency=USD, valid_days=180,
        parts={count: Decimal(3)}, by=accountant,
    )  # fmt: skip


def _import_statement(accountant: User) -> None:
    """Yesterday's table of the bank: a fee, and money of somebody who wrote no reference."""
    day = clock.today() - datetime.timedelta(days=1)
    rows = ["Date,Amount,Reference,Text", f"{day},-1.50,CHG-77,Monthly fee", f"{day},40.00,,Transfer without reference"]
    mapping = save_mapping(facts=BANK, by=accountant)
    import_statement(
        account=Account.objects.get(key="bank"),
        content="\n".join(rows).encode(),
        file_name="mekong-bank.csv",
        mapping=mapping,
        by=accountant,
    )
