"""What a database says when it is not there, or takes no changes."""

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError

# https://www.postgresql.org/docs/current/errcodes-appendix.html
DEADLOCK, SERIALIZATION_FAILURE, LOCK_NOT_AVAILABLE = "40P01", "40001", "55P03"
READ_ONLY = "25006"  # a standby, or a server that was demoted; SQLite raises an OperationalError
MISTAKE = "SQLITE_ERROR"  # a table there is not, say; its finer names begin so
# A database that says so is there, although the drivers raise the same as for one that is not.
ANSWERS = (DEADLOCK, SERIALIZATION_FAILURE, LOCK_NOT_AVAILABLE, MISTAKE)


def is_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached, was lost while it worked, or only reads after a failover; that passes
    by itself.

    psycopg2 has no better name than DatabaseError for a server that crashed in the middle of a statement.
    """
    nameless = type(error) is DatabaseError and error.__cause__ is not None  # without a cause it is Django's own
    if nameless or (isinstance(error, InternalError) and code(error) == READ_ONLY):
        return True
    return isinstance(error, OperationalError | InterfaceError) and not code(error).startswith(ANSWERS)


def code(error: DatabaseError | InterfaceError) -> str:
    """What the database calls it; "" where it has no name, as for a server nobody reached."""
    cause = error.__cause__
    return getattr(cause, "pgcode", None) or getattr(cause, "sqlite_errorname", None) or ""
