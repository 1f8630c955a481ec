from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import VersionedModel
from pharmacy.vocabulary import LOCAL_ROUTES, DoseUnit, Form, PackUnit, Route

ATC_PATTERN = r"^[A-Z](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?$"
validate_code = RegexValidator(r"^[A-Z0-9][A-Z0-9-]*$", _("Use capital letters, digits and dashes."))
validate_atc = RegexValidator(ATC_PATTERN, _("Write an ATC code such as J01CA04."))


class Medicine(VersionedModel):
    """One line of the hospital's formulary: one substance, form and strength, counted in whole pack units."""

    code = models.CharField(_("Code"), max_length=40, unique=True, validators=[validate_code])
    name = models.CharField(_("Name"), max_length=160)
    inn = models.CharField(_("Generic name (INN)"), max_length=160)
    brand_names = models.CharField(_("Brand names"), max_length=255, blank=True)
    atc = models.CharField(_("ATC code"), max_length=7, validators=[validate_atc], db_index=True)
    atc_name = models.CharField(_("ATC name"), max_length=160, blank=True)
    component_atc = ArrayField(
        models.CharField(max_length=7, validators=[validate_atc]),
        verbose_name=_("ATC codes of the components"),
        help_text=_("For combinations, so that each component is checked for interactions and duplicates."),
        default=list,
        blank=True,
    )
    form = models.CharField(_("Form"), max_length=32, choices=Form)
    strength = models.CharField(_("Strength"), max_length=60, blank=True)
    unit = models.CharField(_("Unit of issue"), max_length=24, choices=PackUnit)
    unit_size = models.CharField(_("Size of the unit"), max_length=24, blank=True)
    routes = ArrayField(models.CharField(max_length=16, choices=Route), verbose_name=_("Routes"))
    dose_unit = models.CharField(_("Dose unit"), max_length=24, choices=DoseUnit)
    doses_per_unit = models.DecimalField(
        _("Dose units in one unit of issue"),
        max_digits=10,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001"))],
        help_text=_("Empty where it depends on use, as for creams; the quantity is then entered by hand."),
    )
    content = models.DecimalField(
        _("Content of one dose unit"),
        max_digits=14,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.0001"))],
    )
    content_unit = models.CharField(_("Unit of the content"), max_length=24, choices=DoseUnit, blank=True)
    max_daily_dose = models.DecimalField(
        _("Highest daily dose"),
        max_digits=14,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.0001"))],
    )
    max_daily_unit = models.CharField(_("Unit of the highest daily dose"), max_length=24, choices=DoseUnit, blank=True)
    default_dose = models.CharField(_("Usual dose"), max_length=120, blank=True)
    high_alert = models.BooleanField(
        _("High-alert medicine"), default=False, help_text=_("A second pharmacist checks it before it is handed over.")
    )
    controlled = models.BooleanField(_("Controlled medicine"), default=False)
    reorder_level = models.PositiveIntegerField(_("Reorder level"), default=0)
    is_active = models.BooleanField(_("In use"), default=True)
    source = models.TextField(_("Source"), blank=True)

    class Meta:
        ordering = ["inn", "form", "strength", "code"]
        constraints = [
            models.CheckConstraint(
                name="pharmacy_medicine_limit_has_unit",
                condition=models.Q(max_daily_dose__isnull=True) | ~models.Q(max_daily_unit=""),
            ),
            models.CheckConstraint(
                name="pharmacy_medicine_content_has_unit",
                condition=models.Q(content__isnull=True) | ~models.Q(content_unit=""),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Name, strength and form: what a prescriber and a pharmacist read, never the name alone."""
        return " ".join(part for part in (str(self.name), self.strength, str(self.get_form_display())) if part)

    @property
    def price_code(self) -> str:
        return f"MED-{self.code}"

    @property
    def unit_label(self) -> str:
        return " ".join(part for part in (str(self.get_unit_display()), self.unit_size) if part)

    @property
    def atc_codes(self) -> list[str]:
        return [self.atc, *self.component_atc]

    @property
    def is_local(self) -> bool:
        return all(route in LOCAL_ROUTES for route in self.routes)

    @property
    def dose_units(self) -> list[str]:
        """The units a dose of it may be written in: counted units, or the amount of active substance."""
        return list(dict.fromkeys(unit for unit in (self.dose_unit, self.content_unit) if unit))

    @property
    def route_labels(self) -> list[str]:
        return [str(Route(route).label) for route in self.routes]

    @property
    def limit_label(self) -> str:
        """The highest daily dose with its unit; empty where none is recorded."""
        if not self.max_daily_dose:
            return ""
        return f"{self.max_daily_dose.normalize():f} {DoseUnit(self.max_daily_unit).label}"
