"""Properties of prices by any price card: cinema.selectors.booking.pricing."""

from datetime import time
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from cinema.models import Price, PriceAdjustment, Show, TicketType
from cinema.selectors.booking.pricing import Moment, applies, digest, plain_prices, price_table

KINDS = [TicketType(pk=pk, rank=pk) for pk in (1, 2, 3)]
amounts = st.decimals(-1000, 1000, places=2)
times = st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
formats = st.sampled_from(Show.Format.values)
moments = st.builds(Moment, st.integers(0, 6), st.times(), formats)
adjustments = st.builds(
    PriceAdjustment,
    amount=amounts,
    weekdays=st.lists(st.integers(0, 6), unique=True),
    from_time=times,
    until_time=times,
    format=st.just("") | formats,
    category_id=st.none() | st.sampled_from([1, 2]),
    ticket_type_id=st.none() | st.sampled_from([1, 2, 3]),
)
prices = st.dictionaries(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from(KINDS)), st.decimals(0, 1000, places=2), min_size=1
)


def card(prices, adjustments):
    """An unsaved price card."""
    rows = [Price(category_id=category, ticket_type=kind, amount=amount) for (category, kind), amount in prices.items()]
    return SimpleNamespace(
        prices=SimpleNamespace(all=lambda: rows), adjustments=SimpleNamespace(all=lambda: adjustments)
    )


@given(prices, st.lists(adjustments, max_size=6), moments)
def test_prices_are_not_negative_and_have_the_smallest_unit(prices, more, moment):
    for amount in price_table(card(prices, more), moment).values():
        assert amount >= 0
        assert amount == amount.quantize(Decimal("0.01"))


@given(prices, st.lists(adjustments, max_size=6).flatmap(lambda a: st.tuples(st.just(a), st.permutations(a))), moments)
def test_the_order_of_adjustments_makes_no_difference(prices, orders, moment):
    one, other = (price_table(card(prices, more), moment) for more in orders)

    assert one == other
    assert digest(one) == digest(other)


@given(prices, st.lists(adjustments, max_size=6), moments)
def test_adjustments_that_do_not_apply_change_nothing(prices, more, moment):
    fitting = [adjustment for adjustment in more if applies(adjustment, moment)]

    assert price_table(card(prices, more), moment) == price_table(card(prices, fitting), moment)


@given(prices, st.lists(adjustments, max_size=4), moments)
def test_the_plain_price_is_that_of_the_first_ticket_type(prices, more, moment):
    stuff = card(prices, more)
    table = price_table(stuff, moment)

    for category, amount in plain_prices(stuff, table).items():
        first = min(kind.pk for known, kind in prices if known == category)
        assert amount == table[category, first]


@given(st.builds(PriceAdjustment, from_time=st.times(), until_time=st.times(), weekdays=st.just([])), st.times())
def test_a_time_span_and_the_rest_of_the_day_are_complementary(span, at):
    if span.from_time == span.until_time:
        return
    rest = PriceAdjustment(from_time=span.until_time, until_time=span.from_time, weekdays=[])
    moment = Moment(0, at, "2D")

    assert applies(span, moment) != applies(rest, moment)


def test_a_retired_ticket_type_is_not_priced():
    retired = TicketType(pk=9, rank=9, retired_at=time())
    stuff = card({(1, KINDS[0]): Decimal(10), (1, retired): Decimal(5)}, [])
    table = price_table(stuff, Moment(0, time(12), "2D"))

    assert list(table) == [(1, 1)]
    assert plain_prices(stuff, table) == {1: 10}
