"""Expressions of the search indexes. They contain no query parameters: SQLite would not match them to the index."""

from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, Func
from django.utils.deconstruct import deconstructible

from cinema.models.codes import TypedCharField

HALF = 4  # characters of a reference
PHONE_DIGITS = 6  # compared from the end, since country codes may be missing


class WordField(TypedCharField):
    """A word with the collation C, whatever the database's locale, so that a prefix is a range."""

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
    """The last HALF characters of a reference."""

    template = f"SUBSTR(%(expressions)s, {HALF + 1}, {HALF})"


@deconstructible(path="cinema.models.lookups.CodeEnd")
class CodeEnd(FirstHalf):
    """The last four of the 16 characters of a gift card's code."""

    template = "SUBSTR(%(expressions)s, 13, 4)"


@deconstructible(path="cinema.models.lookups.VoucherEnd")
class VoucherEnd(FirstHalf):
    """The last four of the 12 characters of a voucher's code."""

    template = "SUBSTR(%(expressions)s, 9, 4)"


@deconstructible(path="cinema.models.lookups.Digits")
class Digits(Func):
    """The digits of a phone number in any format that the forms accept."""

    template = (
        "REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE("
        "%(expressions)s, '+', ''), ' ', ''), '-', ''), '(', ''), ')', ''), '.', ''), '/', '')"
    )
    output_field = CharField()


@deconstructible(path="cinema.models.lookups.LastDigits")
class LastDigits(Digits):
    """The last PHONE_DIGITS digits of a phone number."""

    template = f"SUBSTR({Digits.template}, -{PHONE_DIGITS})"

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Sequence[str | int]]:
        return self.as_sql(compiler, connection, template=f"RIGHT({Digits.template}, {PHONE_DIGITS})", **more)
