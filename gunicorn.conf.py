"""gunicorn's settings, which it finds in the folder it is started in. Options on the command line come first."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")

wsgi_app = "cinema.asgi"
worker_class = "cinema.live.worker.Worker"
logconfig_dict = settings.LOGGING  # its own lines are like all others
control_socket_disable = True  # all gunicorns of a user would share one
