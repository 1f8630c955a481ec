from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel
from patients.identifiers import identifier_type


class PatientIdentifier(UUIDModel):
    """A number given by somebody else: identity card, NSSF, IDPoor, passport (patients/data/identifier_types.csv).

    ``digest`` is the blind index of the value, so an equal number is found without reading any. A household's number
    (IDPoor) is shared, so only types that belong to one person are kept unique.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.CASCADE, related_name="identifiers")
    type = models.CharField(_("type"), max_length=30)
    value = EncryptedTextField(_("number"))
    digest = models.BinaryField(max_length=32)
    personal = models.BooleanField(help_text="Belongs to one person only")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="identifier_of_one_patient", fields=["type", "digest"], condition=models.Q(personal=True)
            ),
            models.UniqueConstraint(name="identifier_once_per_patient", fields=["patient", "type", "digest"]),
        ]
        indexes = [models.Index(name="identifier_digest", fields=["digest"])]

    def __str__(self) -> str:
        return self.type

    @property
    def type_name(self) -> str:
        return identifier_type(self.type).name
