"""An encounter: one patient seen by one department (and usually one practitioner) during a visit."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Specialty
from clinical.states import ENCOUNTER_FLOW, OPEN, WRITABLE, Disposition, EncounterStatus
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel, VersionedModel
from queueing.states import Priority


class Encounter(VersionedModel):
    visit = models.ForeignKey("patients.Visit", on_delete=models.PROTECT, related_name="encounters")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="encounters")
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ticket = models.ForeignKey(
        "queueing.Ticket", null=True, blank=True, on_delete=models.PROTECT, related_name="encounters"
    )
    date = models.DateField()  # the hospital's date of arrival
    status = models.CharField(max_length=20, choices=EncounterStatus, default=EncounterStatus.WAITING)
    priority = models.CharField(max_length=12, choices=Priority, default=Priority.NORMAL)
    specialty = models.CharField(_("protected specialisation"), max_length=16, choices=Specialty, blank=True)
    arrived_at = models.DateTimeField()
    triaged_at = models.DateTimeField(null=True, blank=True)
    triage_refusal = EncryptedTextField(blank=True, default="")  # why no vitals were taken
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    disposition = models.CharField(max_length=8, choices=Disposition, blank=True)
    disposition_note = EncryptedTextField(blank=True, default="")
    no_diagnosis_reason = EncryptedTextField(blank=True, default="")

    is_only_read = False  # on a page of somebody who broke the glass: texts instead of forms

    class Meta:
        ordering = ["-arrived_at"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=EncounterStatus.values), name="encounter_status_known"),
            models.CheckConstraint(
                condition=Q(specialty__in=["", *Specialty.values]), name="encounter_specialty_known"
            ),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="encounter_priority_known"),
            models.CheckConstraint(
                condition=Q(disposition="") | Q(disposition__in=Disposition.values), name="encounter_disposition_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="finished") | (Q(finished_at__isnull=False) & ~Q(disposition="")),
                name="encounter_finished_has_disposition",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("arrived_at")),
                name="encounter_ends_after_arrival",
            ),
            models.UniqueConstraint(
                fields=["visit", "department"],
                condition=Q(status__in=OPEN),
                name="encounter_one_open_per_visit_and_department",
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "date", "status"], name="encounter_worklist"),
            models.Index(fields=["practitioner", "date"], name="encounter_practitioner_day"),
            models.Index(fields=["patient", "-arrived_at"], name="encounter_timeline"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_status_display()}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_writable(self) -> bool:
        """Whether notes, diagnoses and orders may be written now."""
        return self.status in WRITABLE and not self.is_only_read

    @property
    def is_in_progress(self) -> bool:
        return self.status == EncounterStatus.IN_PROGRESS

    @property
    def is_finished(self) -> bool:
        return self.status == EncounterStatus.FINISHED

    def _can(self, verb: str) -> bool:
        return ENCOUNTER_FLOW.can(verb, self.status)

    can_start = property(lambda self: self._can("start"))
    can_send_for_tests = property(lambda self: self._can("send_for_tests"))
    can_finish = property(lambda self: self._can("finish"))
    can_leave = property(lambda self: self._can("leave"))
    can_enter_in_error = property(lambda self: self._can("enter_in_error"))


class EncounterMove(AppendOnly, UUIDModel):
    """One line of an encounter's history. Never changed."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="moves")
    verb = models.CharField(max_length=20)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20, choices=EncounterStatus)
    at = models.DateTimeField()
    by_id = models.CharField(max_length=36, blank=True)  # plain values: the history outlives the account
    by_name = models.CharField(max_length=150, blank=True)
    reason = EncryptedTextField(blank=True, default="")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["encounter", "at"], name="encountermove_at")]

    def __str__(self) -> str:
        return f"{self.verb} {self.to_status}"
