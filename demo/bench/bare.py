"""What everything is measured against: plain Django, no middleware, one view that does one query.

Its settings are the product's where the server is concerned: the same database, role, pool and health checks.
"""

import os
from typing import ClassVar

from django.conf import settings

from config.database import database_from_url

if not settings.configured:
    database = database_from_url(os.environ["DATABASE_URL"], int(os.environ.get("DATABASE_POOL_SIZE", "0")))
    settings.configure(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="bare",  # noqa: S106  signs nothing
        USE_TZ=True,
        DATABASES={"default": {**database, "ENGINE": "django.db.backends.postgresql"}},
    )

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Row(models.Model):
    """Any small row: the first hospital's name."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)

    objects: ClassVar[models.Manager["Row"]] = models.Manager()

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "hospitals_hospital"

    def __str__(self) -> str:
        return self.name


def one_query(request: HttpRequest) -> HttpResponse:
    name = Row.objects.order_by("id")[0].name
    return HttpResponse(name, headers={"Content-Length": str(len(name.encode()))})


urlpatterns = [path("", one_query)]
