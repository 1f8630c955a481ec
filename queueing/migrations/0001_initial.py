import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.fields
import core.ids
import core.models.base
import queueing.models.display


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("core", "0001_initial"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DisplayScreen",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("name", models.CharField(max_length=80)),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.branch"
                    ),
                ),
                ("languages", models.JSONField(default=queueing.models.display.default_languages)),
                (
                    "language_mode",
                    models.CharField(
                        choices=[("together", "Side by side"), ("rotating", "One after another")],
                        default="together",
                        max_length=10,
                    ),
                ),
                ("voice_languages", models.JSONField(blank=True, default=list)),
                ("chime", models.BooleanField(default=True)),
                ("key_hash", models.CharField(max_length=64, unique=True)),
                ("key_hint", models.CharField(max_length=4)),
                ("created_by_name", models.CharField(blank=True, max_length=150)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("departments", models.ManyToManyField(blank=True, related_name="+", to="accounts.department")),
                ("practitioners", models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("branch", "name"),
                        name="display_name_once_in_a_branch",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language_mode__in", ["together", "rotating"])), name="display_mode_known"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Queue",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.branch"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.department"
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("date", models.DateField()),
                ("prefix", models.CharField(max_length=2)),
                ("last_number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["date", "prefix"],
                "indexes": [models.Index(models.F("branch"), models.F("date"), name="queue_of_the_day")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("practitioner__isnull", False)),
                        fields=("practitioner", "department", "branch", "date"),
                        name="queue_one_per_practitioner_and_date",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("practitioner__isnull", True)),
                        fields=("branch", "department", "date"),
                        name="queue_one_per_department_and_date",
                    ),
                    models.UniqueConstraint(fields=("branch", "date", "prefix"), name="queue_prefix_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("prefix__regex", "^[A-Z]{1,2}$")), name="queue_prefix_is_letters"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_number__gte", 0)), name="queue_last_number_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="queueing.queue"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="patients.visit"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="patients.patient"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("label", models.CharField(max_length=12)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("called", "Called"),
                            ("serving", "Being served"),
                            ("paused", "Away for tests"),
                            ("skipped", "Skipped"),
                            ("done", "Served"),
                            ("no_show", "Did not come"),
                            ("cancelled", "Cancelled"),
                            ("transferred", "Transferred"),
                            ("expired", "Expired"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[("emergency", "Emergency"), ("returning", "Back from tests"), ("normal", "Normal")],
                        default="normal",
                        max_length=12,
                    ),
                ),
                ("queued_at", models.DateTimeField()),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.room",
                    ),
                ),
                (
                    "called_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("call_count", models.PositiveSmallIntegerField(default=0)),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "transferred_from",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transferred_to",
                        to="queueing.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ["queue", "number"],
                "indexes": [
                    models.Index(fields=["queue", "status"], name="ticket_queue_status"),
                    models.Index(fields=["visit"], name="ticket_visit"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("queue", "number"), name="ticket_number_once_in_a_queue"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("waiting", "called", "serving", "paused", "skipped"))),
                        fields=("queue", "patient"),
                        name="ticket_one_open_per_patient_and_queue",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "called")), fields=("room",), name="ticket_one_called_in_a_room"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "serving")), fields=("room",), name="ticket_one_serving_in_a_room"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "waiting",
                                    "called",
                                    "serving",
                                    "paused",
                                    "skipped",
                                    "done",
                                    "no_show",
                                    "cancelled",
                                    "transferred",
                                    "expired",
                                ],
                            )
                        ),
                        name="ticket_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", ["emergency", "returning", "normal"])),
                        name="ticket_priority_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="ticket_number_starts_at_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketMove",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="queueing.ticket"
                    ),
                ),
                ("verb", models.CharField(max_length=12)),
                ("from_status", models.CharField(blank=True, max_length=12)),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("called", "Called"),
                            ("serving", "Being served"),
                            ("paused", "Away for tests"),
                            ("skipped", "Skipped"),
                            ("done", "Served"),
                            ("no_show", "Did not come"),
                            ("cancelled", "Cancelled"),
                            ("transferred", "Transferred"),
                            ("expired", "Expired"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_id", models.CharField(blank=True, max_length=36)),
                ("by_name", models.CharField(blank=True, max_length=150)),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.room",
                    ),
                ),
                ("reason", core.fields.EncryptedTextField(blank=True, default="")),
            ],
            options={
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["ticket", "at"], name="ticketmove_ticket_at")],
                "constraints": [],
            },
        ),
    ]
