from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A doctor's drafts are few and asked for on the first page; the signed notes are many."""

    dependencies = [
        ("clinical", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["author", "created_at"], condition=Q(status="draft"), name="note_to_sign"),
        ),
    ]
