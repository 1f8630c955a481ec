"""The public schemes of Cambodia stand ready, switched off; and what was used of a limit always is what its moves say."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).parents[1] / "data"
SOURCE = "Health Economics Review 2022, 13561-021-00354-8, table 7: health centres, about 2021"

# At commit: what a year and a visit have used is the sum of the moves of invoices, voids and credit notes.
CHECK_LIMITS = """
CREATE FUNCTION insurance_check_limits() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    EXECUTE format('SELECT y.used = coalesce(sum(m.used), 0) AND y.deductible_used = coalesce(sum(m.deductible), 0)
                    FROM %1$I.insurance_coverageyear y LEFT JOIN %1$I.insurance_limitmove m ON m.year_id = y.id
                    WHERE y.id = $1 GROUP BY y.used, y.deductible_used', TG_TABLE_SCHEMA)
        INTO agrees USING CASE WHEN TG_TABLE_NAME = 'insurance_coverageyear' THEN NEW.id
                               ELSE (to_jsonb(NEW) ->> 'year_id')::uuid END;
    IF agrees IS FALSE THEN
        RAISE EXCEPTION 'the limits of a coverage and their moves disagree'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
"""
TRIGGERS = [
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON insurance_coverageyear DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION insurance_check_limits()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT ON insurance_limitmove DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION insurance_check_limits()",
]


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names(row):
    return {name: row[name] for name in ("name_en", "name_km", "name_zh_hans")} | {"name": row["name_en"]}


def fill(apps, schema_editor):
    payer, contract = apps.get_model("insurance", "Payer"), apps.get_model("insurance", "Contract")
    case_rate = apps.get_model("insurance", "CaseRate")
    words = {row["code"]: row for row in rows("case_names.csv")}
    for row in rows("payers.csv"):
        made = payer.objects.create(
            code=row["code"], kind="scheme", visit_payer=row["visit_payer"], active=False, **names(row)
        )
        terms = contract.objects.create(
            payer=made,
            code=row["contract"],
            valid_from=date(2021, 1, 1),
            currency="KHR",
            payment="case",
            **names(row),
        )
        for case in rows("case_rates_hc.csv"):
            if case[row["rate_column"]]:
                case_rate.objects.create(
                    contract=terms,
                    code=case["code_own"],
                    amount=Decimal(case[row["rate_column"]]),
                    source=SOURCE,
                    **names(words[case["code_own"]] | {"name_en": case["case_category"]}),
                )


class Migration(migrations.Migration):
    dependencies = [("insurance", "0001_initial")]

    operations = [migrations.RunSQL([(sql, None)], migrations.RunSQL.noop) for sql in (CHECK_LIMITS, *TRIGGERS)] + [
        migrations.RunPython(fill, migrations.RunPython.noop)
    ]
