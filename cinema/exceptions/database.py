"""What a database says when it is not there."""

from django.db import DatabaseError, InterfaceError, OperationalError


def is_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached, or was lost while it worked; that passes by itself.

    psycopg2 has no better name than DatabaseError for a server that crashed in the middle of a statement.
    """
    nameless = type(error) is DatabaseError and error.__cause__ is not None  # without a cause it is Django's own
    return nameless or isinstance(error, OperationalError | InterfaceError)
