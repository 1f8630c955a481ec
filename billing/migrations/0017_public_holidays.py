"""Every hospital begins with the public holidays of Cambodia; it may add and correct them."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).parent.parent / "data" / "public_holidays_kh.csv"


def load(apps, schema_editor):
    holiday = apps.get_model("billing", "Holiday")
    with DATA.open(encoding="utf-8") as rows:
        holiday.objects.bulk_create(
            holiday(
                date=row["date"],
                name=row["name_en"],
                name_en=row["name_en"],
                name_km=row["name_km"],
                name_zh_hans=row["name_zh_hans"],
            )
            for row in csv.DictReader(rows)
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0016_price_lists")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
