"""Cash: rounding by currency, notes and coins, and what buyers hand over."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.domain.cash import COMMON, DENOMINATIONS, ROUNDED_TO, denominations, handy_amounts, rounded, sum_of

cents = st.decimals(min_value=0, max_value=10_000, places=2)


@pytest.mark.parametrize(
    ("amount", "currency", "due"),
    [
        ("12.32", "CHF", "12.30"),
        ("12.33", "CHF", "12.35"),
        ("12.50", "SEK", "13.00"),
        ("12.49", "SEK", "12.00"),
        ("12.25", "DKK", "12.50"),
        ("12.33", "EUR", "12.33"),
        ("0.02", "CHF", "0.00"),
    ],
)
def test_cash_is_rounded_by_currency(amount, currency, due):
    assert rounded(Decimal(amount), currency) == Decimal(due)


@given(cents, st.sampled_from(sorted(ROUNDED_TO)))
def test_rounding_changes_by_half_a_coin_at_most_and_once(amount, currency):
    step, due = Decimal(ROUNDED_TO[currency]), rounded(amount, currency)
    assert due % step == 0
    assert abs(due - amount) <= step / 2
    assert rounded(due, currency) == due


@pytest.mark.parametrize("currency", sorted(ROUNDED_TO.keys() & DENOMINATIONS.keys()))
def test_what_cash_is_rounded_to_can_be_paid_in_coins(currency):
    assert Decimal(ROUNDED_TO[currency]) % denominations(currency)[-1] == 0


def test_all_denominations_are_worth_their_sum():
    assert sum_of({"10": 3, "0.50": 1}) == Decimal("30.50")
    assert sum_of({}) == 0


@pytest.mark.parametrize("text", [*DENOMINATIONS.values(), COMMON])
def test_denominations_are_listed_from_the_largest(text):
    coins = [Decimal(coin) for coin in text.split()]
    assert coins == sorted(coins, reverse=True)


@given(cents)
def test_handy_amounts_are_more_than_due(due):
    amounts = handy_amounts(due, "EUR")
    assert all(amount > due for amount in amounts)
    assert amounts == sorted(set(amounts))


def test_a_buyer_hands_over_the_next_round_sums():
    assert handy_amounts(Decimal(460), "INR") == [Decimal(500), Decimal(600), Decimal(2000)]
