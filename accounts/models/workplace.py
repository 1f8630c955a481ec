"""Where staff work: branches, their departments and rooms."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel


class Branch(UUIDModel):
    """One site of the hospital; its code opens invoice numbers."""

    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class DepartmentKind(models.TextChoices):
    REGISTRATION = "registration", _("Registration")
    OUTPATIENT = "outpatient", _("Outpatient")
    EMERGENCY = "emergency", _("Emergency")
    INPATIENT = "inpatient", _("Inpatient")
    LABORATORY = "laboratory", _("Laboratory")
    PHARMACY = "pharmacy", _("Pharmacy")
    BILLING = "billing", _("Billing")
    ADMINISTRATION = "administration", _("Administration")


class Specialty(models.TextChoices):
    """Specialisations whose consultations only those read who work in them or treat the patient (patients.access)."""

    PSYCHIATRY = "psychiatry", _("Psychiatry")
    HIV = "hiv", _("HIV care")
    ADDICTION = "addiction", _("Addiction care")
    SEXUAL_HEALTH = "sexual_health", _("Sexual health")
    VIOLENCE = "violence", _("Care after violence")


class Department(UUIDModel):
    """A department of one branch. ``queue_prefix`` is the letter of its tickets (A-001).

    Consultations of a department with a ``specialty`` are protected by it from their beginning.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="departments")
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=DepartmentKind)
    queue_prefix = models.CharField(_("ticket letter"), max_length=2, default="A")
    specialty = models.CharField(_("protected specialisation"), max_length=16, choices=Specialty, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["branch__code", "code"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "code"], name="accounts_department_code_unique"),
            models.CheckConstraint(
                condition=models.Q(kind__in=DepartmentKind.values), name="accounts_department_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(specialty__in=["", *Specialty.values]), name="accounts_department_specialty_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def receives_patients(self) -> bool:
        return self.kind in {DepartmentKind.OUTPATIENT, DepartmentKind.EMERGENCY, DepartmentKind.INPATIENT}


class Room(UUIDModel):
    """A consultation room, counter or bench that tickets are called to."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="rooms")
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["department__code", "code"]
        constraints = [models.UniqueConstraint(fields=["department", "code"], name="accounts_room_code_unique")]

    def __str__(self) -> str:
        return self.name
