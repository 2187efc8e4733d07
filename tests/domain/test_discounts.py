"""What discounts take off the prices of seats: cinema.domain.discounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.domain.discounts import Discount, DiscountItem, Kind, best_discounts, fold_code
from cinema.domain.money import is_payable

CHILD, ADULT = 1, 2


def seats(*prices: str | int, kind: int | None = None) -> list[DiscountItem]:
    return [DiscountItem(key, Decimal(price), kind) for key, price in enumerate(prices, 1)]


def off(items: list[DiscountItem], *discounts: Discount) -> list[str]:
    """What is taken off each seat, in the order of their keys."""
    cuts: dict[int, Decimal] = {}
    for applied in best_discounts(items, discounts):
        for key, cut in applied.cuts.items():
            cuts[key] = cuts.get(key, Decimal(0)) + cut
    return [str(cuts.get(item.key, 0)) for item in items]


def percent(value: int, key: int = 1, **more) -> Discount:
    return Discount(key, Kind.PERCENT, Decimal(value), **more)


def amount(value: str | int, key: int = 1, **more) -> Discount:
    return Discount(key, Kind.AMOUNT, Decimal(value), **more)


def free(buy: int, pay: int, key: int = 1, **more) -> Discount:
    return Discount(key, Kind.N_FOR_M, buy=buy, pay=pay, **more)


def fixed(value: str | int, key: int = 1, **more) -> Discount:
    return Discount(key, Kind.PRICE, Decimal(value), **more)


@pytest.mark.parametrize(
    ("discount", "prices", "cuts"),
    [
        (percent(10), (250, 99), ["25.00", "9.90"]),
        (percent(10), ("0.05",), ["0.01"]),
        (percent(100), (250, 99), ["250.00", "99.00"]),
        (amount(100), (100, 300), ["25.00", "75.00"]),
        (amount(100), (250, 250, 250), ["33.33", "33.34", "33.33"]),
        (amount(100), (40, 30), ["40", "30"]),
        (free(3, 2), (300, 200, 250), ["0", "200", "0"]),
        (free(3, 2), (300, 200), ["0", "0"]),
        (free(2, 1), (300, 200, 250, 100, 90), ["0", "0", "0", "100", "90"]),
        (fixed(150), (300, 200, 120), ["150", "50", "0"]),
        (fixed(0), (300,), ["300"]),
    ],
)
def test_each_kind_of_discount_reckons_in_its_own_way(discount, prices, cuts):
    assert off(seats(*prices), discount) == cuts


def test_currencies_without_cents_are_rounded_to_whole_units(settings):
    settings.CURRENCY = "JPY"
    assert off(seats(1805), percent(15)) == ["271"]
    assert off(seats(1800, 1800, 1800), amount(1000)) == ["333", "334", "333"]


@pytest.mark.parametrize(
    ("discount", "given"),
    [
        (percent(10, party=2), False),
        (percent(10, party=1), True),
        (percent(10, minimum=Decimal(301)), False),
        (percent(10, minimum=Decimal(300)), True),
        (percent(10, ticket_types=frozenset({CHILD})), False),
        (percent(10, ticket_types=frozenset({CHILD, ADULT})), True),
    ],
)
def test_a_discount_has_conditions(discount, given):
    assert (off(seats(300, kind=ADULT), discount) != ["0"]) is given


def test_only_seats_of_its_ticket_types_are_discounted():
    items = [
        DiscountItem(1, Decimal(300), ADULT),
        DiscountItem(2, Decimal(200), CHILD),
        DiscountItem(3, Decimal(300), ADULT),
    ]
    assert off(items, percent(50, ticket_types=frozenset({ADULT}), party=2)) == ["150.00", "0", "150.00"]


def test_seats_that_cost_nothing_do_not_count():
    assert off(seats(300, 200, 0), free(3, 2)) == ["0", "0", "0"]
    assert off(seats(300, 0), percent(10, party=2)) == ["0", "0"]


def test_a_discount_takes_off_its_maximum_at_most():
    assert off(seats(300, 100), percent(50, maximum=Decimal(100))) == ["75.00", "25.00"]


def test_of_discounts_that_do_not_combine_the_best_is_given():
    assert off(seats(300), percent(10), amount(50, key=2)) == ["50.00"]
    assert off(seats(900), percent(10), amount(50, key=2)) == ["90.00"]


def test_discounts_that_combine_are_given_one_after_the_other():
    combinable = percent(10, key=2, combinable=True), amount(50, key=1, combinable=True)
    assert off(seats(300), *combinable) == ["80.00"]


def test_one_discount_alone_beats_a_combination_that_saves_less():
    combinable = percent(10, combinable=True), amount(50, key=2, combinable=True)
    assert [one.key for one in best_discounts(seats(300), [*combinable, amount(90, key=3)])] == [3]


def test_of_equal_discounts_the_first_one_is_used():
    both = amount(50, key=7), amount(50, key=3)
    assert [one.key for one in best_discounts(seats(300), both)] == [3]


def test_a_discount_that_takes_off_nothing_is_not_used():
    assert best_discounts(seats(300), [fixed(300), free(2, 1, key=2)]) == []
    assert best_discounts(seats(0), [percent(50)]) == []
    assert best_discounts(seats(300), []) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [("summer-20", "SUMMER20"), (" Été 20 ", "ETE20"), ("ＴＷＯ", "TWO"), ("—", ""), ("", "")],
)
def test_codes_are_compared_by_their_letters_and_digits(typed, code):
    assert fold_code(typed) == code


money = st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)
items = st.lists(st.tuples(money, st.sampled_from([CHILD, ADULT, None])), max_size=8).map(
    lambda rows: [DiscountItem(key, price, kind) for key, (price, kind) in enumerate(rows)]
)
conditions = {
    "ticket_types": st.sets(st.sampled_from([CHILD, ADULT])).map(frozenset),
    "party": st.integers(1, 4),
    "minimum": money,
    "maximum": st.none() | money,
    "combinable": st.booleans(),
}
kinds = st.one_of(
    st.fixed_dictionaries({"kind": st.just(Kind.PERCENT), "value": st.integers(1, 100).map(Decimal), **conditions}),
    st.fixed_dictionaries({"kind": st.sampled_from([Kind.AMOUNT, Kind.PRICE]), "value": money, **conditions}),
    st.tuples(st.integers(1, 5), st.integers(1, 3)).flatmap(
        lambda n: st.fixed_dictionaries(
            {"kind": st.just(Kind.N_FOR_M), "buy": st.just(sum(n)), "pay": st.just(n[1]), **conditions}
        )
    ),
)
discounts = st.lists(kinds, max_size=4).map(lambda rows: [Discount(key, **row) for key, row in enumerate(rows)])


@given(items, discounts)
def test_no_seat_costs_less_than_nothing_or_more_than_before(items, discounts):
    prices = {item.key: item.price for item in items}
    for applied in best_discounts(items, discounts):
        assert applied.amount > 0
        for key, cut in applied.cuts.items():
            prices[key] -= cut
            assert cut > 0
            assert is_payable(cut)
    assert all(price >= 0 for price in prices.values())


@given(items, discounts, st.randoms(use_true_random=False))
def test_the_order_of_seats_and_discounts_does_not_matter(items, discounts, chance):
    before = best_discounts(items, discounts)
    chance.shuffle(items)
    chance.shuffle(discounts)
    assert best_discounts(items, discounts) == before


@given(items, discounts)
def test_no_discount_alone_would_take_off_more(items, discounts):
    chosen = sum(one.amount for one in best_discounts(items, discounts))
    assert all(chosen >= sum(one.amount for one in best_discounts(items, [other])) for other in discounts)


@given(items, discounts)
def test_a_maximum_is_never_exceeded(items, discounts):
    most = {discount.key: discount.maximum for discount in discounts}
    for applied in best_discounts(items, discounts):
        assert most[applied.key] is None or applied.amount <= most[applied.key]


@given(items, money)
def test_an_amount_off_is_given_to_the_cent(items, value):
    whole = sum((item.price for item in items), Decimal(0))
    given = sum((one.amount for one in best_discounts(items, [amount(value, minimum=Decimal(0))])), Decimal(0))
    assert given == min(whole, value)
