from django.db import models


class StoredFile(models.Model):
    """Marks a table whose rows name one file each in the encrypted storage; the key's rotation renews them."""

    name = models.CharField(max_length=100, unique=True)  # in storage; made by us, tells nothing
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes of the plain file

    class Meta:
        abstract = True
