"""Which parts of a receipt's lines a refund credits."""

from collections.abc import Sequence
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.domain.money import tax_in
from cinema.domain.receipts import Left, LinePart
from cinema.domain.receipts import credited as credited_in_tiers


def credited(amount: Decimal, tiers: Sequence[Sequence[LinePart]]) -> list[LinePart]:
    """What a refund credits of lines without discounts."""
    return credited_in_tiers(amount, [[Left(part) for part in tier] for tier in tiers])


def line(key: int, amount: str, percent: str = "18") -> LinePart:
    return LinePart(key, Decimal(amount), tax_in(Decimal(amount), Decimal(percent)), Decimal(percent))


def amounts(parts: Sequence[LinePart]) -> dict[int, str]:
    return {part.key: str(part.amount) for part in parts}


def test_the_whole_refund_credits_every_line_with_its_tax():
    lines = [line(1, "250.00"), line(2, "90.00", "5")]
    assert credited(Decimal("340.00"), [lines]) == lines


def test_a_part_is_shared_in_proportion_and_adds_up_to_the_cent():
    parts = credited(Decimal("50.00"), [[line(1, "100.00"), line(2, "100.00"), line(3, "100.00")]])
    assert amounts(parts) == {1: "16.67", 2: "16.66", 3: "16.67"}
    assert sum(part.tax for part in parts) == Decimal("7.62")


def test_the_first_tier_is_credited_before_the_next():
    parts = credited(Decimal("120.00"), [[line(1, "100.00", "5")], [line(2, "100.00"), line(3, "100.00")]])
    assert amounts(parts) == {1: "100.00", 2: "10.00", 3: "10.00"}


def test_what_is_left_contains_its_tax_as_if_sold_for_that():
    [part] = credited(Decimal("10.00"), [[line(1, "100.00")]])
    assert line(1, "100.00").tax - part.tax == line(1, "90.00").tax == Decimal("13.73")


def test_a_part_never_contains_tax_of_the_other_sign(settings):
    """Of a discount of 70 yen with a tax of 8, 60 usually contain 9, which leaves less than nothing in the other 10."""
    settings.CURRENCY = "JPY"
    discount = line(1, "-70")._replace(tax=Decimal(-8))
    assert discount.of(Decimal(-10)).tax == 0
    assert discount.of(Decimal(-60)).tax == -6


def test_currencies_without_cents_are_shared_in_whole_units(settings):
    settings.CURRENCY = "JPY"
    assert amounts(credited(Decimal("101.00"), [[line(1, "300"), line(2, "300")]])) == {1: "51", 2: "50"}


def test_a_line_without_a_price_is_never_credited():
    assert amounts(credited(Decimal("250.00"), [[line(1, "250.00"), line(2, "0.00")]])) == {1: "250.00"}
    assert amounts(credited(Decimal("25.00"), [[line(1, "0.00"), line(2, "250.00")]])) == {2: "25.00"}


def test_a_refund_of_more_than_is_left_is_an_error():
    with pytest.raises(ValueError, match="more than what is left"):
        credited(Decimal("250.01"), [[line(1, "250.00")]])


def test_a_discounted_seat_is_credited_with_its_discount():
    seats = [Left(line(1, "250.00"), Decimal(50)), Left(line(2, "250.00"), Decimal(50))]
    parts = credited_in_tiers(Decimal("200.00"), [seats[:1], seats[1:]], [line(3, "-100.00")])
    assert amounts(parts) == {1: "250.00", 3: "-50.00"}


def test_a_part_of_a_discounted_seat_has_a_part_of_its_discount():
    seats = [Left(line(1, "250.00"), Decimal(50)), Left(line(2, "90.00", "5"), Decimal(18))]
    parts = credited_in_tiers(Decimal("68.00"), [seats], [line(3, "-50.00"), line(4, "-18.00", "5")])
    assert amounts(parts) == {1: "62.50", 2: "22.50", 3: "-12.50", 4: "-4.50"}


def test_all_that_is_left_is_credited_with_every_discount():
    seats, discount = [Left(line(1, "250.00"), Decimal(50)), Left(line(2, "40.00"))], line(3, "-50.00")
    assert credited_in_tiers(Decimal("240.00"), [seats], [discount]) == [line(1, "250.00"), line(2, "40.00"), discount]


def test_each_discount_is_credited_with_what_it_took_off_the_seat():
    first = Left(line(1, "250.00"), Decimal(250), {4: Decimal(250)})
    second = Left(line(2, "250.00"), Decimal(45), {4: Decimal(20), 5: Decimal(25)})
    other = Left(line(3, "100.00"))
    parts = credited_in_tiers(Decimal("205.00"), [[second], [first, other]], [line(4, "-270.00"), line(5, "-25.00")])
    assert amounts(parts) == {2: "250.00", 4: "-20.00", 5: "-25.00"}


def test_a_part_of_a_seat_has_a_part_of_each_discount_on_it():
    seat = Left(line(1, "250.00"), Decimal(50), {4: Decimal(20), 5: Decimal(30)})
    parts = credited_in_tiers(Decimal("100.00"), [[seat]], [line(4, "-70.00"), line(5, "-30.00")])
    assert amounts(parts) == {1: "125.00", 4: "-10.00", 5: "-15.00"}


def test_where_one_discount_is_used_up_the_others_give_the_rest():
    seat = Left(line(1, "250.00"), Decimal(50), {4: Decimal(20), 5: Decimal(30)})
    parts = credited_in_tiers(Decimal("100.00"), [[seat]], [line(4, "-70.00"), line(5, "-14.99")])
    assert amounts(parts) == {1: "125.00", 4: "-10.01", 5: "-14.99"}


CENTS = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)
PERCENTS = st.sampled_from(["0", "5", "7", "18", "19", "28", "100"])
LINES = st.lists(st.tuples(CENTS, PERCENTS), min_size=1, max_size=8)


@hypothesis.settings(derandomize=True, database=None, deadline=None)
@given(LINES, st.lists(st.integers(1, 100), max_size=12), st.randoms(use_true_random=False))
def test_any_refunds_that_come_to_all_credit_each_line_and_its_tax_exactly(rows, percents, random):
    left = {key: line(key, str(amount), percent) for key, (amount, percent) in enumerate(rows)}
    for percent in [*percents, 100]:
        total = sum(part.amount for part in left.values())
        amount = (total * percent / 100).quantize(Decimal("0.01"))
        parts = list(left.values())
        cut = random.randint(0, len(parts))
        credit = credited(amount, [parts[:cut], parts[cut:]]) if amount else []

        assert sum((part.amount for part in credit), Decimal(0)) == amount
        for part in credit:
            was = left[part.key]
            assert 0 <= part.tax <= part.amount <= was.amount
            left[part.key] = was._replace(amount=was.amount - part.amount, tax=was.tax - part.tax)
            assert 0 <= left[part.key].tax <= left[part.key].amount
    assert {(part.amount, part.tax) for part in left.values()} == {(0, 0)}
