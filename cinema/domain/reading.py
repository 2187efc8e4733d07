"""Numbers and days as people type them in the current language; written back in the same way, to be edited."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from babel import Locale
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol
from django.conf import settings

from cinema.domain.languages import current_locale, customs

LONGEST = 60  # characters that are looked at
SEPARATORS = ".,"
GROUPS = " '"  # may stand between thousands in any language
GROUPED = re.compile(r"[1-9]\d{0,2}(?P<s>[.,' ])\d{3}(?:(?P=s)\d{3})*|[1-9]\d?(?P<t>[.,' ])(?:\d\d(?P=t))*\d{3}")
# Signs of other scripts and keyboards for those above.
SAME = {"٫": ".", "٬": ",", "،": ",", "−": "-", "–": "-", "’": "'", "＋": "+", "．": ".", "，": ","}
YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})\.?")
YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})")
DAY_FIRST, MONTH_FIRST = ("d", "M", "y"), ("M", "d", "y")


class AmbiguousNumber(ValueError):
    """A number such as “1.250” in a language where it may be 1250 or 1.25; ``thousands`` is the former."""

    def __init__(self, thousands: str) -> None:
        super().__init__(thousands)
        self.thousands = thousands


class DayStyle(NamedTuple):
    """How a language writes days in numbers: the order of “d”, “M” and “y”, and what stands between."""

    order: tuple[str, ...]
    between: str


def read_number(text: str, places: int = 2) -> Decimal:
    """Return the number that was typed: “1.234,50” and “9.50” in German, “12,34,567.5” in Hindi.

    ``places`` are the decimal places it can have: what has more of them may have been meant as thousands. Raises
    AmbiguousNumber, and ValueError for what is no number.
    """
    found = re.fullmatch(r"([+-]?)\s*([\d.,' ]+)", _plain(text))
    if not found or len(text) > LONGEST:
        raise ValueError(text)
    sign, digits = found.groups()
    whole, point, fraction = _parts(digits, places)
    if GROUPED.fullmatch(whole):
        whole = re.sub(r"\D", "", whole)
    if not (whole + fraction).isdecimal() or (point and not fraction):
        raise ValueError(text)
    return Decimal(f"{sign}{whole or 0}.{fraction or 0}") if point else Decimal(f"{sign}{whole}")


def _parts(digits: str, places: int) -> tuple[str, str, str]:
    """Split at the decimal separator, if there is one."""
    signs = [sign for sign in SEPARATORS if sign in digits]
    last = max(signs, key=digits.rindex, default="")
    whole, point, fraction = digits.rpartition(last) if last else (digits, "", "")
    if not last or digits.count(last) > 1:
        return digits, "", ""
    if len(signs) == 2 or not GROUPED.fullmatch(digits) or any(sign in digits for sign in GROUPS):
        return whole, point, fraction
    # One separator before exactly three digits: thousands where the language writes them so.
    locale = current_locale()
    if last == get_group_symbol(locale):
        return digits, "", ""
    if last == get_decimal_symbol(locale) and places >= 3:
        return whole, point, fraction
    raise AmbiguousNumber(whole + fraction)


def read_amount(text: str, places: int = 2) -> Decimal:
    """Return the amount that was typed as read_number(), with or without the sign of the currency, and its errors."""
    found, currency = _plain(text), settings.CURRENCY
    for sign in (currency, get_currency_symbol(currency, current_locale()), get_currency_symbol(currency, "en")):
        found = re.sub(rf"^([+-]?)\s*{re.escape(_plain(sign))}\s*|\s*{re.escape(_plain(sign))}$", r"\1", found)
    return read_number(found, places)


def written_number(number: Decimal) -> str:
    """Write a number with the decimal separator of the language and no others: “1234,50”."""
    return f"{number:f}".replace(".", get_decimal_symbol(current_locale()))


def read_day(text: str) -> date:
    """Return the day that was typed: 2026-12-05, or in the order of the language: “05.12.2026”, “05/12/2026”.

    With dots the day always comes first. Raises ValueError.
    """
    found = _plain(text)
    if match := YEAR_FIRST.fullmatch(found):
        return date(*map(int, match.groups()))
    match, order = YEAR_LAST.fullmatch(found), day_style().order
    if match and match[2] == ".":
        order = DAY_FIRST
    if not match or order not in (DAY_FIRST, MONTH_FIRST):
        raise ValueError(text)
    numbers = dict(zip(order, map(int, match.group(1, 3, 4)), strict=True))
    return date(numbers["y"], numbers["M"], numbers["d"])


def written_day(day: date, style: DayStyle | None = None) -> str:
    """Write a day in numbers as the language does, so that read_day() reads it: “05.12.2026”."""
    order, between = style or day_style()
    numbers = {"d": f"{day.day:02}", "M": f"{day.month:02}", "y": f"{day.year:04}"}
    return between.join(numbers[part] for part in order)


def day_style() -> DayStyle:
    """How the language writes days in numbers, by CLDR."""
    return _day_style(customs())


@cache
def _day_style(locale: str) -> DayStyle:
    pattern = _visible(Locale.parse(locale).datetime_skeletons["yMd"].pattern)
    order = dict.fromkeys(sign for sign in pattern if sign in "dMy")
    between = next(sign for sign in pattern if sign not in "dMy")
    return DayStyle(tuple(order), between)


def _plain(text: str) -> str:
    """The text with Latin digits and signs, single spaces, and nothing invisible such as a mark of direction."""
    kept = _visible(text[:LONGEST])
    return " ".join("".join(map(_same, kept)).split())


def _same(sign: str) -> str:
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else SAME.get(sign, sign)


def _visible(signs: Iterable[str]) -> str:
    return "".join(sign for sign in signs if unicodedata.category(sign) != "Cf")
