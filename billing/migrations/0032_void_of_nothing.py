"""An invoice that asks nothing of the patient is paid at its issue; it may be voided all the same."""

from importlib import import_module

from django.db import migrations

from audit.sql import LET_ERASURES_PASS

WRITE_OFFS = import_module("billing.migrations.0026_write_off_guards")
GUARD_INVOICE = WRITE_OFFS.GUARD_INVOICE.replace(
    "    ELSIF OLD.status = 'paid' THEN\n",
    "    ELSIF OLD.status = 'paid' AND NEW.status = 'void'\n"
    "          AND OLD.total + OLD.transferred + OLD.paid + OLD.credited = 0 THEN\n"
    "        moving := '{status,void_reason,updated_at}';\n"
    "    ELSIF OLD.status = 'paid' THEN\n",
).replace("-- erasures pass --", LET_ERASURES_PASS)


class Migration(migrations.Migration):
    dependencies = [("billing", "0031_fee_guards")]

    operations = [migrations.RunSQL([(GUARD_INVOICE, None)], migrations.RunSQL.noop)]
