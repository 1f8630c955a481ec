from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.fields
import core.ids
import core.models.base
import core.money
from pharmacy import sql


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("clinical", "0001_initial"),
        ("core", "0001_initial"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Medicine",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9][A-Z0-9-]*$", "Use capital letters, digits and dashes."
                            )
                        ],
                        verbose_name="Code",
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="Name")),
                ("name_en", models.CharField(max_length=160, null=True, verbose_name="Name")),
                ("name_km", models.CharField(max_length=160, null=True, verbose_name="Name")),
                ("name_zh_hans", models.CharField(max_length=160, null=True, verbose_name="Name")),
                ("inn", models.CharField(max_length=160, verbose_name="Generic name (INN)")),
                ("brand_names", models.CharField(blank=True, max_length=255, verbose_name="Brand names")),
                (
                    "atc",
                    models.CharField(
                        db_index=True,
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z](\\d{2}([A-Z]([A-Z](\\d{2})?)?)?)?$", "Write an ATC code such as J01CA04."
                            )
                        ],
                        verbose_name="ATC code",
                    ),
                ),
                ("atc_name", models.CharField(blank=True, max_length=160, verbose_name="ATC name")),
                (
                    "component_atc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=7,
                            validators=[
                                django.core.validators.RegexValidator(
                                    "^[A-Z](\\d{2}([A-Z]([A-Z](\\d{2})?)?)?)?$", "Write an ATC code such as J01CA04."
                                )
                            ],
                        ),
                        blank=True,
                        default=list,
                        help_text="For combinations, so that each component is checked for interactions and duplicates.",
                        size=None,
                        verbose_name="ATC codes of the components",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("tablet", "tablet"),
                            ("tablet, chewable", "chewable tablet"),
                            ("tablet, dispersible", "dispersible tablet"),
                            ("tablet, modified release", "modified-release tablet"),
                            ("capsule", "capsule"),
                            ("injection", "injection"),
                            ("powder for injection", "powder for injection"),
                            ("solution for infusion", "solution for infusion"),
                            ("syrup", "syrup"),
                            ("oral suspension", "oral suspension"),
                            ("powder for oral suspension", "powder for oral suspension"),
                            ("powder", "powder"),
                            ("solution", "solution"),
                            ("cream", "cream"),
                            ("lotion", "lotion"),
                            ("eye drops", "eye drops"),
                            ("eye ointment", "eye ointment"),
                            ("inhaler", "inhaler"),
                            ("nebulizer solution", "nebuliser solution"),
                            ("pessary", "pessary"),
                            ("gas", "gas"),
                        ],
                        max_length=32,
                        verbose_name="Form",
                    ),
                ),
                ("strength", models.CharField(blank=True, max_length=60, verbose_name="Strength")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("tablet", "tablet"),
                            ("capsule", "capsule"),
                            ("vial", "vial"),
                            ("ampoule", "ampoule"),
                            ("prefilled syringe", "prefilled syringe"),
                            ("bottle", "bottle"),
                            ("bag", "bag"),
                            ("tube", "tube"),
                            ("sachet", "sachet"),
                            ("inhaler", "inhaler"),
                            ("unit dose", "single-dose container"),
                            ("pessary", "pessary"),
                            ("cycle", "cycle pack"),
                            ("cylinder", "cylinder"),
                        ],
                        max_length=24,
                        verbose_name="Unit of issue",
                    ),
                ),
                ("unit_size", models.CharField(blank=True, max_length=24, verbose_name="Size of the unit")),
                (
                    "routes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("oral", "by mouth"),
                                ("sublingual", "under the tongue"),
                                ("topical", "on the skin"),
                                ("ophthalmic", "into the eye"),
                                ("inhalation", "by inhalation"),
                                ("vaginal", "into the vagina"),
                                ("rectal", "into the rectum"),
                                ("IV", "into a vein"),
                                ("IV infusion", "as an infusion into a vein"),
                                ("IM", "into a muscle"),
                                ("SC", "under the skin"),
                                ("spinal", "into the spinal canal"),
                                ("infiltration", "by infiltration"),
                            ],
                            max_length=16,
                        ),
                        size=None,
                        verbose_name="Routes",
                    ),
                ),
                (
                    "dose_unit",
                    models.CharField(
                        choices=[
                            ("tablet", "tablet"),
                            ("capsule", "capsule"),
                            ("vial", "vial"),
                            ("ampoule", "ampoule"),
                            ("prefilled syringe", "prefilled syringe"),
                            ("sachet", "sachet"),
                            ("bag", "bag"),
                            ("unit dose", "single-dose container"),
                            ("pessary", "pessary"),
                            ("puff", "puff"),
                            ("drop", "drop"),
                            ("application", "application"),
                            ("L/min", "L/min"),
                            ("mL", "mL"),
                            ("g", "g"),
                            ("mg", "mg"),
                            ("mcg", "microgram"),
                            ("IU", "international units"),
                            ("MIU", "million international units"),
                        ],
                        max_length=24,
                        verbose_name="Dose unit",
                    ),
                ),
                (
                    "doses_per_unit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="Empty where it depends on use, as for creams; the quantity is then entered by hand.",
                        max_digits=10,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.001"))],
                        verbose_name="Dose units in one unit of issue",
                    ),
                ),
                (
                    "content",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.0001"))],
                        verbose_name="Content of one dose unit",
                    ),
                ),
                (
                    "content_unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tablet", "tablet"),
                            ("capsule", "capsule"),
                            ("vial", "vial"),
                            ("ampoule", "ampoule"),
                            ("prefilled syringe", "prefilled syringe"),
                            ("sachet", "sachet"),
                            ("bag", "bag"),
                            ("unit dose", "single-dose container"),
                            ("pessary", "pessary"),
                            ("puff", "puff"),
                            ("drop", "drop"),
                            ("application", "application"),
                            ("L/min", "L/min"),
                            ("mL", "mL"),
                            ("g", "g"),
                            ("mg", "mg"),
                            ("mcg", "microgram"),
                            ("IU", "international units"),
                            ("MIU", "million international units"),
                        ],
                        max_length=24,
                        verbose_name="Unit of the content",
                    ),
                ),
                (
                    "max_daily_dose",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.0001"))],
                        verbose_name="Highest daily dose",
                    ),
                ),
                (
                    "max_daily_unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tablet", "tablet"),
                            ("capsule", "capsule"),
                            ("vial", "vial"),
                            ("ampoule", "ampoule"),
                            ("prefilled syringe", "prefilled syringe"),
                            ("sachet", "sachet"),
                            ("bag", "bag"),
                            ("unit dose", "single-dose container"),
                            ("pessary", "pessary"),
                            ("puff", "puff"),
                            ("drop", "drop"),
                            ("application", "application"),
                            ("L/min", "L/min"),
                            ("mL", "mL"),
                            ("g", "g"),
                            ("mg", "mg"),
                            ("mcg", "microgram"),
                            ("IU", "international units"),
                            ("MIU", "million international units"),
                        ],
                        max_length=24,
                        verbose_name="Unit of the highest daily dose",
                    ),
                ),
                ("default_dose", models.CharField(blank=True, max_length=120, verbose_name="Usual dose")),
                (
                    "high_alert",
                    models.BooleanField(
                        default=False,
                        help_text="A second pharmacist checks it before it is handed over.",
                        verbose_name="High-alert medicine",
                    ),
                ),
                ("controlled", models.BooleanField(default=False, verbose_name="Controlled medicine")),
                ("reorder_level", models.PositiveIntegerField(default=0, verbose_name="Reorder level")),
                ("is_active", models.BooleanField(default=True, verbose_name="In use")),
                ("source", models.TextField(blank=True, verbose_name="Source")),
            ],
            options={
                "ordering": ["inn", "form", "strength", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_daily_dose__isnull", True),
                            models.Q(("max_daily_unit", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="pharmacy_medicine_limit_has_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("content__isnull", True), models.Q(("content_unit", ""), _negated=True), _connector="OR"
                        ),
                        name="pharmacy_medicine_content_has_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pharmacy_locations",
                        to="accounts.branch",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("store", "Pharmacy store"), ("quarantine", "Quarantine")],
                        default="store",
                        max_length=16,
                        verbose_name="Kind",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("name_en", models.CharField(max_length=120, null=True, verbose_name="Name")),
                ("name_km", models.CharField(max_length=120, null=True, verbose_name="Name")),
                ("name_zh_hans", models.CharField(max_length=120, null=True, verbose_name="Name")),
                ("is_active", models.BooleanField(default=True, verbose_name="In use")),
            ],
            options={
                "ordering": ["branch_id", "kind", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["store", "quarantine"])), name="pharmacy_location_kind"
                    ),
                    models.UniqueConstraint(fields=("branch", "name"), name="pharmacy_location_name_per_branch"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "quarantine")),
                        fields=("branch",),
                        name="pharmacy_one_quarantine_per_branch",
                    ),
                    models.UniqueConstraint(fields=("branch", "name_en"), name="pharmacy_location_name_per_branch-en"),
                    models.UniqueConstraint(fields=("branch", "name_km"), name="pharmacy_location_name_per_branch-km"),
                    models.UniqueConstraint(
                        fields=("branch", "name_zh_hans"), name="pharmacy_location_name_per_branch-zh-hans"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Prescription",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "encounter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prescriptions",
                        to="clinical.encounter",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prescriptions", to="patients.visit"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prescriptions", to="patients.patient"
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.branch"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(null=True, unique=True, verbose_name="Number")),
                (
                    "prescriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("signed", "Waiting for review"),
                            ("queried", "Question to the doctor"),
                            ("reviewed", "Reviewed"),
                            ("partly_dispensed", "Partly dispensed"),
                            ("dispensed", "Dispensed"),
                            ("stopped", "Stopped"),
                            ("expired", "Expired"),
                        ],
                        default="draft",
                        max_length=24,
                        verbose_name="Status",
                    ),
                ),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reviewed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-signed_at", "-id"],
                "indexes": [
                    models.Index(fields=["branch", "status", "signed_at"], name="pharmacy_worklist"),
                    models.Index(fields=["patient", "status"], name="pharmacy_by_patient"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "signed",
                                    "queried",
                                    "reviewed",
                                    "partly_dispensed",
                                    "dispensed",
                                    "stopped",
                                    "expired",
                                ],
                            )
                        ),
                        name="pharmacy_prescription_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(("number__isnull", False), ("signed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="pharmacy_prescription_signed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("encounter",),
                        name="pharmacy_one_draft_per_encounter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Interaction",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("number", models.PositiveIntegerField(unique=True)),
                ("a_name", models.CharField(max_length=160, verbose_name="First medicine or class")),
                (
                    "a_atc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=7,
                            validators=[
                                django.core.validators.RegexValidator(
                                    "^[A-Z](\\d{2}([A-Z]([A-Z](\\d{2})?)?)?)?$", "Write an ATC code such as J01CA04."
                                )
                            ],
                        ),
                        size=None,
                        verbose_name="First ATC codes",
                    ),
                ),
                ("b_name", models.CharField(max_length=160, verbose_name="Second medicine or class")),
                (
                    "b_atc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=7,
                            validators=[
                                django.core.validators.RegexValidator(
                                    "^[A-Z](\\d{2}([A-Z]([A-Z](\\d{2})?)?)?)?$", "Write an ATC code such as J01CA04."
                                )
                            ],
                        ),
                        size=None,
                        verbose_name="Second ATC codes",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("contraindicated", "Contraindicated"),
                            ("major", "Major"),
                            ("moderate", "Moderate"),
                            ("minor", "Minor"),
                        ],
                        max_length=16,
                        verbose_name="Severity",
                    ),
                ),
                ("effect", models.CharField(max_length=255, verbose_name="Effect")),
                ("effect_en", models.CharField(max_length=255, null=True, verbose_name="Effect")),
                ("effect_km", models.CharField(max_length=255, null=True, verbose_name="Effect")),
                ("effect_zh_hans", models.CharField(max_length=255, null=True, verbose_name="Effect")),
                ("management", models.CharField(blank=True, max_length=255, verbose_name="What to do")),
                ("management_en", models.CharField(blank=True, max_length=255, null=True, verbose_name="What to do")),
                ("management_km", models.CharField(blank=True, max_length=255, null=True, verbose_name="What to do")),
                (
                    "management_zh_hans",
                    models.CharField(blank=True, max_length=255, null=True, verbose_name="What to do"),
                ),
                (
                    "severity_source",
                    models.CharField(blank=True, max_length=255, verbose_name="Source of the severity"),
                ),
                ("source", models.TextField(blank=True, verbose_name="Source")),
                ("is_active", models.BooleanField(default=True, verbose_name="In use")),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["contraindicated", "major", "moderate", "minor"])),
                        name="pharmacy_interaction_severity",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "medicine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="pharmacy.medicine"
                    ),
                ),
                ("lot_number", models.CharField(max_length=40, verbose_name="Batch number")),
                ("expires_on", models.DateField(verbose_name="Expiry date")),
                (
                    "unit_cost",
                    core.money.MoneyAmountField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="Cost of one unit"
                    ),
                ),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
            ],
            options={
                "ordering": ["expires_on", "id"],
                "indexes": [models.Index(fields=["medicine", "expires_on"], name="pharmacy_batch_fefo")],
                "constraints": [
                    models.UniqueConstraint(fields=("medicine", "lot_number", "expires_on"), name="pharmacy_batch_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsReceipt",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("number", models.PositiveBigIntegerField(unique=True, verbose_name="Number")),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="pharmacy.location"
                    ),
                ),
                ("supplier", models.CharField(max_length=160, verbose_name="Supplier")),
                ("reference", models.CharField(blank=True, max_length=80, verbose_name="Delivery note")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Dispense",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispenses",
                        to="pharmacy.prescription",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pharmacy.location"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prepared", "Prepared"),
                            ("checked", "Checked"),
                            ("handed_over", "Handed over"),
                            ("returned", "Returned"),
                            ("cancelled", "Cancelled"),
                            ("released", "Released after waiting too long"),
                        ],
                        default="prepared",
                        max_length=16,
                        verbose_name="Status",
                    ),
                ),
                ("needs_check", models.BooleanField(default=False)),
                ("needs_payment", models.BooleanField(default=False)),
                ("reserved_until", models.DateTimeField()),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("prepared_at", models.DateTimeField()),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "handed_over_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("handed_over_at", models.DateTimeField(null=True)),
                (
                    "unpaid_reason",
                    core.fields.EncryptedTextField(
                        blank=True, default="", verbose_name="Reason for handing over unpaid"
                    ),
                ),
                ("unpaid_override", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["-prepared_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("prepared", "checked"))),
                        fields=["reserved_until"],
                        name="pharmacy_open_reservations",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["prepared", "checked", "handed_over", "returned", "cancelled", "released"])
                        ),
                        name="pharmacy_dispense_status",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("prepared", "checked"))),
                        fields=("prescription",),
                        name="pharmacy_one_open_dispense",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("prepared_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="pharmacy_second_check_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "handed_over"), _negated=True),
                            ("needs_check", False),
                            ("checked_by__isnull", False),
                            _connector="OR",
                        ),
                        name="pharmacy_high_alert_was_checked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "handed_over"), _negated=True),
                            models.Q(("handed_over_at__isnull", False), ("handed_over_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="pharmacy_handed_over_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrescriptionItem",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="pharmacy.prescription"
                    ),
                ),
                (
                    "medicine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pharmacy.medicine"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("partly_dispensed", "Partly dispensed"),
                            ("dispensed", "Dispensed"),
                            ("stopped", "Stopped"),
                            ("expired", "Expired"),
                        ],
                        default="draft",
                        max_length=24,
                        verbose_name="Status",
                    ),
                ),
                (
                    "dose",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.0001"))],
                        verbose_name="Dose",
                    ),
                ),
                (
                    "dose_unit",
                    models.CharField(
                        choices=[
                            ("tablet", "tablet"),
                            ("capsule", "capsule"),
                            ("vial", "vial"),
                            ("ampoule", "ampoule"),
                            ("prefilled syringe", "prefilled syringe"),
                            ("sachet", "sachet"),
                            ("bag", "bag"),
                            ("unit dose", "single-dose container"),
                            ("pessary", "pessary"),
                            ("puff", "puff"),
                            ("drop", "drop"),
                            ("application", "application"),
                            ("L/min", "L/min"),
                            ("mL", "mL"),
                            ("g", "g"),
                            ("mg", "mg"),
                            ("mcg", "microgram"),
                            ("IU", "international units"),
                            ("MIU", "million international units"),
                        ],
                        max_length=24,
                        verbose_name="Dose unit",
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("OD", "OD · once a day"),
                            ("BD", "BD · two times a day"),
                            ("TDS", "TDS · three times a day"),
                            ("QDS", "QDS · four times a day"),
                            ("OM", "OM · every morning"),
                            ("ON", "ON · every night"),
                            ("HS", "HS · at bedtime"),
                            ("Q4H", "Q4H · every 4 hours"),
                            ("Q6H", "Q6H · every 6 hours"),
                            ("Q8H", "Q8H · every 8 hours"),
                            ("Q12H", "Q12H · every 12 hours"),
                            ("EOD", "EOD · every second day"),
                            ("WEEKLY", "WEEKLY · once a week"),
                            ("STAT", "STAT · one time only, at once"),
                        ],
                        max_length=8,
                        verbose_name="Frequency",
                    ),
                ),
                ("as_needed", models.BooleanField(default=False, verbose_name="Only when needed")),
                (
                    "route",
                    models.CharField(
                        choices=[
                            ("oral", "by mouth"),
                            ("sublingual", "under the tongue"),
                            ("topical", "on the skin"),
                            ("ophthalmic", "into the eye"),
                            ("inhalation", "by inhalation"),
                            ("vaginal", "into the vagina"),
                            ("rectal", "into the rectum"),
                            ("IV", "into a vein"),
                            ("IV infusion", "as an infusion into a vein"),
                            ("IM", "into a muscle"),
                            ("SC", "under the skin"),
                            ("spinal", "into the spinal canal"),
                            ("infiltration", "by infiltration"),
                        ],
                        max_length=16,
                        verbose_name="Route",
                    ),
                ),
                (
                    "duration_days",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="Duration in days",
                    ),
                ),
                (
                    "quantity",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10000),
                        ],
                        verbose_name="Quantity",
                    ),
                ),
                ("dispensed", models.PositiveIntegerField(default=0, verbose_name="Dispensed")),
                ("returned", models.PositiveIntegerField(default=0, verbose_name="Returned")),
                ("instructions", core.fields.EncryptedTextField(blank=True, default="", verbose_name="Instructions")),
                ("reasons", core.fields.EncryptedJSONField(blank=True, default=dict)),
                (
                    "stop_reason",
                    core.fields.EncryptedTextField(blank=True, default="", verbose_name="Reason for stopping"),
                ),
                (
                    "stopped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("stopped_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["position", "id"],
                "indexes": [models.Index(fields=["medicine", "status"], name="pharmacy_item_by_medicine")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "active", "partly_dispensed", "dispensed", "stopped", "expired"])
                        ),
                        name="pharmacy_item_status",
                    ),
                    models.CheckConstraint(condition=models.Q(("dose__gt", 0)), name="pharmacy_item_dose_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("duration_days__gte", 1), ("duration_days__lte", 365)),
                        name="pharmacy_item_duration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1)), name="pharmacy_item_quantity_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dispensed__lte", models.F("quantity"))),
                        name="pharmacy_item_dispensed_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned__lte", models.F("dispensed"))),
                        name="pharmacy_item_returned_within",
                    ),
                    models.UniqueConstraint(fields=("prescription", "medicine"), name="pharmacy_item_medicine_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrescriptionQuery",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="queries", to="pharmacy.prescription"
                    ),
                ),
                ("question", core.fields.EncryptedTextField(verbose_name="Question")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("answer", core.fields.EncryptedTextField(blank=True, default="", verbose_name="Answer")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("prescription",),
                        name="pharmacy_one_open_query",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchBalance",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="balances", to="pharmacy.batch"
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="balances", to="pharmacy.location"
                    ),
                ),
                ("on_hand", models.IntegerField(default=0, verbose_name="On hand")),
                ("reserved", models.IntegerField(default=0, verbose_name="Reserved")),
            ],
            options={
                "indexes": [models.Index(fields=["location", "batch"], name="pharmacy_balance_by_place")],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "location"), name="pharmacy_balance_once"),
                    models.CheckConstraint(
                        condition=models.Q(("on_hand__gte", 0)), name="pharmacy_balance_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reserved__gte", 0), ("reserved__lte", models.F("on_hand"))),
                        name="pharmacy_balance_reserved_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockAdjustment",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("number", models.PositiveBigIntegerField(unique=True, verbose_name="Number")),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adjustments", to="pharmacy.location"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adjustments", to="pharmacy.batch"
                    ),
                ),
                (
                    "quantity",
                    models.IntegerField(help_text="Negative when units are missing or removed.", verbose_name="Change"),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("count", "Count differs from the record"),
                            ("expired", "Expired stock removed"),
                            ("damaged", "Damaged or broken"),
                            ("lost", "Lost or stolen"),
                            ("recall", "Recalled by the maker"),
                            ("other", "Another reason"),
                        ],
                        max_length=16,
                        verbose_name="Reason",
                    ),
                ),
                ("note", models.CharField(max_length=255, verbose_name="Note")),
                ("needs_approval", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[("requested", "Waiting for approval"), ("applied", "Applied"), ("refused", "Refused")],
                        default="requested",
                        max_length=16,
                        verbose_name="Status",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=255, verbose_name="Reason for refusing")),
            ],
            options={
                "ordering": ["-number"],
                "indexes": [models.Index(fields=["status", "-number"], name="pharmacy_adjustment_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["requested", "applied", "refused"])),
                        name="pharmacy_adjustment_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity", 0), _negated=True), name="pharmacy_adjustment_not_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("needs_approval", False),
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="pharmacy_adjustment_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "applied"), _negated=True),
                            ("needs_approval", False),
                            ("decided_by__isnull", False),
                            _connector="OR",
                        ),
                        name="pharmacy_adjustment_applied_when_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="pharmacy.location"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="pharmacy.batch"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "Received"),
                            ("dispense", "Dispensed"),
                            ("return", "Returned by a patient"),
                            ("adjustment", "Adjusted"),
                        ],
                        max_length=16,
                        verbose_name="Kind",
                    ),
                ),
                ("quantity", models.IntegerField(verbose_name="Quantity")),
                ("balance_after", models.IntegerField(verbose_name="Balance")),
                ("source_kind", models.CharField(max_length=40)),
                ("source_id", models.UUIDField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["batch", "location", "-created_at"], name="pharmacy_movement_ledger")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["receipt", "dispense", "return", "adjustment"])),
                        name="pharmacy_movement_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity", 0), _negated=True), name="pharmacy_movement_not_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance_after__gte", 0)), name="pharmacy_movement_balance_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "adjustment"),
                            models.Q(("kind__in", ["receipt", "return"]), ("quantity__gt", 0)),
                            models.Q(("kind", "dispense"), ("quantity__lt", 0)),
                            _connector="OR",
                        ),
                        name="pharmacy_movement_direction",
                    ),
                    models.UniqueConstraint(
                        fields=("source_kind", "source_id", "batch", "location"),
                        name="pharmacy_movement_once_per_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsReceiptLine",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="pharmacy.goodsreceipt"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pharmacy.batch"
                    ),
                ),
                ("quantity", models.PositiveIntegerField(verbose_name="Quantity")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1)), name="pharmacy_receipt_quantity_positive"
                    ),
                    models.UniqueConstraint(fields=("receipt", "batch"), name="pharmacy_receipt_batch_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DispenseLine",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "dispense",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="pharmacy.dispense"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="pharmacy.prescriptionitem",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pharmacy.batch"
                    ),
                ),
                ("quantity", models.PositiveIntegerField(verbose_name="Quantity")),
                ("returned", models.PositiveIntegerField(default=0, verbose_name="Returned")),
                (
                    "batch_reason",
                    core.fields.EncryptedTextField(blank=True, max_length=255, verbose_name="Reason for another batch"),
                ),
            ],
            options={
                "ordering": ["item__position", "batch__expires_on", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("dispense", "item", "batch"), name="pharmacy_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1)), name="pharmacy_line_quantity_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned__lte", models.F("quantity"))),
                        name="pharmacy_line_returned_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyWarning",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="warnings",
                        to="pharmacy.prescriptionitem",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("prescribing", "When prescribing"), ("dispensing", "When dispensing")],
                        max_length=16,
                        verbose_name="Stage",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("allergy", "Allergy"),
                            ("interaction", "Interaction"),
                            ("duplicate", "Duplicate therapy"),
                            ("dose", "Dose"),
                        ],
                        max_length=16,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("contraindicated", "Contraindicated"),
                            ("major", "Major"),
                            ("moderate", "Moderate"),
                            ("minor", "Minor"),
                            ("unavailable", "Check unavailable"),
                        ],
                        max_length=16,
                        verbose_name="Severity",
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("text", core.fields.EncryptedTextField(verbose_name="Warning")),
                ("reason", core.fields.EncryptedTextField(blank=True, default="", verbose_name="Reason")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "indexes": [models.Index(fields=["item", "stage"], name="pharmacy_warning_of_item")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["allergy", "interaction", "duplicate", "dose"])),
                        name="pharmacy_warning_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("severity__in", ["contraindicated", "major", "moderate", "minor", "unavailable"])
                        ),
                        name="pharmacy_warning_severity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("severity__in", ["contraindicated", "major"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="pharmacy_warning_blocking_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="pharmacy.prescription"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="pharmacy.prescriptionitem",
                    ),
                ),
                (
                    "dispense",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="pharmacy.dispense",
                    ),
                ),
                ("verb", models.CharField(max_length=24)),
                ("from_status", models.CharField(max_length=24)),
                ("to_status", models.CharField(max_length=24)),
                ("reason", core.fields.EncryptedTextField(blank=True, default="", verbose_name="Reason")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="MedicineReturn",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="pharmacy.dispenseline"
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pharmacy.location"
                    ),
                ),
                ("quantity", models.PositiveIntegerField(verbose_name="Quantity")),
                ("reason", core.fields.EncryptedTextField(verbose_name="Reason")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gte", 1)), name="pharmacy_return_positive")
                ],
            },
        ),
        migrations.RunSQL(sql.STATEMENTS),
    ]
