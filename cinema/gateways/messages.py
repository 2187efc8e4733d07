"""Reading of what providers send: what is not of the expected kind raises TypeError or ValueError."""


def text(value: object) -> str:
    """The value, if it is a text that the database can store as an id."""
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("A text was expected.")
    if len(value) > 255:
        raise ValueError("A text is too long for an id.")
    return value


def whole(value: object) -> int:
    """The value, if it is a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("A whole number was expected.")
    return value
