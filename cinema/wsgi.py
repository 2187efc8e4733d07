"""WSGI entry point: ``gunicorn cinema.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")

application = get_wsgi_application()
