"""What people search by, as an index keeps it."""

from typing import Any

from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Replace, Right
from django.utils.deconstruct import deconstructible

PHONE_DIGITS = 6  # that must agree at the end: country codes are written, or not, as it comes


@deconstructible(path="cinema.models.lookups.Folded")
class Folded(Func):
    """A text in lower case, in the plain order of its characters, so that a prefix is a range."""

    function = "LOWER"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, list]:
        return self.as_sql(compiler, connection, template='(LOWER(%(expressions)s) COLLATE "C")', **more)


def digits(field: str) -> Func:
    """The digits of a phone number that was written in any of the ways a form lets through."""
    expression = F(field)
    for sign in "+ -()./":
        expression = Replace(expression, Value(sign), Value(""))
    return expression


def last_digits(field: str) -> Func:
    """Its last PHONE_DIGITS digits."""
    return Right(digits(field), PHONE_DIGITS)
