"""The trail: written by database triggers and two database functions only; nobody may change or remove a row."""

from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    INSERT = "insert", _("Created")
    UPDATE = "update", _("Changed")
    DELETE = "delete", _("Deleted")
    READ = "read", _("Read")
    PRINT = "print", _("Printed")
    EXPORT = "export", _("Exported")
    EVENT = "event", _("Event")


class Record(models.Model):
    """One thing that happened: who, in which role, when, what before and after, from where and why.

    Values are plain copies without foreign keys, so that the trail outlives what it tells of. Encrypted columns stay
    encrypted here as well.
    """

    id = models.BigAutoField(primary_key=True)
    txid = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    table_name = models.CharField(max_length=63)
    row_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor_id = models.CharField(max_length=64)
    actor = models.CharField(max_length=200)
    role = models.CharField(max_length=200)
    reason = models.TextField()
    request_id = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    path = models.CharField(max_length=300)
    branch = models.CharField(max_length=64)
    database_user = models.CharField(max_length=63)

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="audit_record_time"),
            models.Index(fields=["table_name", "row_id"], name="audit_record_row"),
            models.Index(fields=["actor_id", "at"], name="audit_record_actor"),
            models.Index(fields=["kind", "at"], name="audit_record_kind"),
            models.Index(fields=["table_name", "at"], name="audit_record_table"),
            models.Index(fields=["role", "at"], name="audit_record_role"),
            models.Index(fields=["request_id"], name="audit_record_request"),
            models.Index(fields=["address", "at"], name="audit_record_address"),
            models.Index(
                KeyTextTransform("event", "after"), "at", name="audit_record_event", condition=models.Q(kind="event")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.table_name} {self.row_id}"


class Seal(models.Model):
    """One link of the hash chain: sha256 over the former link and the record's canonical text."""

    seq = models.BigIntegerField(primary_key=True)
    record = models.OneToOneField(Record, on_delete=models.DO_NOTHING, related_name="seal")
    txid = models.BigIntegerField()
    previous = models.BinaryField()
    digest = models.BinaryField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.seq}"


class Watermark(models.Model):
    """Where sealing begins to look: up to ``settled_id`` every record is sealed or was rolled back (audit.sql)."""

    id = models.SmallIntegerField(primary_key=True)
    settled_id = models.BigIntegerField()
    drawn_id = models.BigIntegerField()
    drawn_xid = models.BigIntegerField()

    def __str__(self) -> str:
        return f"sealed up to {self.settled_id}"
