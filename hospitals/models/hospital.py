"""The register of hospitals and their addresses on the web; lives in the public schema only."""

from datetime import timedelta

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from core.clock import now
from core.models import UUIDModel
from hospitals.states import OPEN, HospitalStatus

RESERVED_SCHEMAS = {"public", "information_schema", "console", "portal", "queue", "www", "spare"}
schema_validator = RegexValidator(r"^[a-z][a-z0-9_]{2,30}$", _("Use 3 to 31 small letters and digits."))


class Hospital(UUIDModel, TenantMixin):
    """One tenant. ``ready`` becomes true only after its schema is complete: an incomplete one is never served."""

    auto_create_schema = False
    auto_drop_schema = False

    name = models.CharField(_("name"), max_length=150)
    status = models.CharField(_("status"), max_length=20, choices=HospitalStatus, default=HospitalStatus.PROVISIONING)
    ready = models.BooleanField(default=False)
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("email"), blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=HospitalStatus.values), name="hospitals_hospital_status_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.ready and self.status in OPEN


class Surface(models.TextChoices):
    PORTAL = "portal", _("Portal")
    QUEUE = "queue", _("Queue display")


class Domain(DomainMixin):
    """A host name and the surface it opens."""

    surface = models.CharField(max_length=10, choices=Surface, default=Surface.PORTAL)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(surface__in=Surface.values), name="hospitals_domain_surface_known"
            )
        ]


class ProvisioningStep(models.TextChoices):
    WAITING = "waiting", _("Waiting for a worker")
    SCHEMA = "schema", _("Making the database schema")
    ROLES = "roles", _("Copying roles")
    CATALOGUES = "catalogues", _("Loading catalogues")
    OWNER = "owner", _("Inviting the owner")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")


class Provisioning(UUIDModel):
    """The making of one hospital, step by step, for the progress bar and for starting again after a failure."""

    hospital = models.OneToOneField(Hospital, on_delete=models.CASCADE, related_name="provisioning")
    step = models.CharField(max_length=12, choices=ProvisioningStep, default=ProvisioningStep.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    owner_name = models.CharField(max_length=150)
    owner_username = models.CharField(max_length=50)
    owner_email = models.EmailField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="hospitals_provisioning_percent_range")
        ]

    def __str__(self) -> str:
        return f"{self.hospital} {self.percent} %"

    @property
    def is_running(self) -> bool:
        return self.step not in {ProvisioningStep.DONE, ProvisioningStep.FAILED}

    @property
    def can_restart(self) -> bool:
        """Failed, or silent for so long that its worker must have died."""
        silent = now() - self.updated_at > timedelta(minutes=2)
        return self.step == ProvisioningStep.FAILED or (self.is_running and silent)
