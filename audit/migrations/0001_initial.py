import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Record",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("txid", models.BigIntegerField()),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("insert", "Created"),
                            ("update", "Changed"),
                            ("delete", "Deleted"),
                            ("read", "Read"),
                            ("event", "Event"),
                        ],
                        max_length=10,
                    ),
                ),
                ("table_name", models.CharField(max_length=63)),
                ("row_id", models.CharField(max_length=64)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("actor_id", models.CharField(max_length=64)),
                ("actor", models.CharField(max_length=200)),
                ("role", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("request_id", models.CharField(max_length=64)),
                ("address", models.CharField(max_length=64)),
                ("path", models.CharField(max_length=300)),
                ("branch", models.CharField(max_length=64)),
                ("database_user", models.CharField(max_length=63)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["txid", "id"], name="audit_record_order"),
                    models.Index(fields=["table_name", "row_id"], name="audit_record_row"),
                    models.Index(fields=["actor_id", "at"], name="audit_record_actor"),
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING, related_name="seal", to="audit.record"
                    ),
                ),
                ("txid", models.BigIntegerField()),
                ("previous", models.BinaryField()),
                ("digest", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
