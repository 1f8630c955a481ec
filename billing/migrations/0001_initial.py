from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.fields
import core.ids
import core.models.base
import core.money


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
            name="Service",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=64, unique=True, verbose_name="Code")),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                ("name_en", models.CharField(max_length=200, null=True, verbose_name="Name")),
                ("name_km", models.CharField(max_length=200, null=True, verbose_name="Name")),
                ("name_zh_hans", models.CharField(max_length=200, null=True, verbose_name="Name")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("consultation", "Consultation"),
                            ("laboratory", "Laboratory"),
                            ("pharmacy", "Pharmacy"),
                            ("procedure", "Procedure"),
                            ("imaging", "Imaging"),
                            ("ward", "Ward"),
                            ("vaccination", "Vaccination"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="Category",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="Active")),
            ],
            options={
                "verbose_name": "Service",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    "consultation",
                                    "laboratory",
                                    "pharmacy",
                                    "procedure",
                                    "imaging",
                                    "ward",
                                    "vaccination",
                                    "other",
                                ],
                            )
                        ),
                        name="billing_service_category",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PriceList",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="Code")),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("name_en", models.CharField(max_length=120, null=True, verbose_name="Name")),
                ("name_km", models.CharField(max_length=120, null=True, verbose_name="Name")),
                ("name_zh_hans", models.CharField(max_length=120, null=True, verbose_name="Name")),
                ("is_default", models.BooleanField(default=False, verbose_name="Default")),
            ],
            options={
                "verbose_name": "Price list",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("is_default",),
                        name="billing_one_default_price_list",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prices", to="billing.service"
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prices", to="billing.pricelist"
                    ),
                ),
                ("amount", core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Amount")),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="Valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="Valid until (not included)")),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "Price",
                "ordering": ["service", "-valid_from", "-created_at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="billing_price_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="billing_price_dates",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("service", "="),
                            ("price_list", "="),
                            (
                                models.Func(
                                    "valid_from",
                                    "valid_to",
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="billing_price_no_overlap",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("effective_on", models.DateField(verbose_name="From")),
                (
                    "riel_per_dollar",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="Riel per dollar"),
                ),
                ("source", models.CharField(max_length=120, verbose_name="Source")),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "Exchange rate",
                "ordering": ["-effective_on", "-created_at"],
                "indexes": [models.Index(fields=["-effective_on", "-created_at"], name="billing_rate_latest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("riel_per_dollar__gt", 0)), name="billing_rate_positive")
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="patients.visit"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="patients.patient"
                    ),
                ),
                ("source_kind", models.CharField(max_length=40)),
                ("source_id", models.UUIDField()),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="billing.service"
                    ),
                ),
                ("service_code", models.CharField(max_length=64, verbose_name="Code")),
                ("category", models.CharField(max_length=20, verbose_name="Category")),
                ("text_en", models.CharField(max_length=200)),
                ("text_km", models.CharField(blank=True, max_length=200)),
                ("text_zh_hans", models.CharField(blank=True, max_length=200)),
                ("detail", core.fields.EncryptedTextField(blank=True, max_length=200, verbose_name="Detail")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12, verbose_name="Quantity")),
                ("unit_price", core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Unit price")),
                ("amount", core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Amount")),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                (
                    "price",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="billing.price"
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.pricelist"
                    ),
                ),
                ("explanation", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("invoiced", "Invoiced"),
                            ("waived", "Waived"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=12,
                        verbose_name="Status",
                    ),
                ),
                ("status_reason", core.fields.EncryptedTextField(blank=True, max_length=200, verbose_name="Reason")),
                (
                    "charged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "Charge",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pending")), fields=["visit"], name="billing_charge_pending"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "cancelled"), _negated=True),
                        fields=("source_kind", "source_id"),
                        name="billing_one_charge_per_event",
                    ),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="billing_charge_quantity"),
                    models.CheckConstraint(
                        condition=models.Q(("unit_price__gte", 0), ("amount__gte", 0)),
                        name="billing_charge_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["pending", "invoiced", "waived", "cancelled"])),
                        name="billing_charge_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["waived", "cancelled"]), _negated=True),
                            models.Q(("status_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="billing_charge_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="patients.visit"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="patients.patient"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="patients.family"
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.branch"
                    ),
                ),
                ("payer", models.CharField(default="self", max_length=12, verbose_name="Payer")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("issued", "Issued"),
                            ("partly_paid", "Partly paid"),
                            ("paid", "Paid"),
                            ("void", "Void"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="Status",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=40, null=True, unique=True, verbose_name="Number")),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("sequence", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                ("rate", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="Riel per dollar")),
                (
                    "discount_rate",
                    models.DecimalField(decimal_places=4, default=Decimal(0), max_digits=5, verbose_name="Discount"),
                ),
                (
                    "discount_source",
                    models.CharField(
                        choices=[
                            ("none", "No discount"),
                            ("tier", "Membership tier"),
                            ("promotion", "Promotion"),
                            ("override", "Granted by management"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                ("discount_label_en", models.CharField(blank=True, default="", max_length=120)),
                ("discount_label_km", models.CharField(blank=True, default="", max_length=120)),
                ("discount_label_zh_hans", models.CharField(blank=True, default="", max_length=120)),
                (
                    "discount_reason",
                    core.fields.EncryptedTextField(
                        blank=True, default="", max_length=200, verbose_name="Reason of the discount"
                    ),
                ),
                (
                    "discount_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "subtotal",
                    core.money.MoneyAmountField(
                        decimal_places=2, default=Decimal(0), max_digits=14, verbose_name="Subtotal"
                    ),
                ),
                (
                    "discount",
                    core.money.MoneyAmountField(
                        decimal_places=2, default=Decimal(0), max_digits=14, verbose_name="Discount"
                    ),
                ),
                (
                    "total",
                    core.money.MoneyAmountField(
                        decimal_places=2, default=Decimal(0), max_digits=14, verbose_name="Total"
                    ),
                ),
                (
                    "paid",
                    core.money.MoneyAmountField(
                        decimal_places=2, default=Decimal(0), max_digits=14, verbose_name="Paid"
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="Issued")),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="Paid in full")),
                (
                    "void_reason",
                    core.fields.EncryptedTextField(blank=True, default="", max_length=200, verbose_name="Reason"),
                ),
            ],
            options={
                "verbose_name": "Invoice",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["issued", "partly_paid"])),
                        fields=["visit"],
                        name="billing_invoice_owing",
                    ),
                    models.Index(fields=["issued_at"], name="billing_invoice_issued_at"),
                    models.Index(fields=["sequence"], name="billing_invoice_by_sequence"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("visit", "payer"),
                        name="billing_one_draft_per_visit",
                    ),
                    models.UniqueConstraint(fields=("branch", "year", "sequence"), name="billing_invoice_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "issued", "partly_paid", "paid", "void"])),
                        name="billing_invoice_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("issued_at__isnull", True), ("number__isnull", True), ("status", "draft")),
                            models.Q(
                                models.Q(("status", "draft"), _negated=True),
                                ("issued_at__isnull", False),
                                ("number__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="billing_invoice_number_at_issue",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("discount_rate__gte", 0), ("discount_rate__lte", 1)),
                        name="billing_invoice_discount_rate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "total",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("subtotal"), "-", models.F("discount")
                                ),
                            ),
                            ("discount__gte", 0),
                            ("total__gte", 0),
                        ),
                        name="billing_invoice_sums",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paid__gte", 0), ("paid__lte", models.F("total"))),
                        name="billing_never_overpaid",
                    ),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="billing_invoice_rate"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "paid"), _negated=True),
                            models.Q(("paid", models.F("total")), ("paid_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="billing_paid_is_paid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "void"), _negated=True),
                            models.Q(("paid", 0), models.Q(("void_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="billing_void_is_unpaid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("discount_source", "override"), _negated=True),
                            models.Q(("discount_by__isnull", False), models.Q(("discount_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="billing_override_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="billing.invoice"
                    ),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="billing.charge"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("live", models.BooleanField(default=True)),
                ("service_code", models.CharField(max_length=64)),
                ("category", models.CharField(max_length=20)),
                ("text_en", models.CharField(max_length=200)),
                ("text_km", models.CharField(blank=True, max_length=200)),
                ("text_zh_hans", models.CharField(blank=True, max_length=200)),
                ("detail", core.fields.EncryptedTextField(blank=True, max_length=200)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "unit_price",
                    core.money.MoneyAmountField(currency_field="price_currency", decimal_places=2, max_digits=14),
                ),
                (
                    "price_amount",
                    core.money.MoneyAmountField(currency_field="price_currency", decimal_places=2, max_digits=14),
                ),
                (
                    "price_currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                ("amount", core.money.MoneyAmountField(decimal_places=2, max_digits=14)),
                ("discount", core.money.MoneyAmountField(decimal_places=2, default=Decimal(0), max_digits=14)),
                ("net", core.money.MoneyAmountField(decimal_places=2, max_digits=14)),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
            ],
            options={
                "verbose_name": "Invoice line",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("live", True)), fields=("charge",), name="billing_charge_invoiced_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("amount"), "-", models.F("discount")
                                ),
                            ),
                            ("net__gte", 0),
                            ("discount__gte", 0),
                        ),
                        name="billing_line_sums",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("key", models.CharField(max_length=40, unique=True)),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Code")),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("name_en", models.CharField(max_length=120, null=True, verbose_name="Name")),
                ("name_km", models.CharField(max_length=120, null=True, verbose_name="Name")),
                ("name_zh_hans", models.CharField(max_length=120, null=True, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("asset", "Asset"),
                            ("liability", "Liability"),
                            ("equity", "Equity"),
                            ("income", "Income"),
                            ("expense", "Expense"),
                        ],
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
            ],
            options={
                "verbose_name": "Account",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["asset", "liability", "equity", "income", "expense"])),
                        name="billing_account_kind",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("subject_kind", models.CharField(max_length=12)),
                ("subject_id", models.UUIDField()),
                ("verb", models.CharField(max_length=12)),
                ("from_status", models.CharField(blank=True, max_length=12)),
                ("to_status", models.CharField(max_length=12)),
                ("reason", core.fields.EncryptedTextField(blank=True, max_length=200, verbose_name="Reason")),
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
                "ordering": ["id"],
                "indexes": [models.Index(fields=["subject_kind", "subject_id"], name="billing_transition_subject")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Drawer",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drawers", to="accounts.branch"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="Code")),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("is_active", models.BooleanField(default=True, verbose_name="Active")),
            ],
            options={
                "verbose_name": "Drawer",
                "ordering": ["branch", "code"],
                "constraints": [models.UniqueConstraint(fields=("branch", "code"), name="billing_drawer_code")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="Number")),
                (
                    "drawer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="billing.drawer"
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.branch"
                    ),
                ),
                (
                    "cashier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("counted", "Counted"),
                            ("closed", "Closed"),
                            ("reconciled", "Reconciled"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="Status",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="Opened")),
                ("counted_at", models.DateTimeField(blank=True, null=True, verbose_name="Counted")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="Closed")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="Accepted")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("acceptance_note", models.CharField(blank=True, default="", max_length=200, verbose_name="Note")),
            ],
            options={
                "verbose_name": "Shift",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("open", "counted"))),
                        fields=("cashier",),
                        name="billing_one_shift_per_cashier",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("open", "counted"))),
                        fields=("drawer",),
                        name="billing_one_shift_per_drawer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "counted", "closed", "reconciled"])),
                        name="billing_shift_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_by__isnull", True),
                            models.Q(("accepted_by", models.F("cashier")), _negated=True),
                            _connector="OR",
                        ),
                        name="billing_shift_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "reconciled"), _negated=True),
                            ("accepted_by__isnull", False),
                            _connector="OR",
                        ),
                        name="billing_shift_accepted",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ShiftTotal",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="totals", to="billing.shift"
                    ),
                ),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                ("opening", core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Opening float")),
                (
                    "expected",
                    core.money.MoneyAmountField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="Expected"
                    ),
                ),
                (
                    "counted",
                    core.money.MoneyAmountField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="Counted"
                    ),
                ),
                (
                    "difference",
                    core.money.MoneyAmountField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="Difference"
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=200, verbose_name="Reason")),
            ],
            options={
                "ordering": ["-currency"],
                "constraints": [
                    models.UniqueConstraint(fields=("shift", "currency"), name="billing_shift_total_once"),
                    models.CheckConstraint(condition=models.Q(("opening__gte", 0)), name="billing_float_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("difference__isnull", True),
                            (
                                "difference",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("counted"), "-", models.F("expected")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="billing_difference_is_computed",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CashCount",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counts", to="billing.shift"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("opening", "Opening float"), ("closing", "Closing count")], max_length=8
                    ),
                ),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                ("denomination", models.PositiveIntegerField()),
                ("pieces", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["-currency", "-denomination"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shift", "stage", "currency", "denomination"), name="billing_count_note_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("currency", "USD"), ("denomination__in", (100, 50, 20, 10, 5, 2, 1))),
                            models.Q(
                                ("currency", "KHR"),
                                ("denomination__in", (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100)),
                            ),
                            _connector="OR",
                        ),
                        name="billing_count_known_note",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("key", models.UUIDField(unique=True)),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="Receipt number")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="billing.invoice"
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="billing.shift"
                    ),
                ),
                (
                    "cashier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="Received")),
                ("applied", core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Applied")),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                ("rate", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="Riel per dollar")),
                (
                    "rounding",
                    models.DecimalField(
                        decimal_places=0, default=Decimal(0), max_digits=14, verbose_name="Rounding in riel"
                    ),
                ),
                (
                    "balance_after",
                    core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Still due"),
                ),
                (
                    "points",
                    models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="Points earned"),
                ),
                (
                    "points_balance",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, null=True, verbose_name="Points of the family"
                    ),
                ),
            ],
            options={
                "verbose_name": "Payment",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["received_at"], name="billing_payment_received")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("applied__gt", 0)), name="billing_payment_applied"),
                    models.CheckConstraint(
                        condition=models.Q(("rounding__gte", -100), ("rounding__lte", 100)), name="billing_rounding"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance_after__gte", 0)), name="billing_payment_balance"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tender",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tenders", to="billing.payment"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("cash", "Cash"), ("card", "Card"), ("bank", "Bank transfer"), ("khqr", "KHQR")],
                        max_length=8,
                        verbose_name="Method",
                    ),
                ),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                ("amount", core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Amount")),
                ("rate", models.DecimalField(decimal_places=2, max_digits=10)),
                (
                    "reference",
                    core.fields.EncryptedTextField(blank=True, default="", max_length=64, verbose_name="Reference"),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="billing_tender_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["cash", "card", "bank", "khqr"])),
                        name="billing_tender_method",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="billing.payment"
                    ),
                ),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                ("amount", core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Amount")),
            ],
            options={
                "ordering": ["-currency"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="billing_change_positive"),
                    models.UniqueConstraint(fields=("payment", "currency"), name="billing_change_once"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ReceiptPrint",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prints", to="billing.payment"
                    ),
                ),
                ("copy", models.PositiveIntegerField()),
                (
                    "paper",
                    models.CharField(
                        choices=[("a5", "A5 sheet"), ("80mm", "80 mm roll")], max_length=4, verbose_name="Paper"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("km", "ភាសាខ្មែរ"), ("zh-hans", "简体中文")],
                        max_length=10,
                        verbose_name="Language",
                    ),
                ),
                (
                    "printed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["copy"],
                "constraints": [models.UniqueConstraint(fields=("payment", "copy"), name="billing_print_numbered")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoice_issued", "Invoice issued"),
                            ("invoice_voided", "Invoice voided"),
                            ("payment", "Payment received"),
                            ("shift_opened", "Shift opened"),
                            ("shift_closed", "Shift closed"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                ("source_id", models.UUIDField()),
                ("occurred_at", models.DateTimeField(verbose_name="When")),
                ("date", models.DateField(verbose_name="Date")),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.branch"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.invoice",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.payment",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.shift",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="billing.entry",
                    ),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "Journal entry",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["date", "-id"], name="billing_entry_date")],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "source_id"), name="billing_event_posted_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["invoice_issued", "invoice_voided", "payment", "shift_opened", "shift_closed"],
                            )
                        ),
                        name="billing_entry_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="billing.entry"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="billing.account"
                    ),
                ),
                (
                    "currency",
                    core.money.CurrencyField(
                        choices=[("USD", "US dollar"), ("KHR", "Riel")], max_length=3, verbose_name="Currency"
                    ),
                ),
                ("amount", core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Amount")),
                (
                    "shift",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="billing.shift",
                    ),
                ),
                ("date", models.DateField(verbose_name="Date")),
            ],
            options={
                "verbose_name": "Posting",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["account", "date"], name="billing_posting_account")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="billing_posting_not_zero"
                    )
                ],
            },
        ),
    ]
