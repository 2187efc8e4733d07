"""What people search by, as an index keeps it. Nothing in it is a parameter: SQLite would not know it again."""

from typing import Any

from django.db.models import CharField, Func
from django.utils.deconstruct import deconstructible

PHONE_DIGITS = 6  # that must agree at the end: country codes are written, or not, as it comes


@deconstructible(path="cinema.models.lookups.Folded")
class Folded(Func):
    """A text in lower case, in the plain order of its characters, so that a prefix is a range."""

    function = "LOWER"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, list]:
        return self.as_sql(compiler, connection, template='(LOWER(%(expressions)s) COLLATE "C")', **more)


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

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, list]:
        return self.as_sql(compiler, connection, template=f"RIGHT({Digits.template}, {PHONE_DIGITS})", **more)
