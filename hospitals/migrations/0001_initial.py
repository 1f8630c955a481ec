import django.contrib.postgres.fields
import django.db.models.deletion
import django_tenants.postgresql_backend.base
from django.db import migrations, models

import core.clock
import core.ids
import core.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hospital",
            fields=[
                (
                    "schema_name",
                    models.CharField(
                        db_index=True,
                        max_length=63,
                        unique=True,
                        validators=[django_tenants.postgresql_backend.base._check_schema_name],
                    ),
                ),
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("name_en", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("name_km", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("name_zh_hans", models.CharField(max_length=150, null=True, verbose_name="name")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("provisioning", "Being set up"),
                            ("trial", "Trial"),
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("archived", "Archived"),
                        ],
                        default="provisioning",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("ready", models.BooleanField(default=False)),
                ("address", models.CharField(blank=True, max_length=250, verbose_name="address")),
                ("address_en", models.CharField(blank=True, max_length=250, null=True, verbose_name="address")),
                ("address_km", models.CharField(blank=True, max_length=250, null=True, verbose_name="address")),
                ("address_zh_hans", models.CharField(blank=True, max_length=250, null=True, verbose_name="address")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email")),
                ("tax_number", models.CharField(blank=True, max_length=40, verbose_name="tax number")),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["provisioning", "trial", "active", "suspended", "archived"])
                        ),
                        name="hospitals_hospital_status_known",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(db_index=True, max_length=253, unique=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="domains", to="hospitals.hospital"
                    ),
                ),
                ("is_primary", models.BooleanField(db_index=True, default=True)),
                (
                    "surface",
                    models.CharField(
                        choices=[("portal", "Portal"), ("queue", "Queue display")], default="portal", max_length=10
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("surface__in", ["portal", "queue"])), name="hospitals_domain_surface_known"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Provisioning",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "hospital",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provisioning",
                        to="hospitals.hospital",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a worker"),
                            ("schema", "Making the database schema"),
                            ("roles", "Copying roles"),
                            ("catalogues", "Loading catalogues"),
                            ("owner", "Inviting the owner"),
                            ("done", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("owner_name", models.CharField(max_length=150)),
                ("owner_username", models.CharField(max_length=50)),
                ("owner_email", models.EmailField(max_length=254)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__lte", 100)), name="hospitals_provisioning_percent_range"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("code", models.SlugField(max_length=30, unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_en", models.CharField(max_length=80, null=True, verbose_name="name")),
                ("name_km", models.CharField(max_length=80, null=True, verbose_name="name")),
                ("name_zh_hans", models.CharField(max_length=80, null=True, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=250, verbose_name="description")),
                ("description_en", models.CharField(blank=True, max_length=250, null=True, verbose_name="description")),
                ("description_km", models.CharField(blank=True, max_length=250, null=True, verbose_name="description")),
                (
                    "description_zh_hans",
                    models.CharField(blank=True, max_length=250, null=True, verbose_name="description"),
                ),
                (
                    "monthly_usd",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="price per month in USD"),
                ),
                ("max_branches", models.PositiveIntegerField(blank=True, null=True, verbose_name="branches at most")),
                ("max_staff", models.PositiveIntegerField(blank=True, null=True, verbose_name="staff at most")),
                ("max_patients", models.PositiveIntegerField(blank=True, null=True, verbose_name="patients at most")),
                ("is_offered", models.BooleanField(default=True, verbose_name="offered on the landing page")),
                ("order", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["order", "monthly_usd"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("monthly_usd__gte", 0)), name="hospitals_plan_price_not_negative"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="hospitals.hospital",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subscriptions", to="hospitals.plan"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-starts_on"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="RoleTemplate",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_en", models.CharField(max_length=80, null=True, verbose_name="name")),
                ("name_km", models.CharField(max_length=80, null=True, verbose_name="name")),
                ("name_zh_hans", models.CharField(max_length=80, null=True, verbose_name="name")),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("requires_second_factor", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["code"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="DemoRequest",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("name", models.CharField(max_length=120, verbose_name="your name")),
                ("hospital_name", models.CharField(max_length=150, verbose_name="hospital or clinic")),
                ("email", models.EmailField(max_length=254, verbose_name="email")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("message", models.TextField(blank=True, max_length=2000, verbose_name="what would you like to see?")),
                ("language", models.CharField(default="en", max_length=10)),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                ("handled_by", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
