"""What this hospital's laboratory offers. Names are in three languages (laboratory/translation.py)."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel
from laboratory.states import ValueType

CODE = RegexValidator(r"^[A-Z0-9][A-Z0-9_.-]*$", _("Capital letters, digits, point, dash and underscore only."))


class Named(UUIDModel):
    """A row of the catalogue: a short code that never changes and a name in every language."""

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Section(Named):
    """A bench of the laboratory: haematology, chemistry …"""

    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "code"]


class SpecimenType(Named):
    class Meta:
        verbose_name = _("specimen type")
        verbose_name_plural = _("specimen types")
        ordering = ["code"]


class Container(Named):
    """A tube or a cup; what shares specimen type and container is drawn into one."""

    colour = models.CharField(_("cap colour"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("container")
        verbose_name_plural = _("containers")
        ordering = ["code"]


class Test(Named):
    """One thing the laboratory can measure.

    Numbers are in `unit` (UCUM). `plausible_*` bound what can be typed at all, `critical_*` what must be told to the
    doctor at once; both include their own value. `decimals` is how many places a result is reported with.
    """

    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="tests", verbose_name=_("section"))
    specimen_type = models.ForeignKey(
        SpecimenType, on_delete=models.PROTECT, related_name="+", verbose_name=_("specimen")
    )
    container = models.ForeignKey(Container, on_delete=models.PROTECT, related_name="+", verbose_name=_("container"))
    loinc = models.CharField(
        "LOINC",
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^\d{1,7}-\d$", _("A LOINC code looks like 718-7."))],
    )
    value_type = models.CharField(_("kind of value"), max_length=10, choices=ValueType, default=ValueType.NUMERIC)
    unit = models.CharField(_("unit (UCUM)"), max_length=30, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=1)
    answer_set = models.ForeignKey(
        "laboratory.AnswerSet", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("choices")
    )
    formula = models.CharField(_("computed by"), max_length=30, blank=True)
    plausible_low = models.DecimalField(_("lowest possible"), max_digits=14, decimal_places=4, null=True, blank=True)
    plausible_high = models.DecimalField(_("highest possible"), max_digits=14, decimal_places=4, null=True, blank=True)
    critical_low = models.DecimalField(_("critically low from"), max_digits=14, decimal_places=4, null=True, blank=True)
    critical_high = models.DecimalField(
        _("critically high from"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    limits_source = models.CharField(_("source of the limits"), max_length=200, blank=True)
    limits_confirmed = models.BooleanField(_("limits confirmed by the hospital"), default=False)
    delta_percent = models.PositiveSmallIntegerField(_("remarkable change in per cent"), null=True, blank=True)
    turnaround_minutes = models.PositiveIntegerField(_("turnaround in minutes"), default=120)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("laboratory test")
        verbose_name_plural = _("laboratory tests")
        ordering = ["section__position", "position", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(value_type__in=ValueType.values), name="test_value_type_known"),
            models.CheckConstraint(
                condition=~Q(value_type=ValueType.CODED) | Q(answer_set__isnull=False), name="test_coded_has_choices"
            ),
            models.CheckConstraint(
                condition=Q(critical_low__isnull=True)
                | Q(critical_high__isnull=True)
                | Q(critical_low__lt=F("critical_high")),
                name="test_critical_limits_in_order",
            ),
            models.CheckConstraint(
                condition=Q(plausible_low__isnull=True)
                | Q(plausible_high__isnull=True)
                | Q(plausible_low__lt=F("plausible_high")),
                name="test_plausible_limits_in_order",
            ),
            models.CheckConstraint(condition=Q(decimals__lte=4), name="test_at_most_four_decimals"),
        ]

    @property
    def label(self) -> str:
        return self.short_name or self.name

    @property
    def charge_code(self) -> str:
        return f"LAB-{self.code}"

    @property
    def is_number(self) -> bool:
        return self.value_type == ValueType.NUMERIC


class Panel(Named):
    """Tests that are ordered and priced together."""

    loinc = models.CharField("LOINC", max_length=10, blank=True)
    tests = models.ManyToManyField(Test, through="laboratory.PanelMember", related_name="panels")
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        ordering = ["code"]

    @property
    def charge_code(self) -> str:
        return f"LABP-{self.code}"


class PanelMember(UUIDModel):
    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="members")
    test = models.ForeignKey(Test, on_delete=models.PROTECT, related_name="memberships")
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["panel", "test"], name="panel_names_a_test_once")]

    def __str__(self) -> str:
        return f"{self.panel_id} · {self.test_id}"
