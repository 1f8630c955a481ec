import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.fields
import core.ids
import core.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("core", "0001_initial"),
        ("patients", "0001_initial"),
        ("queueing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Allergy",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allergies", to="patients.patient"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("medicine", "Medicine"),
                            ("food", "Food"),
                            ("environment", "Environment"),
                            ("other", "Other"),
                        ],
                        default="medicine",
                        max_length=12,
                    ),
                ),
                ("substance", core.fields.EncryptedTextField()),
                ("atc_code", core.fields.EncryptedTextField(blank=True, default="")),
                ("reaction", core.fields.EncryptedTextField(blank=True, default="")),
                (
                    "severity",
                    models.CharField(
                        choices=[("mild", "Mild"), ("moderate", "Moderate"), ("severe", "Severe")],
                        default="moderate",
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("resolved", "Resolved"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        default="active",
                        max_length=20,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("ended_reason", core.fields.EncryptedTextField(blank=True, default="")),
            ],
            options={
                "verbose_name_plural": "allergies",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["patient", "status"], name="allergy_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["medicine", "food", "environment", "other"])),
                        name="allergy_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["mild", "moderate", "severe"])),
                        name="allergy_severity_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "resolved", "entered_in_error"])),
                        name="allergy_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AllergyReview",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allergy_reviews",
                        to="patients.patient",
                    ),
                ),
                ("reviewed_at", models.DateTimeField()),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-reviewed_at"],
                "indexes": [models.Index(fields=["patient", "-reviewed_at"], name="allergyreview_patient")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Condition",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conditions", to="patients.patient"
                    ),
                ),
                ("code", core.fields.EncryptedTextField(blank=True, default="")),
                ("text", core.fields.EncryptedTextField()),
                ("since_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("resolved", "Resolved"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        default="active",
                        max_length=20,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "indexes": [models.Index(fields=["patient", "status"], name="condition_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "resolved", "entered_in_error"])),
                        name="condition_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("since_year__isnull", True), ("since_year__range", (1900, 2200)), _connector="OR"
                        ),
                        name="condition_year_possible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoryItem",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="history_items", to="patients.patient"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("medical", "Medical"),
                            ("surgical", "Surgical"),
                            ("family", "Family"),
                            ("social", "Social"),
                            ("obstetric", "Obstetric"),
                        ],
                        default="medical",
                        max_length=12,
                    ),
                ),
                ("text", core.fields.EncryptedTextField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("resolved", "Resolved"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        default="active",
                        max_length=20,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "created_at"],
                "indexes": [models.Index(fields=["patient", "status"], name="history_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["medical", "surgical", "family", "social", "obstetric"])),
                        name="history_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "resolved", "entered_in_error"])),
                        name="history_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Encounter",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="encounters", to="patients.visit"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="encounters", to="patients.patient"
                    ),
                ),
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
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="encounters",
                        to="queueing.ticket",
                    ),
                ),
                ("date", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("in_progress", "In consultation"),
                            ("awaiting_results", "Awaiting results"),
                            ("returning", "Results back"),
                            ("finished", "Finished"),
                            ("left", "Left without being seen"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        default="waiting",
                        max_length=20,
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
                ("arrived_at", models.DateTimeField()),
                ("triaged_at", models.DateTimeField(blank=True, null=True)),
                ("triage_refusal", core.fields.EncryptedTextField(blank=True, default="")),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "disposition",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("home", "Home"),
                            ("admit", "Admit"),
                            ("refer", "Refer"),
                            ("left", "Left against advice"),
                            ("dead", "Died"),
                        ],
                        max_length=8,
                    ),
                ),
                ("disposition_note", core.fields.EncryptedTextField(blank=True, default="")),
                ("no_diagnosis_reason", core.fields.EncryptedTextField(blank=True, default="")),
            ],
            options={
                "ordering": ["-arrived_at"],
                "indexes": [
                    models.Index(fields=["branch", "date", "status"], name="encounter_worklist"),
                    models.Index(fields=["practitioner", "date"], name="encounter_practitioner_day"),
                    models.Index(fields=["patient", "-arrived_at"], name="encounter_timeline"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "waiting",
                                    "in_progress",
                                    "awaiting_results",
                                    "returning",
                                    "finished",
                                    "left",
                                    "entered_in_error",
                                ],
                            )
                        ),
                        name="encounter_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", ["emergency", "returning", "normal"])),
                        name="encounter_priority_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("disposition", ""),
                            ("disposition__in", ["home", "admit", "refer", "left", "dead"]),
                            _connector="OR",
                        ),
                        name="encounter_disposition_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "finished"), _negated=True),
                            models.Q(("finished_at__isnull", False), models.Q(("disposition", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="encounter_finished_has_disposition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True), ("finished_at__gte", models.F("arrived_at")), _connector="OR"
                        ),
                        name="encounter_ends_after_arrival",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("waiting", "in_progress", "awaiting_results", "returning"))),
                        fields=("visit", "department"),
                        name="encounter_one_open_per_visit_and_department",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EncounterMove",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "encounter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="clinical.encounter"
                    ),
                ),
                ("verb", models.CharField(max_length=20)),
                ("from_status", models.CharField(blank=True, max_length=20)),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("in_progress", "In consultation"),
                            ("awaiting_results", "Awaiting results"),
                            ("returning", "Results back"),
                            ("finished", "Finished"),
                            ("left", "Left without being seen"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_id", models.CharField(blank=True, max_length=36)),
                ("by_name", models.CharField(blank=True, max_length=150)),
                ("reason", core.fields.EncryptedTextField(blank=True, default="")),
            ],
            options={
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["encounter", "at"], name="encountermove_at")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "encounter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="clinical.encounter"
                    ),
                ),
                (
                    "addendum_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addenda",
                        to="clinical.note",
                    ),
                ),
                (
                    "status",
                    models.CharField(choices=[("draft", "Draft"), ("signed", "Signed")], default="draft", max_length=8),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("subjective", core.fields.EncryptedTextField(blank=True, default="")),
                ("objective", core.fields.EncryptedTextField(blank=True, default="")),
                ("assessment", core.fields.EncryptedTextField(blank=True, default="")),
                ("plan", core.fields.EncryptedTextField(blank=True, default="")),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("signed_by_name", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("addendum_to__isnull", True)),
                        fields=("encounter",),
                        name="note_one_per_encounter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "signed"])), name="note_status_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("signed_by__isnull", True), ("status", "draft")),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False), ("status", "signed")),
                            _connector="OR",
                        ),
                        name="note_signed_means_signature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True), ("signed_at__gte", models.F("created_at")), _connector="OR"
                        ),
                        name="note_signed_after_start",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="NoteRevision",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="clinical.note"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("why", models.CharField(max_length=12)),
                ("by_id", models.CharField(blank=True, max_length=36)),
                ("by_name", models.CharField(blank=True, max_length=150)),
                ("subjective", core.fields.EncryptedTextField(blank=True, default="")),
                ("objective", core.fields.EncryptedTextField(blank=True, default="")),
                ("assessment", core.fields.EncryptedTextField(blank=True, default="")),
                ("plan", core.fields.EncryptedTextField(blank=True, default="")),
            ],
            options={
                "ordering": ["version", "created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("note", "version", "why"), name="noterevision_once_a_version")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="VitalSigns",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vital_signs", to="patients.patient"
                    ),
                ),
                (
                    "encounter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vital_signs",
                        to="clinical.encounter",
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("resolved", "Resolved"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        default="active",
                        max_length=20,
                    ),
                ),
                ("temperature", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("pulse", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("respiration", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("systolic", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("diastolic", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("spo2", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("oxygen_flow", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("consciousness", core.fields.EncryptedTextField(blank=True, default="")),
                ("weight", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("height", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("pain", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("glucose", core.fields.EncryptedDecimalField(blank=True, null=True)),
                ("assessment", core.fields.EncryptedJSONField(blank=True, default=dict)),
                ("note", core.fields.EncryptedTextField(blank=True, default="")),
            ],
            options={
                "verbose_name_plural": "vital signs",
                "ordering": ["-taken_at", "-id"],
                "indexes": [
                    models.Index(fields=["patient", "-taken_at"], name="vitals_patient"),
                    models.Index(fields=["encounter", "-taken_at"], name="vitals_encounter"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "resolved", "entered_in_error"])),
                        name="vitals_status_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Diagnosis",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "encounter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="diagnoses", to="clinical.encounter"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="diagnoses", to="patients.patient"
                    ),
                ),
                ("code", core.fields.EncryptedTextField()),
                ("text", core.fields.EncryptedTextField()),
                ("code_index", models.BigIntegerField()),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("primary", "Main"),
                            ("secondary", "Secondary"),
                            ("complication", "Complication"),
                            ("comorbidity", "Comorbidity"),
                        ],
                        default="primary",
                        max_length=16,
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("provisional", "Provisional"),
                            ("confirmed", "Confirmed"),
                            ("differential", "Differential"),
                        ],
                        default="confirmed",
                        max_length=16,
                    ),
                ),
                (
                    "case_kind",
                    models.CharField(
                        choices=[("new", "New case"), ("follow_up", "Follow-up")], default="new", max_length=12
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("resolved", "Resolved"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        default="active",
                        max_length=20,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "diagnoses",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(fields=["patient", "-created_at"], name="diagnosis_patient"),
                    models.Index(fields=["code_index", "created_at"], name="diagnosis_code"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("role", "primary"), ("status", "active")),
                        fields=("encounter",),
                        name="diagnosis_one_main",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "active")),
                        fields=("encounter", "code_index"),
                        name="diagnosis_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["primary", "secondary", "complication", "comorbidity"])),
                        name="diagnosis_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ["provisional", "confirmed", "differential"])),
                        name="diagnosis_certainty_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("case_kind__in", ["new", "follow_up"])), name="diagnosis_case_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "resolved", "entered_in_error"])),
                        name="diagnosis_status_known",
                    ),
                ],
            },
        ),
    ]
