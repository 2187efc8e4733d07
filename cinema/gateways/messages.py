"""Reading of what providers send: what is not of the expected kind raises one of UNREADABLE."""

from datetime import UTC, datetime

UNREADABLE = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)


def text(value: object) -> str:
    """The value, if it is a text that the database can store as an id."""
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("A text was expected.")
    if len(value) > 255:
        raise ValueError("A text is too long for an id.")
    value.encode()  # half of a surrogate pair is a ValueError
    return value


def whole(value: object) -> int:
    """The value, if it is a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("A whole number was expected.")
    return value


def moment(value: object) -> datetime | None:
    """The time in a Unix timestamp; None if there is none."""
    return datetime.fromtimestamp(whole(value), UTC) if value else None
