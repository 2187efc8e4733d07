"""Numbers and percentages with the separators of each language. Amounts are in cinema.domain.money."""

from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

from cinema.domain.languages import current_locale


def format_number(number: Decimal | float, places: int = 0) -> str:
    """Format a number in the current language: “1,726,047”; with one of the decimal ``places`` “1.5”."""
    return _format("decimal", number, (places, places), current_locale())


def format_percent(percent: Decimal | float, places: tuple[int, int] = (0, 2)) -> str:
    """Format a percentage in the current language: “18%”, “5.5%”; with at least and at most so many ``places``."""
    return _format("percent", percent / 100, places, current_locale())


@lru_cache(maxsize=4096)
def _format(style: str, number: Decimal | float, places: tuple[int, int], locale: str) -> str:
    return str(_pattern(style, places, locale).apply(number, locale))


@lru_cache(maxsize=64)
def _pattern(style: str, places: tuple[int, int], locale: str) -> NumberPattern:
    """The locale's pattern, with other decimal places."""
    known = Locale.parse(locale)
    pattern = parse_pattern((known.percent_formats if style == "percent" else known.decimal_formats)[None].pattern)
    pattern.frac_prec = places
    return pattern
