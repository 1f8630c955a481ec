from django.db import models


class SearchToken(models.Model):
    """Blind index of patients: keyed hashes of name prefixes, phone endings and spelling keys (patients.tokens).

    One row a hash and patient. Ids are UUIDv7, so the primary key (token, patient) read backwards gives the newest
    patients of a token first: a search reads only as many rows as it shows, however many patients there are.
    A row holds nothing readable; it is derived from the patient and therefore not audited.
    """

    pk = models.CompositePrimaryKey("token", "patient_id")
    token = models.BigIntegerField()
    patient = models.ForeignKey("patients.Patient", on_delete=models.CASCADE, related_name="+", db_index=False)

    def __str__(self) -> str:
        return str(self.token)
