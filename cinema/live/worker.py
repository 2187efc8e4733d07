"""How gunicorn runs cinema.asgi: on uvicorn, which ends open seat maps soon when it is told to stop."""

import os
from asyncio import Transport

from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn_worker import UvicornWorker

from cinema.client_address import SOCKET

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")  # gunicorn loads this before the application


class Protocol(HttpToolsProtocol):
    """uvicorn's, which has a name for who comes by a Unix socket, so that it can be trusted."""

    def connection_made(self, transport: Transport) -> None:
        super().connection_made(transport)
        self.client = self.client or (SOCKET, 0)


class Worker(UvicornWorker):
    CONFIG_KWARGS = {
        "loop": "uvloop",
        "http": Protocol,
        # Seconds for what is under way; after them open maps are cut, and come back by themselves.
        "timeout_graceful_shutdown": 5,
        # Who may say for whom, and by HTTPS or not, a request comes: by default not even this machine.
        "forwarded_allow_ips": [*map(str, settings.TRUSTED_PROXIES), *([SOCKET] if settings.TRUSTED_SOCKET else [])],
    }
