"""Connections to PostgreSQL: none waits behind others for a host that answers nobody, and all have their TIMEOUTS.

A session has them from its start. Behind a pooler that hands out a server's session for one transaction only
(settings.DATABASE_POOLED) each transaction sets its own; without that setting such a connection is refused.
"""

from time import monotonic
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from cinema.postgresql import TIMEOUTS

LONG = 1.0  # seconds; a server that is merely stopped refuses at once
PAUSE = 1.0  # seconds in which nobody tries again, so that who waited for a thread meanwhile is answered


POOLER = (
    "There seems to be a pooler, such as PgBouncer, between the application and PostgreSQL: settings of the session do "
    "not reach the server. Set DATABASE_POOLED=true, or name the server itself in DATABASE_URL."
)
SET_LOCAL = "; ".join(f"SET LOCAL {name} = {milliseconds}" for name, milliseconds in TIMEOUTS.items())


class DatabaseWrapper(base.DatabaseWrapper):
    silent_until = 0.0  # of the monotonic clock, for all threads of this process

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Raises OperationalError at once while the server was silent just now, and for a pooler that is not
        declared."""
        began = monotonic()
        if began < DatabaseWrapper.silent_until:
            raise OperationalError("The database server did not answer a moment ago.")
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError as error:
            if "unsupported startup parameter" in str(error):
                raise OperationalError(POOLER) from error
            if monotonic() - began > LONG:
                DatabaseWrapper.silent_until = monotonic() + PAUSE
            raise

    def is_usable(self) -> bool:
        """Whether the server answers and takes changes: one that was demoted is left for the one in its place."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("SHOW transaction_read_only")
                return cursor.fetchone() == ("off",)
        except self.Database.Error:
            return False

    def init_connection_state(self) -> None:
        """Prepare a new connection. Raises OperationalError for a pooler that is not declared."""
        super().init_connection_state()
        if not settings.DATABASE_POOLED:
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT setting::int FROM pg_settings WHERE name = 'lock_timeout'")
                [timeout] = cursor.fetchone()
            self.connection.rollback()
            if timeout != TIMEOUTS["lock_timeout"]:
                raise OperationalError(POOLER)

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)
        if settings.DATABASE_POOLED and not autocommit:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute(SET_LOCAL)
