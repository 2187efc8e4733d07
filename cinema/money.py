"""Money: Decimal, in the one currency of this installation."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.utils.translation import get_language, to_locale


def quantize(amount: Decimal) -> Decimal:
    """Round ``amount`` half up to the currency's smallest unit (paise, cents; whole yen)."""
    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(settings.CURRENCY)), ROUND_HALF_UP)


@lru_cache(maxsize=4096)
def _format(amount: Decimal, currency: str, locale: str) -> str:
    whole = amount == amount.to_integral_value()
    return format_currency(
        amount, currency, locale=locale, currency_digits=not whole, format="¤#,##0" if whole else None
    )


def format_money(amount: Decimal) -> str:
    """Write ``amount`` as people do: “₹250”, “₹1,250.50”."""
    locale = to_locale(get_language() or settings.LANGUAGE_CODE)
    return _format(amount, settings.CURRENCY, locale)
