"""Receiver of PostgreSQL notifications on the event loop; services.booking.ledger sends them when seats change."""

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
    """Open a connection for LISTEN only; None where there are no notifications (SQLite, or behind a pooler)."""
    if connection.vendor != "postgresql" or settings.DATABASE_POOLED:
        return None
    listening = connection.get_new_connection(connection.get_connection_params())
    listening.set_session(autocommit=True)
    with listening.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return listening


class Listener:
    """Calls ``on_notification`` with the key of each changed show. After a lost connection ``is_open`` is False."""

    def __init__(self, on_notification: Callable[[int], None]) -> None:
        self._on_notification = on_notification
        self._connection: Any = None
        self._number = -1  # the socket's descriptor: a lost connection no longer has it

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def open(self, connection: Any) -> None:
        self._connection = connection
        if connection is not None:
            self._number = connection.fileno()
            asyncio.get_running_loop().add_reader(self._number, self._read)

    def close(self) -> None:
        if self._connection is not None:
            asyncio.get_running_loop().remove_reader(self._number)
            with suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None

    def _read(self) -> None:
        try:
            self._connection.poll()
        except psycopg2.Error:
            logger.warning("The connection for database notifications was lost; reconnecting.")
            self.close()
            return
        while self._connection.notifies:
            self._on_notification(int(self._connection.notifies.pop(0).payload))
