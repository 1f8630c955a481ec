from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel
from core.text import show_phone
from patients.states import Relationship


class EmergencyContact(UUIDModel):
    """Whom to call when something happens to the patient."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.CASCADE, related_name="emergency_contacts")
    name = EncryptedTextField(_("name"))
    relationship = models.CharField(_("relationship"), max_length=12, choices=Relationship)
    phone = EncryptedTextField(_("phone"))

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_relationship_display()

    @property
    def shown_phone(self) -> str:
        return show_phone(self.phone) if self.phone else ""
