"""What the database refuses about tax that is taken back, and the account tax is booked to."""

from importlib import import_module

from django.db import migrations

from billing.chart import ACCOUNTS

PAYERS = import_module("billing.migrations.0013_payer_guards")

# What is taken back of a line's tax never passes the tax.
GUARD_CREDIT_LINE = (
    PAYERS.GUARD_CREDIT_LINE.replace(
        "credited numeric; covered numeric;", "credited numeric; covered numeric; line_tax numeric; tax numeric;"
    )
    .replace("SELECT net, covered, invoice_id FROM", "SELECT net, covered, tax, invoice_id FROM")
    .replace("INTO line_net, line_covered, line_invoice", "INTO line_net, line_covered, line_tax, line_invoice")
    .replace("coalesce(sum(l.covered), 0) FROM", "coalesce(sum(l.covered), 0), coalesce(sum(l.tax), 0) FROM")
    .replace("INTO credited, covered USING", "INTO credited, covered, tax USING")
    .replace(
        "OR covered + NEW.covered > line_covered", "OR covered + NEW.covered > line_covered OR tax + NEW.tax > line_tax"
    )
)


def add_account(apps, schema_editor):
    account = apps.get_model("billing", "Account")
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        if key != "vat" or account.objects.filter(key=key).exists():
            continue
        while account.objects.filter(code=code).exists():  # the hospital's own chart has it
            code += "1"
        account.objects.create(
            key=key, code=code, kind=kind, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0027_vat")]

    operations = [
        migrations.RunSQL([(GUARD_CREDIT_LINE, None)], migrations.RunSQL.noop),
        migrations.RunPython(add_account, migrations.RunPython.noop),
    ]
