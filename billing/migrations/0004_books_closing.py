"""Closed books take no entry. Closing waits for entries under way, and entries under way keep a closing waiting."""

from django.conf import settings
from django.db import migrations, models

import core.clock
import core.fields
import core.ids
import core.models.base

GUARDS = [
    """
CREATE FUNCTION billing_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE closed boolean;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(TG_TABLE_SCHEMA || '.books', 0));
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.billing_booksclosing WHERE through >= $1)', TG_TABLE_SCHEMA)
        INTO closed USING NEW.date;
    IF closed THEN
        RAISE EXCEPTION 'the books of % are closed', NEW.date USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE INSERT ON billing_entry FOR EACH ROW EXECUTE FUNCTION billing_guard_entry()",
    """
CREATE FUNCTION billing_guard_closing() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE earlier boolean; unsettled boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(TG_TABLE_SCHEMA || '.books', 0));
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.billing_booksclosing WHERE through >= $1)', TG_TABLE_SCHEMA)
        INTO earlier USING NEW.through;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %1$I.billing_shift s JOIN %1$I.billing_posting p ON p.shift_id = s.id
                    WHERE s.status <> ''reconciled'' AND p.date <= $1)', TG_TABLE_SCHEMA)
        INTO unsettled USING NEW.through;
    IF earlier OR unsettled THEN
        RAISE EXCEPTION 'the books cannot be closed through %', NEW.through
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE INSERT ON billing_booksclosing FOR EACH ROW EXECUTE FUNCTION billing_guard_closing()",
]


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_base_currency"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="BooksClosing",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("through", models.DateField(unique=True, verbose_name="Closed through")),
                ("note", core.fields.EncryptedTextField(blank=True, max_length=200, verbose_name="Note")),
                (
                    "closed_by",
                    models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={"verbose_name": "Closing of the books", "ordering": ["-through"]},
        ),
        migrations.RunSQL([(sql, None) for sql in GUARDS], migrations.RunSQL.noop),
    ]
