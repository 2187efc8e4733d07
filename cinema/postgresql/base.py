"""A database host that answers nobody keeps each who tries waiting for connect_timeout. Nobody queues behind them."""

from time import monotonic
from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

LONG = 1.0  # seconds; a server that is merely stopped refuses at once
PAUSE = 1.0  # seconds in which nobody tries again, so that who waited for a thread meanwhile is answered


class DatabaseWrapper(base.DatabaseWrapper):
    silent_until = 0.0  # of the monotonic clock, for all threads of this process

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Raises OperationalError at once while the server was silent just now."""
        began = monotonic()
        if began < DatabaseWrapper.silent_until:
            raise OperationalError("The database server did not answer a moment ago.")
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            if monotonic() - began > LONG:
                DatabaseWrapper.silent_until = monotonic() + PAUSE
            raise
