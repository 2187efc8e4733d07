"""Money: Decimal, in the one currency of this installation."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from babel import Locale
from babel.numbers import (
    NumberPattern,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)
from django.conf import settings

from cinema.domain.languages import current_locale
from cinema.domain.numbers import pattern_of

NOTHING = Decimal(0)
STORED = Decimal("0.01")  # amounts are stored with two decimal places, whatever the currency
NO_BREAK_SPACE = "\u00a0"
# Places after the point in ISO 4217, as payment providers count; all others have two. Those of CLDR are for people: it
# has none for dinars of Serbia and Iraq, which have 2 and 3.
MINOR_DIGITS = {
    **dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"], 0),
    **dict.fromkeys(["VUV", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


class MoneyStyle(NamedTuple):
    """The format of amounts: text ``before`` and ``after`` the number, ``group`` and ``decimal`` separators.

    ``minus`` stands before a negative number in place of ``before``. ``sizes`` are the numbers of digits in the
    rightmost group and in each of the others.
    """

    before: str
    minus: str
    after: str
    group: str
    sizes: tuple[int, int]
    decimal: str


def quantize(amount: Decimal) -> Decimal:
    """Round ``amount`` half up to the currency's smallest unit (paise, cents; whole yen)."""
    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(settings.CURRENCY)), ROUND_HALF_UP)


def is_payable(amount: Decimal) -> bool:
    """Whether ``amount`` is a multiple of the currency's smallest unit: not half a yen, not a tenth of a cent."""
    exponent = amount.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -get_currency_precision(settings.CURRENCY)


def exact(amount: Decimal) -> Decimal:
    """Round a sum from the database to the stored places: SQLite adds as floats, with errors far below a cent."""
    return amount.quantize(STORED)


def minor_digits(currency: str) -> int:
    """How many decimal places the minor unit of an ISO 4217 currency has."""
    return MINOR_DIGITS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return ``amount`` in minor units of ``currency``. Raises ValueError for a part of one, such as half a yen."""
    minor = amount.scaleb(minor_digits(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{currency} has no coins for this amount.")
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """Return so many minor units of ``currency`` as an amount, exact to the stored places."""
    return exact(Decimal(minor).scaleb(-minor_digits(currency)))


def share(amount: Decimal, percent: int) -> Decimal:
    """Return a percentage of ``amount``, rounded to the currency's smallest unit and at most ``amount``."""
    return amount if percent == 100 else min(amount, quantize(amount * percent / 100))


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split ``amount`` in proportion to ``weights``, to the currency's smallest unit: the parts add up to it.

    If all weights are 0 the first part is everything.
    """
    whole = sum(weights)
    if not whole:
        return [amount if number == 0 else amount * 0 for number in range(len(weights))]
    ends = [amount if end == whole else quantize(amount * end / whole) for end in accumulate(weights, initial=NOTHING)]
    return [end - start for start, end in pairwise(ends)]


def tax_in(amount: Decimal, percent: Decimal) -> Decimal:
    """Return the tax contained in ``amount``, rounded half up to the currency's smallest unit."""
    return quantize(amount * percent / (100 + percent))


def format_money(amount: Decimal) -> str:
    """Format ``amount`` in the current language: “₹250”, “₹1,250.50”, “12,50 €”."""
    digits = 0 if amount == amount.to_integral_value() else 2
    return _format(amount, digits, settings.CURRENCY, current_locale())


def format_column(amount: Decimal) -> str:
    """Format ``amount`` for a column, always with the currency's decimal places: “₹250.00”; zero as “–”."""
    return column_format()(amount)


def column_format() -> Callable[[Decimal | None], str]:
    """format_column() for many amounts: the currency and the language are looked up once; None is written as zero."""
    currency, locale = settings.CURRENCY, current_locale()
    usual = get_currency_precision(currency)

    def write(amount: Decimal | None) -> str:
        return _format(amount, max(usual, 0 if is_payable(amount) else 2), currency, locale) if amount else "–"

    return write


def format_exact(amount: Decimal, currency: str) -> str:
    """Format ``amount`` of any currency, always with its decimal places: “₹250.00”, “-₹40.00”, “₹0.00”."""
    places = get_currency_precision(currency)
    return _format(amount, places if amount == round(amount, places) else 2, currency, current_locale())


def money_style() -> MoneyStyle:
    """Return the format of amounts in the current language, for the scripts of a page."""
    return _style(settings.CURRENCY, current_locale())


@lru_cache(maxsize=4096)
def _format(amount: Decimal, digits: int, currency: str, locale: str) -> str:
    written = _pattern(locale, digits).apply(amount, locale, currency=currency, currency_digits=False)
    return _spaced(written, get_currency_symbol(currency, locale))


@lru_cache(maxsize=64)
def _style(currency: str, locale: str) -> MoneyStyle:
    pattern, symbol = _pattern(locale, 2), get_currency_symbol(currency, locale)
    before, minus, after = (part.replace("¤", symbol) for part in (*pattern.prefix, pattern.suffix[0]))
    return MoneyStyle(
        before=_spaced(f"{before}0", symbol)[:-1],
        minus=_spaced(f"{minus}0", symbol)[:-1],
        after=_spaced(f"0{after}", symbol)[1:],
        group=get_group_symbol(locale),
        sizes=pattern.grouping,
        decimal=get_decimal_symbol(locale),
    )


@lru_cache(maxsize=64)
def _pattern(locale: str, digits: int) -> NumberPattern:
    """The locale's pattern for money, with ``digits`` decimal places."""
    return pattern_of(Locale.parse(locale).currency_formats["standard"].pattern, (digits, digits), locale)


def _spaced(written: str, symbol: str) -> str:
    """Insert a space between a number and a symbol that is a word, such as CHF.

    This is the currency spacing of CLDR, which Babel does not apply.
    """
    if unicodedata.category(symbol[-1])[0] not in "SZ":
        written = re.sub(f"({re.escape(symbol)})(?=\\d)", rf"\1{NO_BREAK_SPACE}", written)
    if unicodedata.category(symbol[0])[0] not in "SZ":
        written = re.sub(f"(?<=\\d)({re.escape(symbol)})", rf"{NO_BREAK_SPACE}\1", written)
    return written
