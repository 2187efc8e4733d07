"""How CSV files write values: plainly for programs, or as a spreadsheet in a language reads them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from babel.numbers import get_decimal_symbol

from cinema.domain.languages import current_locale
from cinema.domain.reading import DayStyle, day_style, written_day


class Dialect(NamedTuple):
    """The sign between cells, the decimal separator, and how a day is written."""

    delimiter: str
    decimal: str
    days: DayStyle

    def value(self, cell: object) -> object:
        """A number, day or time as csv.writer is to write it; other values as they are."""
        if isinstance(cell, datetime):
            return f"{written_day(cell, self.days)} {cell:%H:%M}"
        if isinstance(cell, date):
            return written_day(cell, self.days)
        if isinstance(cell, Decimal | float) and self.decimal != ".":
            return str(cell).replace(".", self.decimal)
        return cell


ISO = DayStyle(("y", "M", "d"), "-")
PLAIN = Dialect(",", ".", ISO)


def of_language() -> Dialect:
    """What spreadsheets expect in the current language: “;” where a comma is decimal, and days as they are typed."""
    locale = current_locale()
    decimal = get_decimal_symbol(locale)
    # Plain English leaves open whether the day or the month is first, so its days stay as they cannot be mistaken.
    days = ISO if locale == "en" else day_style()
    return Dialect(";" if decimal == "," else ",", decimal, days)


DIALECTS: dict[str, Callable[[], Dialect]] = {"plain": lambda: PLAIN, "spreadsheet": of_language}
