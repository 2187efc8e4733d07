"""How many statements a service takes on one database and not on the other."""

from django.db import connection


def on(*, sqlite: int, postgresql: int) -> int:
    """The number on this database. PostgreSQL writes in one statement what SQLite writes in several."""
    return postgresql if connection.vendor == "postgresql" else sqlite


def announcements(steps: int = 1) -> int:
    """PostgreSQL tells whoever watches a show of each step in its ledger; SQLite cannot."""
    return steps if connection.vendor == "postgresql" else 0


def holder_locks() -> int:
    """PostgreSQL has what one holder has counted by one at a time; on SQLite the transaction does that."""
    return 1 if connection.vendor == "postgresql" else 0
