"""How gunicorn runs cinema.asgi: on uvicorn, and with a sign of life as long as pages are answered."""

import asyncio
import logging
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")  # gunicorn loads this before the application

# isort: split
from django.conf import settings
from uvicorn_worker import UvicornWorker

from cinema.live.connection import KEEP_ALIVE, Connection
from cinema.web.client_ip import SOCKET

logger = logging.getLogger(__name__)

GRACEFUL = 25  # seconds in which the pages under way can end; gunicorn itself waits for 30
HANG = 60.0  # seconds
SIGN_EVERY = 1.0  # seconds


class Worker(UvicornWorker):
    """gunicorn ends and replaces a worker that gives no sign of life for ``--timeout`` seconds, 30 by default."""

    CONFIG_KWARGS = {
        "loop": "uvloop",
        "http": Connection,
        "ws": "none",
        "timeout_keep_alive": KEEP_ALIVE,
        "timeout_graceful_shutdown": GRACEFUL,
        "callback_notify": None,  # only sometimes, and not while it ends: _give_signs does it
        # Proxies whose word about client and HTTPS is trusted: by default not even this machine.
        "forwarded_allow_ips": [*map(str, settings.TRUSTED_PROXIES), *([SOCKET] if settings.TRUSTED_SOCKET else [])],
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        server = logging.getLogger("uvicorn.error")
        server.propagate = not server.handlers  # gunicorn's, which has none where the log is JSON

    async def _serve(self) -> None:
        signs = asyncio.create_task(self._give_signs())
        await super()._serve()
        signs.cancel()

    async def _give_signs(self) -> None:
        from cinema.live.application import pages  # loaded by now

        while not pages.hang(HANG):
            self.notify()
            await asyncio.sleep(SIGN_EVERY)
        where = {"threads": pages.places()}
        logger.critical("All threads hang; the worker is to be replaced.", extra={"answer": where})
