"""Numbers and percentages with the separators of each language. Amounts are in cinema.domain.money."""

from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern, get_minus_sign_symbol, parse_pattern

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
    formats = known.percent_formats if style == "percent" else known.decimal_formats
    return pattern_of(formats[None].pattern, places, locale)


def pattern_of(pattern: str, places: tuple[int, int], locale: str) -> NumberPattern:
    """A pattern of CLDR with other decimal places and the minus of the locale, which Babel does not apply: in Arabic
    it begins with a mark, without which it stands behind its number."""
    parsed = parse_pattern(pattern)
    parsed.frac_prec = places
    before, minus = parsed.prefix
    parsed.prefix = (before, minus.replace("-", get_minus_sign_symbol(locale)))
    return parsed
