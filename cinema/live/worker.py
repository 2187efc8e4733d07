"""How gunicorn runs cinema.asgi: on uvicorn, which ends open seat maps soon when it is told to stop."""

import os

from django.conf import settings
from uvicorn_worker import UvicornWorker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")  # gunicorn loads this before the application


class Worker(UvicornWorker):
    CONFIG_KWARGS = {
        "loop": "uvloop",
        "http": "httptools",
        # Seconds for what is under way; after them open maps are cut, and come back by themselves.
        "timeout_graceful_shutdown": 5,
        # Who may say for whom, and by HTTPS or not, a request comes: by default not even this machine.
        "forwarded_allow_ips": list(map(str, settings.TRUSTED_PROXIES)),
    }
