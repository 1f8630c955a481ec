"""Events of the cash office room in the ledger, and the accounts they are posted to in hospitals that exist already."""

from django.db import migrations, models
from django.db.models import Q

from billing.chart import ACCOUNTS

KINDS = [
    ("invoice_issued", "Invoice issued"),
    ("invoice_voided", "Invoice voided"),
    ("payment", "Payment received"),
    ("credit_note", "Credit note"),
    ("refund", "Refund paid out"),
    ("shift_opened", "Shift opened"),
    ("shift_closed", "Shift closed"),
    ("cash_voucher", "Cash voucher"),
    ("cash_transfer", "Transfer between drawers"),
    ("deposit_sent", "Takings handed over for the bank"),
    ("deposit_banked", "Takings banked"),
    ("statement_line", "Line of a bank statement"),
]


def add_missing_accounts(apps, schema_editor):
    """Accounts of the chart that this hospital does not have; a number of its own stays its own."""
    account = apps.get_model("billing", "Account")
    known = set(account.objects.values_list("key", flat=True))
    codes = set(account.objects.values_list("code", flat=True))
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        if key not in known:
            code = code if code not in codes else f"{code}-{key}"[:20]
            account.objects.create(
                key=key, code=code, kind=kind, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
            )


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_base_currency_stays")]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="Kind"),
        ),
        migrations.RemoveConstraint(model_name="entry", name="billing_entry_kind"),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=[kind for kind, _label in KINDS]), name="billing_entry_kind"
            ),
        ),
        migrations.RunPython(add_missing_accounts, migrations.RunPython.noop),
    ]
