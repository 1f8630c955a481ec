"""What a web server calls."""

import os

from django.core.wsgi import get_wsgi_application

from core.serving import in_one_piece

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

application = in_one_piece(get_wsgi_application())
