"""Recognition of an unavailable or read-only database by its errors."""

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError

# https://www.postgresql.org/docs/current/errcodes-appendix.html
DEADLOCK, SERIALIZATION_FAILURE, LOCK_NOT_AVAILABLE = "40P01", "40001", "55P03"
READ_ONLY = "25006"  # a standby, or a server that was demoted; SQLite raises an OperationalError
MISTAKE = "SQLITE_ERROR"  # such as a missing table; extended names begin with it
# With these codes the database is available, although the drivers raise the same classes as for one that is not.
ANSWERS = (DEADLOCK, SERIALIZATION_FAILURE, LOCK_NOT_AVAILABLE, MISTAKE)


class Overtaken(OperationalError):
    """What waited to be locked is somewhere else by now: the transaction has to begin again, without its locks."""


def is_away(error: BaseException | None) -> bool:
    """Whether the error means that the database is unreachable, lost or, after a failover, read-only; all temporary.

    psycopg2 raises a plain DatabaseError for a server that crashed in the middle of a statement.
    """
    nameless = type(error) is DatabaseError and error.__cause__ is not None  # without a cause it is Django's own
    if nameless or (isinstance(error, InternalError) and code(error) == READ_ONLY):
        return True
    return isinstance(error, OperationalError | InterfaceError) and not code(error).startswith(ANSWERS)


def code(error: DatabaseError | InterfaceError) -> str:
    """The database's error code; "" if there is none, as for an unreachable server."""
    if isinstance(error, Overtaken):
        return SERIALIZATION_FAILURE
    cause = error.__cause__
    return getattr(cause, "pgcode", None) or getattr(cause, "sqlite_errorname", None) or ""
