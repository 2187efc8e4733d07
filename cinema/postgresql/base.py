"""Connections to PostgreSQL: threads do not queue for a host that does not respond, and TIMEOUTS always apply.

They are set when a session starts. Behind a pooler in transaction mode (settings.DATABASE_POOLED) they are set in each
transaction; without that setting a connection to such a pooler is refused.
"""

from time import monotonic
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from cinema.postgresql import TIMEOUTS

LONG = 1.0  # seconds; a host whose server is stopped refuses the connection sooner
PAUSE = 1.0  # seconds without a new attempt, in which the requests that waited for a thread fail at once


POOLER = (
    "There seems to be a pooler, such as PgBouncer, between the application and PostgreSQL: settings of the session do "
    "not reach the server. Set DATABASE_POOLED=true, or name the server itself in DATABASE_URL."
)
SET_LOCAL = "; ".join(f"SET LOCAL {name} = {milliseconds}" for name, milliseconds in TIMEOUTS.items())


class DatabaseWrapper(base.DatabaseWrapper):
    silent_until = 0.0  # of the monotonic clock, for all threads of this process
    # The statements that this session has prepared, by name; None if it does not prepare: see services.core.statements
    prepared: dict[str, str] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Raises OperationalError at once within PAUSE of a timeout, and for an undeclared pooler."""
        self.prepared = None if settings.DATABASE_POOLED else {}
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

    def prepare(self, name: str, sql: str) -> bool:
        """Prepare a statement in this session, unless it is prepared; return whether EXECUTE may name it."""
        self.close_if_health_check_failed()  # before what is prepared is looked up: a new connection has nothing
        self.ensure_connection()
        if self.prepared is not None and name not in self.prepared:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute(f"PREPARE {name} AS {sql}")
            self.prepared[name] = sql
        return self.prepared is not None

    def is_usable(self) -> bool:
        """Whether the server responds and accepts writes: a demoted one is replaced by a new connection."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("SHOW transaction_read_only")
                return bool(cursor.fetchone() == ("off",))
        except self.Database.Error:
            return False

    def init_connection_state(self) -> None:
        """Prepare a new connection. Raises OperationalError for an undeclared pooler."""
        super().init_connection_state()
        if not settings.DATABASE_POOLED:
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT setting::int FROM pg_settings WHERE name = 'lock_timeout'")
                [timeout] = cursor.fetchone()
            self.connection.rollback()
            if timeout != TIMEOUTS["lock_timeout"]:
                raise OperationalError(POOLER)

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc] # Django's own, which its stubs leave out
        if settings.DATABASE_POOLED and not autocommit:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute(SET_LOCAL)
