"""Random codes for URLs, and the short references that people read out."""

import re
import secrets
from typing import TYPE_CHECKING, Any

from django.db import models

from cinema.domain.texts import normalise

# No vowels, which could form words, and no characters that are easily confused: 0/O, 1/I/L, 2/Z, 5/S, 8/B.
REFERENCE_ALPHABET = "3479CDFGHJKMNPQRTVWXY"
REFERENCE_LENGTH = 8
CODE_LENGTH = 22


def new_code() -> str:
    """Return 22 characters with 128 random bits, for a URL that nobody can guess."""
    return secrets.token_urlsafe(16)


def new_reference() -> str:
    """Return 8 characters that can be read out on the phone, with about 35 random bits."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


def grouped(reference: str) -> str:
    """A reference in two groups, easier to read out: “K7PM-3WXY”."""
    return f"{reference[:4]}-{reference[4:]}"


def reference_in(text: str) -> str:
    """The reference in a typed or pasted text, such as “Ref.: k7pm 3wxy”; "" if there is none."""
    parts = re.findall("[A-Z0-9]+", normalise("NFKC", text).upper())
    ends = ("".join(parts[start:]) for start in range(len(parts)))
    return next((end for end in ends if len(end) == REFERENCE_LENGTH), "")


if TYPE_CHECKING:
    TypedCharField = models.CharField[str, str]
else:
    TypedCharField = models.CharField  # takes no types at run time


class CodeField(TypedCharField):
    """A unique code of 128 random bits."""

    def __init__(self, **options: Any) -> None:
        defaults: dict[str, Any] = {"max_length": CODE_LENGTH, "unique": True, "default": new_code, "editable": False}
        super().__init__(**defaults | options)
