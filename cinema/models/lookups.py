"""Expressions of the search indexes. They contain no query parameters: SQLite would not match them to the index."""

from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, Func
from django.utils.deconstruct import deconstructible

from cinema.models.codes import TypedCharField

HALF = 4  # characters of a reference
PHONE_DIGITS = 6  # that must agree at the end: country codes are written, or not, as it comes


class WordField(TypedCharField):
    """A word in the plain order of its characters, whatever the database's language, so that a prefix is a range."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        collation = "C" if connection.vendor == "postgresql" else "BINARY"
        return super().db_parameters(connection) | {"collation": collation}


@deconstructible(path="cinema.models.lookups.FirstHalf")
class FirstHalf(Func):
    """The first HALF characters of a reference."""

    template = f"SUBSTR(%(expressions)s, 1, {HALF})"
    output_field = CharField()


@deconstructible(path="cinema.models.lookups.SecondHalf")
class SecondHalf(FirstHalf):
    """The last HALF of them."""

    template = f"SUBSTR(%(expressions)s, {HALF + 1}, {HALF})"


@deconstructible(path="cinema.models.lookups.Digits")
class Digits(Func):
    """The digits of a phone number that was written in any of the ways a form lets through."""

    template = (
        "REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE("
        "%(expressions)s, '+', ''), ' ', ''), '-', ''), '(', ''), ')', ''), '.', ''), '/', '')"
    )
    output_field = CharField()


@deconstructible(path="cinema.models.lookups.LastDigits")
class LastDigits(Digits):
    """The last PHONE_DIGITS of them."""

    template = f"SUBSTR({Digits.template}, -{PHONE_DIGITS})"

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Sequence[str | int]]:
        return self.as_sql(compiler, connection, template=f"RIGHT({Digits.template}, {PHONE_DIGITS})", **more)
