"""Which tax a price contains: domain.tax."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.domain.tax import DayTax, TaxBand

BEFORE, REFORM = date(2018, 1, 1), date(2025, 9, 22)


def seats(from_day: date, up_to: int | None, percent: int) -> TaxBand:
    return TaxBand("SEAT", from_day, None if up_to is None else Decimal(up_to), Decimal(percent))


INDIA = [
    *(seats(BEFORE, 100, 12), seats(BEFORE, None, 18)),
    *(seats(REFORM, 100, 5), seats(REFORM, None, 18)),
]


@pytest.mark.parametrize(
    ("day", "price", "percent"),
    [
        (date(2025, 9, 21), "100", 12),
        (date(2025, 9, 21), "100.01", 18),
        (REFORM, "99.99", 5),
        (REFORM, "100", 5),
        (REFORM, "100.01", 18),
        (date(2031, 1, 1), "0", 5),
        (date(2017, 12, 31), "50", 0),
    ],
)
def test_in_india_cheap_tickets_are_taxed_less_and_less_still_since_the_reform(day, price, percent):
    assert DayTax(INDIA, day).percent("SEAT", Decimal(price)) == percent


def test_what_no_rule_is_about_has_no_tax():
    assert DayTax(INDIA, REFORM).percent("GIFT_CARD", Decimal(500)) == 0
    assert DayTax([], REFORM).percent("SEAT", Decimal(500)) == 0


def test_a_new_rule_for_cheap_tickets_leaves_the_others_as_they_were():
    taxes = DayTax([seats(BEFORE, None, 18), seats(REFORM, 100, 5)], REFORM)
    assert [taxes.percent("SEAT", Decimal(price)) for price in (100, 101)] == [5, 18]


def test_a_new_rule_for_every_price_replaces_all_bands():
    taxes = DayTax([*INDIA, seats(date(2026, 1, 1), None, 10)], date(2026, 1, 1))
    assert [taxes.percent("SEAT", Decimal(price)) for price in (50, 150)] == [10, 10]


def test_a_rule_applies_if_there_is_a_price_for_it():
    early, late = DayTax(INDIA, date(2025, 9, 21)), DayTax(INDIA, REFORM)
    assert [early.applies(band) for band in INDIA] == [True, True, False, False]
    assert [late.applies(band) for band in INDIA] == [False, False, True, True]


DAYS = st.dates(date(2025, 1, 1), date(2025, 1, 4))
BANDS = st.builds(seats, DAYS, st.none() | st.integers(1, 4), st.integers(0, 100))


@given(bands=st.lists(BANDS, max_size=8, unique_by=lambda band: band[:3]), day=DAYS, price=st.integers(0, 5))
def test_a_rule_is_chosen_as_one_would_by_hand(bands, day, price):
    begun = sorted({band.from_day for band in bands if band.from_day <= day}, reverse=True)
    by_day = ([band for band in bands if band.from_day == one] for one in begun)
    fitting = ([band for band in found if band.up_to is None or price <= band.up_to] for found in by_day)
    newest = next(filter(None, fitting), [])
    expected = min(newest, key=lambda band: band.up_to or Decimal("Infinity"), default=None)
    assert DayTax(bands, day).band("SEAT", Decimal(price)) == expected


@given(bands=st.lists(BANDS, max_size=8, unique_by=lambda band: band[:3]), day=DAYS)
def test_the_rules_that_apply_are_those_that_some_price_meets(bands, day):
    taxes = DayTax(bands, day)
    met = {taxes.band("SEAT", Decimal(price)) for price in range(6)}
    assert {band for band in bands if taxes.applies(band)} == met - {None}
