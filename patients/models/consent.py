from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from patients.states import ConsentDecision, ConsentGiver, ConsentMethod, ConsentPurpose, Relationship


class Consent(AppendOnly, UUIDModel):
    """One decision of a patient about one purpose, to one version of its text (FHIR Consent). Never changed.

    The last decision stands. The database lets one decision of a patient follow the other and refuses to withdraw what
    was not given (patients.migrations).
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="consents")
    text = models.ForeignKey("patients.ConsentText", verbose_name=_("text"), on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=16, choices=ConsentPurpose)
    decision = models.CharField(_("decision"), max_length=9, choices=ConsentDecision)
    given_by = models.CharField(_("decided by"), max_length=8, choices=ConsentGiver, default=ConsentGiver.PATIENT)
    guardian_name = EncryptedTextField(_("name of the guardian"), max_length=120, blank=True, default="")
    guardian_relation = models.CharField(_("relationship"), max_length=12, choices=Relationship, blank=True, default="")
    method = models.CharField(_("how"), max_length=8, choices=ConsentMethod)
    remark = EncryptedTextField(_("remark"), max_length=300, blank=True, default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), on_delete=models.PROTECT, related_name="+"
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("witness"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="consent_purpose_known", condition=Q(purpose__in=ConsentPurpose.values)),
            models.CheckConstraint(name="consent_decision_known", condition=Q(decision__in=ConsentDecision.values)),
            models.CheckConstraint(name="consent_method_known", condition=Q(method__in=ConsentMethod.values)),
            models.CheckConstraint(
                name="consent_guardian_is_named",
                condition=Q(given_by=ConsentGiver.PATIENT, guardian_relation="", guardian_name="")
                | (Q(given_by=ConsentGiver.GUARDIAN) & ~Q(guardian_relation="")),
            ),
            models.CheckConstraint(
                name="consent_witness_is_another", condition=Q(witness=None) | ~Q(witness=F("recorded_by"))
            ),
        ]
        indexes = [models.Index(name="consent_standing", fields=["patient", "purpose", "-id"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.decision}"

    @property
    def giver_in_words(self) -> str:
        """Who decided: the patient, or the guardian with name and relationship."""
        if self.given_by == ConsentGiver.PATIENT:
            return str(ConsentGiver.PATIENT.label)
        return f"{self.guardian_name} ({self.get_guardian_relation_display()})"
