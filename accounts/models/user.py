"""Staff accounts: of a hospital in its own schema, of the platform in the public one."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel

_username = RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,49}$", _("Use 3 to 50 small letters, digits, dots or dashes."))


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, email: str = "", password: str | None = None, **fields: Any) -> "User":
        """Create and save one account; an account without a password cannot sign in until it has set one."""
        user = self.model(username=username.lower(), email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str = "", password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").lower())


class User(UUIDModel, AbstractBaseUser, PermissionsMixin):
    """One person of the staff. What they may do comes from their roles (Assignment), never from this row."""

    username = models.CharField(_("username"), max_length=50, validators=[_username])
    email = models.EmailField(_("email"), blank=True)
    full_name = models.CharField(_("name"), max_length=150)
    full_name_native = models.CharField(_("name in Khmer"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may open the console's admin"), default=False)

    is_present = False  # whether this very request is theirs (accounts.backends): what is read of them then is kept
    branches_now: list[Any] | None = None

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "full_name"]
    objects = UserManager()

    class Meta:
        ordering = ["full_name"]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_unique"),
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="accounts_user_email_unique"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.username

    @cached_property
    def held(self) -> list[Any]:
        """The assignments held now, each with its role, read once per request (accounts.backends reads them itself)."""
        return list(self.assignments.select_related("role").order_by("role__code"))

    @cached_property
    def roles(self) -> list[Any]:
        return [assignment.role for assignment in self.held]

    @cached_property
    def role_codes(self) -> set[str]:
        return {role.code for role in self.roles}

    @cached_property
    def role_line(self) -> str:
        return ", ".join(sorted(self.role_codes))

    @cached_property
    def granted(self) -> frozenset[str]:
        return frozenset(code for role in self.roles for code in role.permissions)

    def may(self, permission: str) -> bool:
        """Whether one of the user's roles grants the permission ``resource:action``."""
        return self.is_active and permission in self.granted

    @property
    def needs_second_factor(self) -> bool:
        return self.is_superuser or any(role.requires_second_factor for role in self.roles)
