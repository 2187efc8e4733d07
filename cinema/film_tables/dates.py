"""Release dates and years in the many forms film tables have."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from dateutil import parser
from django.utils.translation import gettext as _

from cinema.film_tables.values import Unusable, text

FIRST_YEAR, YEARS_AHEAD = 1870, 10
LAST_SHORT_YEAR = 30  # “30” is 2030, “31” is 1931; fixed, so that a file means the same in every year
LONGEST = 60  # characters of a date

YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
ONLY_YEAR = re.compile(r"\d{4}([-/.]\d{1,2})?([-/.]00?)?")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})([T ].*)?")
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})( .*)?")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


class _Words(parser.parserinfo):
    def convertyear(self, year: int, century_specified: bool = False) -> int:
        return year if century_specified or year > 99 else _four_digits(year)


WORDS = parser.parser(_Words())


def find_year(cell: Any) -> int | None:
    """Return the first year a film may have in “1994”, “(1994)”, “1994–1998” or “1994-13-45”."""
    return next((int(y) for y in YEAR.findall(text(cell)) if _is_plausible(int(y))), None)


def year(cell: Any) -> int:
    """Like ``find_year``, but raises Unusable where there is none."""
    found = find_year(cell)
    if not found:
        raise Unusable(_("year not understood"), cell)
    return found


def release_date(cell: Any, *, day_first: bool = False) -> date | None:
    """Return the day, or None where only the year or month is given. Raises Unusable.

    ``day_first`` reads 5/12/2009 as the 5th of December; with dots it always is.
    """
    found = re.sub(r"\(.*?\)", "", text(cell)).strip()  # “25 December 2009 (USA)”
    if ONLY_YEAR.fullmatch(found):
        return None
    try:
        day = _read(found[:LONGEST], day_first)
    except (ValueError, OverflowError, ArithmeticError, TypeError, IndexError):  # dateutil knows all of them
        raise Unusable(_("release date not understood"), cell) from None
    if not day:
        return None
    if not _is_plausible(day.year):
        raise Unusable(_("release date out of range"), cell)
    return day


def day_comes_first(cells: Iterable[Any]) -> bool:
    """Decide how a table writes 5/12/2009 by its rows that leave no doubt. Without any the month comes first."""
    votes = 0
    for cell in cells:
        if match := YEAR_LAST.fullmatch(text(cell)):
            votes += (int(match[1]) > 12) - (int(match[3]) > 12) if match[2] != "." else 0
    return votes > 0


def _read(found: str, day_first: bool) -> date | None:
    if match := YEAR_FIRST.fullmatch(found):
        return date(*map(int, match.group(1, 2, 3)))
    if match := YEAR_LAST.fullmatch(found):
        first, second, written = int(match[1]), int(match[3]), int(match[4])
        if match[2] == "." or first > 12 or (day_first and second <= 12):
            first, second = second, first
        return date(_four_digits(written) if len(match[4]) == 2 else written, first, second)
    if NUMBER.fullmatch(found):
        return _from_number(float(found))
    day = WORDS.parse(found, default=datetime(1, 1, 1), ignoretz=True).date()
    only_month = len(re.findall(r"\d+", found)) == 1 and _is_plausible(day.year)  # “December 2009”
    return None if only_month else day


def _from_number(number: float) -> date:
    """20091225, a spreadsheet's count of days, or seconds or milliseconds since 1970."""
    if 10_000 <= number < 100_000:
        return date(1899, 12, 30) + timedelta(days=number)
    if 10_000_000 <= number < 100_000_000:
        return datetime.strptime(f"{number:.0f}", "%Y%m%d").date()
    if abs(number) < 100_000_000:
        raise ValueError(number)
    return (datetime(1970, 1, 1) + timedelta(seconds=number if abs(number) < 1e11 else number / 1000)).date()


def _four_digits(year: int) -> int:
    return year + (2000 if year <= LAST_SHORT_YEAR else 1900)


def _is_plausible(year: int) -> bool:
    return FIRST_YEAR <= year <= date.today().year + YEARS_AHEAD
