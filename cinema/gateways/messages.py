"""Reading of what providers send: what is not of the expected kind raises one of UNREADABLE."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

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


def page(value: object, *, like: str) -> str:
    """The value, if it is an absolute URL with the scheme of ``like``, the provider's interface: https."""
    if not isinstance(value, str) or not value.isascii() or re.search(r"[\x00-\x20\x7f]", value):
        raise ValueError("A URL was expected.")
    url = urlsplit(value)
    if url.scheme != urlsplit(like).scheme or not url.hostname:
        raise ValueError("The URL has another scheme than the provider's interface, or no host.")
    return value


def moment(value: object) -> datetime | None:
    """The time in a Unix timestamp; None if there is none."""
    return datetime.fromtimestamp(whole(value), UTC) if value else None
