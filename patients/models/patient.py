from django.conf import settings
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.fields import EncryptedDateField, EncryptedTextField
from core.models import VersionedModel
from core.text import show_phone
from patients.ages import Age, age_on
from patients.states import BloodGroup, Confidentiality, Precision, Sex


class Patient(VersionedModel):
    """A person cared for by this hospital. What identifies the person is encrypted; codes for statistics are not."""

    mrn = models.CharField(_("medical record number"), max_length=20, unique=True)
    family = models.ForeignKey("patients.Family", on_delete=models.PROTECT, related_name="members")
    family_name = EncryptedTextField(_("family name"), blank=True, default="")
    given_name = EncryptedTextField(_("given name"), blank=True, default="")
    native_family_name = EncryptedTextField(_("family name in Khmer"), blank=True, default="")
    native_given_name = EncryptedTextField(_("given name in Khmer"), blank=True, default="")
    sex = models.CharField(_("sex"), max_length=8, choices=Sex)
    birth_date = EncryptedDateField(_("birth date"))
    birth_date_precision = models.CharField(max_length=9, choices=Precision, default=Precision.DAY)
    phone = EncryptedTextField(_("phone"))
    phone_other = EncryptedTextField(_("second phone"), blank=True, default="")
    email = EncryptedTextField(_("email"), blank=True, default="")
    province = models.CharField(_("province"), max_length=2, blank=True, default="")
    district = EncryptedTextField(_("district"), max_length=4, blank=True, default="")
    commune = EncryptedTextField(_("commune"), max_length=6, blank=True, default="")
    village = EncryptedTextField(_("village"), blank=True, default="")
    street = EncryptedTextField(_("house and street"), blank=True, default="")
    nationality = models.CharField(_("nationality"), max_length=2, default="KH")
    occupation = models.CharField(_("occupation"), max_length=40, blank=True, default="")
    preferred_language = models.CharField(_("preferred language"), max_length=10, default="km")
    blood_group = models.CharField(_("blood group"), max_length=3, choices=BloodGroup, blank=True, default="")
    confidentiality = models.CharField(
        _("confidentiality"), max_length=16, choices=Confidentiality, default=Confidentiality.NORMAL
    )
    photo = models.ForeignKey(
        "patients.PatientDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    deceased_on = EncryptedDateField(_("date of death"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at_branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="patient_sex_known_code", condition=models.Q(sex__in=Sex.values)),
            models.CheckConstraint(
                name="patient_precision_known_code", condition=models.Q(birth_date_precision__in=Precision.values)
            ),
            models.CheckConstraint(
                name="patient_confidentiality_known_code",
                condition=models.Q(confidentiality__in=Confidentiality.values),
            ),
        ]
        indexes = [
            models.Index(
                name="patient_guarded",
                fields=["id", "confidentiality"],
                condition=~models.Q(confidentiality=Confidentiality.NORMAL),
            )
        ]

    def __str__(self) -> str:
        return self.mrn

    @property
    def latin_name(self) -> str:
        """Family name first, as Khmer papers write it."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def native_name(self) -> str:
        return f"{self.native_family_name} {self.native_given_name}".strip()

    @property
    def full_name(self) -> str:
        """The name in the reader's script where we have it, else in the other one."""
        names = [self.latin_name, self.native_name]
        if get_language() == "km":
            names.reverse()
        return names[0] or names[1] or gettext("Erased person")  # nobody is registered without a name

    @property
    def other_name(self) -> str:
        """The name in the script that full_name did not use; empty where there is only one."""
        names = [name for name in (self.latin_name, self.native_name) if name and name != self.full_name]
        return names[0] if names else ""

    @property
    def age(self) -> Age:
        return age_on(self.birth_date, self.deceased_on or today())

    @property
    def age_is_estimated(self) -> bool:
        return self.birth_date_precision in {Precision.ESTIMATED, Precision.YEAR}

    @property
    def shown_phone(self) -> str:
        return show_phone(self.phone) if self.phone else ""

    @property
    def is_restricted(self) -> bool:
        """Whether not everybody who reads patients may see this one."""
        return self.confidentiality != Confidentiality.NORMAL
