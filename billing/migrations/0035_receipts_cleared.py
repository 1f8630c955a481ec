"""Events of the ledger: a line of a statement taken back, an unknown receipt explained and opened again."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_specialties"),
        ("billing", "0034_instalment_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="entry",
            name="billing_entry_kind",
        ),
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invoice_issued", "Invoice issued"),
                    ("invoice_voided", "Invoice voided"),
                    ("payment", "Payment received"),
                    ("credit_note", "Credit note"),
                    ("refund", "Refund paid out"),
                    ("deposit_taken", "Deposit taken"),
                    ("deposit_refunded", "Deposit paid back"),
                    ("payer_payment", "Payer paid"),
                    ("payer_transfer", "Passed on to the patient"),
                    ("payer_write_off", "Written off with a payer"),
                    ("write_off", "Debt written off"),
                    ("write_off_reversed", "Write-off taken back"),
                    ("exchange_difference", "Gain or loss of exchanging"),
                    ("fees_paid", "Fees of a doctor paid out"),
                    ("fund_grant", "Grant to a fund"),
                    ("shift_opened", "Shift opened"),
                    ("shift_closed", "Shift closed"),
                    ("cash_voucher", "Cash voucher"),
                    ("cash_transfer", "Transfer between drawers"),
                    ("deposit_sent", "Takings handed over for the bank"),
                    ("deposit_banked", "Takings banked"),
                    ("statement_line", "Line of a bank statement"),
                    ("statement_undone", "Line of a bank statement taken back"),
                    ("receipt_cleared", "Unknown receipt explained"),
                    ("receipt_reopened", "Explanation of a receipt taken back"),
                ],
                max_length=20,
                verbose_name="Kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "invoice_issued",
                            "invoice_voided",
                            "payment",
                            "credit_note",
                            "refund",
                            "deposit_taken",
                            "deposit_refunded",
                            "payer_payment",
                            "payer_transfer",
                            "payer_write_off",
                            "write_off",
                            "write_off_reversed",
                            "exchange_difference",
                            "fees_paid",
                            "fund_grant",
                            "shift_opened",
                            "shift_closed",
                            "cash_voucher",
                            "cash_transfer",
                            "deposit_sent",
                            "deposit_banked",
                            "statement_line",
                            "statement_undone",
                            "receipt_cleared",
                            "receipt_reopened",
                        ],
                    )
                ),
                name="billing_entry_kind",
            ),
        ),
    ]
