"""Formatting of amounts by currency and locale, rounding, and which amounts can be paid."""

from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision, list_currencies
from django.utils.translation import override

from cinema.domain.money import (
    exact,
    format_column,
    format_money,
    from_minor,
    is_payable,
    minor_digits,
    quantize,
    share,
    spread,
    to_minor,
)


@pytest.mark.parametrize(
    ("locale", "currency", "whole", "broken"),
    [
        ("en", "INR", "₹1,250", "₹1,250.50"),
        ("hi", "INR", "₹1,250", "₹1,250.50"),
        ("en", "EUR", "€1,250", "€1,250.50"),
        ("de", "EUR", "1.250 €", "1.250,50 €"),
        ("fr", "EUR", "1\u202f250 €", "1\u202f250,50 €"),
        ("pl", "EUR", "1 250 €", "1 250,50 €"),
        ("es", "EUR", "1.250 €", "1.250,50 €"),
        ("it", "EUR", "1.250 €", "1.250,50 €"),
        ("nl", "EUR", "€ 1.250", "€ 1.250,50"),
        ("en", "CHF", "CHF 1,250", "CHF 1,250.50"),
        ("de-ch", "CHF", "CHF 1’250", "CHF 1’250.50"),
        ("ja", "JPY", "￥1,250", "￥1,250.50"),
    ],
)
def test_the_currency_sign_is_where_the_locale_puts_it(settings, locale, currency, whole, broken):
    settings.CURRENCY = currency
    with override(locale):
        assert plain(format_money(Decimal("1250.00"))) == whole
        assert plain(format_money(Decimal("1250.50"))) == broken


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("currency", "amount", "written"),
    [
        ("EUR", "19", "€19.00"),
        ("EUR", "9.50", "€9.50"),
        ("EUR", "-2", "-€2.00"),
        ("EUR", "0.00", "–"),
        ("JPY", "1250", "¥1,250"),
        ("JPY", "1250.50", "¥1,250.50"),
    ],
)
def test_a_column_has_equal_decimal_places_and_a_dash_for_zero(settings, currency, amount, written):
    settings.CURRENCY = currency

    assert format_column(Decimal(amount)) == written


def test_an_amount_has_no_space_where_a_line_could_break(settings):
    settings.CURRENCY = "CHF"

    assert " " not in format_money(Decimal(250))


@pytest.mark.parametrize(
    ("currency", "payable", "not_payable"), [("EUR", "1.05", "1.005"), ("JPY", "101", "100.5"), ("JPY", "1e400", "0.1")]
)
def test_payable_amounts_are_multiples_of_the_smallest_unit(settings, currency, payable, not_payable):
    settings.CURRENCY = currency

    assert is_payable(Decimal(payable))
    assert not is_payable(Decimal(not_payable))


def test_a_share_is_payable_and_never_more_than_the_whole(settings):
    settings.CURRENCY = "JPY"

    assert share(Decimal("299.50"), 50) == 150
    assert share(Decimal("299.50"), 100) == Decimal("299.50")
    assert share(Decimal("0.60"), 99) == Decimal("0.60")


def test_sums_are_exact_and_shares_rounded_half_up():
    assert exact(Decimal("0.300000000000001")) == Decimal("0.30")
    assert quantize(Decimal("0.125")) == Decimal("0.13")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("250.00", "INR", 25000),
        ("12.5", "EUR", 1250),
        ("0.07", "USD", 7),
        ("1250.00", "JPY", 1250),
        ("1250.00", "RSD", 125000),  # written without its para, but counted in them
        ("99999999.99", "INR", 9999999999),
        ("0", "INR", 0),
    ],
)
def test_minor_units_are_whole_and_lead_back_to_the_amount(amount, currency, minor):
    assert to_minor(Decimal(amount), currency) == minor
    assert isinstance(to_minor(Decimal(amount), currency), int)
    assert from_minor(minor, currency) == Decimal(amount)
    assert from_minor(minor, currency).as_tuple().exponent == -2


@pytest.mark.parametrize(("amount", "currency"), [("0.5", "JPY"), ("0.001", "EUR")])
def test_a_part_of_a_minor_unit_cannot_be_paid(amount, currency):
    with pytest.raises(ValueError, match=currency):
        to_minor(Decimal(amount), currency)


def test_no_currency_written_with_decimals_has_more_of_them_than_minor_units():
    for currency in list_currencies():
        if get_currency_precision(currency):
            assert get_currency_precision(currency) == minor_digits(currency), currency


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("500", ["250", "250"], ["250.00", "250.00"]),
        ("100", ["1", "1", "1"], ["33.33", "33.34", "33.33"]),
        ("0.01", ["250", "250", "250"], ["0.00", "0.01", "0.00"]),
        ("0", ["250", "250"], ["0.00", "0.00"]),
        ("90", ["0", "300"], ["0.00", "90.00"]),
        ("5", ["0", "0"], ["5", "0"]),
        ("0", [], []),
    ],
)
def test_an_amount_is_split_in_proportion_to_the_cent(amount, weights, parts):
    assert spread(Decimal(amount), list(map(Decimal, weights))) == list(map(Decimal, parts))


@pytest.mark.parametrize(
    ("currency", "amount", "parts"),
    [
        ("JPY", "100", ["33", "34", "33"]),
        ("JPY", "100.50", ["34", "33", "33.50"]),  # from before such amounts were refused
        ("EUR", "100", ["33.33", "33.34", "33.33"]),
    ],
)
def test_an_amount_is_split_to_the_smallest_unit_of_the_currency(settings, currency, amount, parts):
    settings.CURRENCY = currency
    assert spread(Decimal(amount), [Decimal(300)] * 3) == list(map(Decimal, parts))


@pytest.mark.parametrize("cents", range(0, 75_000, 997))
def test_the_parts_of_an_amount_add_up_to_it(cents):
    amount = Decimal(cents) / 100

    parts = spread(amount, [Decimal("249.99"), Decimal("250"), Decimal("250.01")])

    assert sum(parts) == amount
    assert all(abs(part - amount / 3) < Decimal("0.02") for part in parts)
