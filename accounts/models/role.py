"""Roles, who holds them where, and what is known of a person's profession."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.models.workplace import Branch, Department, Specialty
from core.models import UUIDModel, VersionedModel


class Role(VersionedModel):
    """A set of permissions ``resource:action``; copied from the console's templates when the hospital was made.

    Triggers refuse what would lock everybody out: the owner role keeps its rights over roles and staff
    (accounts.permissions.OWNER_KEEPS), the last active owner stays, and nobody is given a retired role.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    permissions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    requires_second_factor = models.BooleanField(_("needs a second factor"), default=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_owner(self) -> bool:
        return self.code == "owner"


class KnownPermission(models.Model):
    """Permission codes this schema has met; a newly declared one is granted to its default roles exactly once."""

    code = models.CharField(max_length=60, primary_key=True)

    def __str__(self) -> str:
        return self.code


class Assignment(UUIDModel):
    """A role held by a person, everywhere or in one branch or department."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "branch", "department"],
                name="accounts_assignment_unique",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class StaffProfile(UUIDModel):
    """A person's profession: what is printed under a prescription or a report.

    ``specialties`` are the protected specialisations they work in, whose consultations they see.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    title = models.CharField(_("title"), max_length=40, blank=True)
    specialisation = models.CharField(_("specialisation"), max_length=120, blank=True)
    specialties = ArrayField(
        models.CharField(max_length=16, choices=Specialty),
        verbose_name=_("protected specialisations"),
        default=list,
        blank=True,
    )
    licence_number = models.CharField(_("licence number"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    home_department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey("accounts.Room", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(specialties__contained_by=Specialty.values),
                name="accounts_profile_specialties_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.user}".strip()
