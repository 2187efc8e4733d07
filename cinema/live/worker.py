"""The gunicorn worker for cinema.asgi: uvicorn, with a heartbeat for as long as pages are answered."""

import asyncio
import logging
import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")  # gunicorn loads this before the application

# isort: split
from django.conf import settings
from uvicorn_worker import UvicornWorker

from cinema.live.connection import KEEP_ALIVE, Connection
from cinema.live.loop import Loop
from cinema.web.client_ip import SOCKET

logger = logging.getLogger(__name__)

GRACEFUL = 25  # seconds for pages in progress to finish; gunicorn itself waits for 30
HANG = 60.0  # seconds
HEARTBEAT_EVERY = 1.0  # seconds


class Worker(UvicornWorker):
    """A worker that stops its heartbeat when all threads hang: gunicorn replaces it after ``--timeout`` seconds."""

    CONFIG_KWARGS = {
        "loop": "cinema.live.loop:Loop",
        "http": Connection,
        "ws": "none",
        "timeout_keep_alive": KEEP_ALIVE,
        "timeout_graceful_shutdown": GRACEFUL,
        "callback_notify": None,  # called too rarely, and not during shutdown: _send_heartbeats replaces it
        # Proxies whose headers about client and HTTPS are trusted: by default none, not even this machine.
        "forwarded_allow_ips": [*map(str, settings.TRUSTED_PROXIES), *([SOCKET] if settings.TRUSTED_SOCKET else [])],
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        server = logging.getLogger("uvicorn.error")
        server.propagate = not server.handlers  # it has gunicorn's, except where the log is JSON

    async def _serve(self) -> None:
        from cinema.live.application import requests  # only now: gunicorn has loaded the application

        cast(Loop, asyncio.get_running_loop()).in_progress = lambda: requests.taken
        heartbeats = asyncio.create_task(self._send_heartbeats())
        await super()._serve()
        heartbeats.cancel()

    async def _send_heartbeats(self) -> None:
        from cinema.live.application import pages

        while not pages.hang(HANG):
            self.notify()
            await asyncio.sleep(HEARTBEAT_EVERY)
        where = {"threads": pages.places()}
        logger.critical("All threads hang; gunicorn will replace this worker.", extra={"facts": where})
