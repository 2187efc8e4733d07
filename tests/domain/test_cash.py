"""Cash: rounding by currency, notes and coins, and what buyers hand over."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.domain.cash import COMMON, DENOMINATIONS, handy_amounts, sum_of

cents = st.decimals(min_value=0, max_value=10_000, places=2)


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
