"""Parsing of dates and years in many formats."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from babel import Locale
from dateutil import parser
from django.utils.translation import gettext as _

from cinema.domain.folding import fold
from cinema.film_tables.values import Unusable, text

FIRST_YEAR, YEARS_AHEAD = 1870, 5
LAST_SHORT_YEAR = 30  # “30” is 2030, “31” is 1931; constant, so that a file is read equally in any year
LONGEST = 60  # characters of a date

YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
YEARS = re.compile(r"\(?(\d{4})\s?[–—-]\s?(\d{4}|present|now|heute|\?|)\)?")
ONLY_YEAR = re.compile(r"\d{4}([-/.]\d{1,2})?([-/.]00?)?")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})([T ].*)?")
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})( .*)?")
EASTERN = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?日)?")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Orders in headers: “Release Date (month/day/year)”, “Datum (TT.MM.JJJJ)”; True if the day is first.
HEADER_ORDERS = (("monthday", False), ("mmdd", False), ("mdy", False), ("daymonth", True), ("ddmm", True),
                 ("dmy", True), ("ttmm", True), ("jjmm", True))  # fmt: skip
# The languages whose month names are known, and words between day and month: “5 de mayo de 2026”.
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "ru")
BETWEEN = (
    "de",
    "del",
    "den",
    "der",
    "di",
    "le",
    "la",
    "el",
    "am",
    "du",
    "dem",
    "the",
    "er",
    "o",
    "g",
    "goda",
    "roku",
    "r",
)


class DateOrder(NamedTuple):
    """How 5/12/2009 is read: ``day_first``, or None if the table does not show it.

    ``proof`` is a cell that can be read in one way only, ``doubtful`` an ambiguous one.
    """

    day_first: bool | None = None
    proof: str = ""
    doubtful: str = ""


def remark(order: DateOrder, day_first: bool) -> str:
    """How ambiguous dates are read, and why, as a sentence."""
    cells = {"date": order.doubtful, "proof": order.proof}
    if order.proof and day_first:
        return _("Dates such as %(date)s are read with the day first, because %(proof)s has to be.") % cells
    if order.proof:
        return _("Dates such as %(date)s are read with the month first, because %(proof)s has to be.") % cells
    if day_first:
        return _("Dates such as %(date)s are read with the day first.") % cells
    return _("Dates such as %(date)s are read with the month first.") % cells


class _Words(parser.parserinfo):
    """The words of English, and the folded months and weekdays of LANGUAGES."""

    def __init__(self) -> None:
        self.JUMP = [*super().JUMP, *BETWEEN]
        self.MONTHS = [(*names, *_months()[n]) for n, names in enumerate(super().MONTHS)]
        super().__init__()
        known = vars(self)  # what dateutil has made of the words above, by name
        known["_jump"] |= dict.fromkeys(_weekdays() - known["_weekdays"].keys() - known["_months"].keys(), 0)

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        return year if century_specified or year > 99 else _four_digits(year, LAST_SHORT_YEAR)


@cache
def _parser() -> parser.parser:
    return parser.parser(_Words())


def find_year(cell: Any) -> int | None:
    """Return the first plausible year in a text such as “1994”, “(1994)”, “1994–1998” or “1994-13-45”; or None."""
    return next((int(y) for y in YEAR.findall(text(cell)[:LONGEST]) if _is_plausible(int(y))), None)


def year(cell: Any) -> int:
    """Return the year as find_year(). Raises Unusable if there is none."""
    found = find_year(cell)
    if not found:
        raise Unusable(_("year not understood"), cell)
    return found


def is_span(cell: Any) -> bool:
    """Whether the cell is a range of years, as of a series: “1994–1998”, “(2011– )”."""
    match = YEARS.fullmatch(text(cell)[:LONGEST])
    return bool(match and match[1] != match[2])


def release_date(cell: Any, *, day_first: bool = False) -> date | None:
    """Return the date, or None if only the year or month is given. Raises Unusable.

    With ``day_first``, 5/12/2009 is 5 December; dates with dots always have the day first.
    """
    found = re.sub(r"\([^()]*\)?", "", text(cell)[: 2 * LONGEST]).strip()  # “25 December 2009 (USA)”
    if ONLY_YEAR.fullmatch(found):
        return None
    try:
        day = read_date(found, day_first=day_first)
    except ValueError:
        raise Unusable(_("release date not understood"), cell) from None
    if not day:
        return None
    if not _is_plausible(day.year):
        ahead = day.year > date.today().year
        raise Unusable(_("release date is far in the future") if ahead else _("release date out of range"), cell)
    return day


def read_date(found: str, *, day_first: bool, last_short_year: int = LAST_SHORT_YEAR) -> date | None:
    """Parse a date; None for a month alone. Raises ValueError.

    Years of two digits up to ``last_short_year`` are 20xx, later ones 19xx.
    """
    try:
        return _read(found[:LONGEST], day_first, last_short_year)
    except (OverflowError, ArithmeticError, TypeError, IndexError) as error:  # dateutil raises all of them
        raise ValueError(found) from error


def date_order(cells: Iterable[Any], header: str = "") -> DateOrder:
    """Decide how a table writes 5/12/2009: by its header, else by the majority of the cells that are unambiguous."""
    votes, proofs, doubtful = 0, {True: "", False: ""}, ""
    for cell in cells:
        match = YEAR_LAST.fullmatch(text(cell)[:LONGEST])
        if not match or match[2] == ".":
            continue
        first, second = int(match[1]) > 12, int(match[3]) > 12
        if first != second:
            votes += first - second
            proofs[first] = proofs[first] or match[0]
        elif match[1] != match[3]:
            doubtful = doubtful or match[0]
    letters = "".join(c for c in fold(header[:LONGEST]) if c.isalpha())
    named = next((day_first for word, day_first in HEADER_ORDERS if word in letters), None)
    if named is not None:
        return DateOrder(named, "", "")
    return DateOrder(votes > 0, proofs[votes > 0], doubtful) if votes else DateOrder(None, "", doubtful)


def _read(found: str, day_first: bool, last_short_year: int) -> date | None:
    if match := YEAR_FIRST.fullmatch(found):
        return date(*map(int, match.group(1, 2, 3)))
    if match := EASTERN.fullmatch(found):
        return date(*map(int, match.group(1, 2, 3))) if match[3] else None
    found = re.sub(r"^[^\W\d_]{2,12}[.,]?\s+(?=\d+[-/.]\d)", "", found)  # “Di, 8.12.26”
    if match := YEAR_LAST.fullmatch(found):
        first, second, written = int(match[1]), int(match[3]), int(match[4])
        if match[2] == "." or first > 12 or (day_first and second <= 12):
            first, second = second, first
        return date(_four_digits(written, last_short_year) if len(match[4]) == 2 else written, first, second)
    if NUMBER.fullmatch(found):
        return _from_number(float(found))
    return _from_words(re.sub(r"(?<=[a-z])\.", " ", fold(found)))


def _from_words(found: str) -> date | None:
    day = _parser().parse(found, default=datetime(1, 1, 1), ignoretz=True).date()
    only_month = len(re.findall(r"\d+", found)) == 1 and _is_plausible(day.year)  # “December 2009”
    return None if only_month else day


def _from_number(number: float) -> date:
    """Parse 20091225, a spreadsheet's count of days, or seconds or milliseconds since 1970. Raises ValueError."""
    if 10_000 <= number < 100_000:
        return date(1899, 12, 30) + timedelta(days=number)
    if 10_000_000 <= number < 100_000_000:
        return datetime.strptime(f"{number:.0f}", "%Y%m%d").date()
    if abs(number) < 100_000_000:
        raise ValueError(number)
    return (datetime(1970, 1, 1) + timedelta(seconds=number if abs(number) < 1e11 else number / 1000)).date()


def _four_digits(year: int, last_short_year: int) -> int:
    return year + (2000 if year <= last_short_year else 1900)


def _is_plausible(year: int) -> bool:
    return FIRST_YEAR <= year <= date.today().year + YEARS_AHEAD


def _months() -> list[set[str]]:
    """The long and short names of each month in all LANGUAGES, without ambiguous ones."""
    names: list[set[str]] = [set() for _month in range(12)]
    for language in LANGUAGES:
        for form in Locale(language).months.values():
            for width in ("wide", "abbreviated"):
                for month, name in form[width].items():
                    names[month - 1].update(_forms(name))
    twice = {name for n, month in enumerate(names) for other in names[n + 1 :] for name in month & other}
    return [month - twice for month in names]


def _weekdays() -> set[str]:
    days = (Locale(language).days[form] for language in LANGUAGES for form in ("format", "stand-alone"))
    return {part for form in days for width in ("wide", "abbreviated") for day in form[width].values()
            for part in _forms(day)}  # fmt: skip


def _forms(name: str) -> set[str]:
    """The folded name as a set; of two words, such as “de maio”, the last; empty if it has other than letters."""
    found = fold(name).rstrip(".").split()
    return {found[-1]} if found and found[-1].isalpha() else set()
