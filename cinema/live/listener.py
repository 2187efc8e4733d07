"""Listens, on the event loop, for what PostgreSQL notifies: services.booking.ledger announces changed seats."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

from cinema.services.booking.ledger import CHANNEL

logger = logging.getLogger(__name__)


def connect() -> Any:
    """Open a connection that does nothing but listen; None where there are no notifications, as behind a pooler."""
    if connection.vendor != "postgresql" or settings.DATABASE_POOLED:
        return None
    line = connection.get_new_connection(connection.get_connection_params())
    line.set_session(autocommit=True)
    with line.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return line


class Listener:
    """Calls ``heard`` with the key of each show that is notified. A line that breaks is opened again when asked to."""

    def __init__(self, heard: Callable[[int], None]) -> None:
        self._heard = heard
        self._line: Any = None
        self._number = -1  # of its file: a broken line does not tell it any more

    @property
    def is_open(self) -> bool:
        return self._line is not None

    def open(self, line: Any) -> None:
        self._line = line
        if line is not None:
            self._number = line.fileno()
            asyncio.get_running_loop().add_reader(self._number, self._read)

    def close(self) -> None:
        if self._line is not None:
            asyncio.get_running_loop().remove_reader(self._number)
            with suppress(psycopg2.Error):
                self._line.close()
            self._line = None

    def _read(self) -> None:
        try:
            self._line.poll()
        except psycopg2.Error:
            logger.warning("The line to the database's notifications broke; it is opened again.")
            self.close()
            return
        while self._line.notifies:
            self._heard(int(self._line.notifies.pop(0).payload))
