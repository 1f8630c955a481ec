"""Hospitals made before there were consents get the first texts too; a new one has them from here as well."""

import csv
from pathlib import Path

from django.db import migrations

from core.numbering import next_number

TEXTS = Path(__file__).parents[1] / "data" / "consent_texts.csv"


def fill(apps, schema_editor):
    texts = apps.get_model("patients", "ConsentText")
    if texts.objects.exists():
        return
    with TEXTS.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            version = next_number(f"consent.{row['purpose']}")
            texts.objects.create(version=version, title=row["title_en"], text=row["text_en"], **row)


class Migration(migrations.Migration):
    dependencies = [("patients", "0008_retention"), ("core", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
