"""The lowest price of a show: what a plain ticket costs there, with the booking fee per ticket."""

from decimal import Decimal

import pytest

from cinema.domain.fees import BookingFee, PlainPrice, StartingPrice, starting_price
from cinema.models import PriceCard, Seat, Show, Theatre, TicketType
from cinema.selectors.prices.prices import card_of
from cinema.selectors.schedule.plain_prices import with_plain_prices
from cinema.services.prices.repricing import reprice_coming
from tests.factories import ScreenFactory, SeatCategoryFactory, ShowFactory, listed, on_card, price_card

pytestmark = pytest.mark.django_db
BARE = BookingFee()


def starts_at(show: Show, channel: str = "WEB") -> StartingPrice | None:
    [read] = with_plain_prices([Show.objects.select_related("screen__theatre").get(pk=show.pk)])
    return read.starting_price(channel)


def set_up(show: Show, **fields) -> None:
    Theatre.objects.filter(pk=show.screen.theatre_id).update(**fields)


def only(amount: int) -> StartingPrice:
    return StartingPrice(Decimal(amount), True)


def at_least(amount: int) -> StartingPrice:
    return StartingPrice(Decimal(amount), False)


@pytest.mark.parametrize(
    ("prices", "fee", "found"),
    [
        ([], BookingFee(Decimal(20)), None),
        ([PlainPrice(Decimal(200))], BARE, only(200)),
        ([PlainPrice(Decimal(300)), PlainPrice(Decimal(200))], BARE, at_least(200)),
        ([PlainPrice(Decimal(300)), PlainPrice(Decimal(200))], BookingFee(Decimal(20)), at_least(220)),
        ([PlainPrice(Decimal(200))], BookingFee(Decimal(20), per_order=True), only(200)),
        ([PlainPrice(Decimal(200), waived=True)], BookingFee(Decimal(20)), only(200)),
        ([PlainPrice(Decimal(0))], BookingFee(Decimal(20)), only(0)),
        ([PlainPrice(Decimal(0)), PlainPrice(Decimal(90))], BookingFee(Decimal(20)), at_least(0)),
    ],
)
def test_the_lowest_price_includes_what_each_ticket_is_charged(prices, fee, found):
    assert starting_price(prices, fee) == found


def test_it_is_that_of_the_plain_ticket_in_the_cheapest_category():
    assert starts_at(on_card(plan="aabb", adult=250, child=150)) == at_least(250)


def test_seats_of_one_category_cost_only_that():
    assert starts_at(on_card(plan="aaaa", adult=250, child=150)) == only(250)


def test_a_category_that_the_hall_does_not_have_does_not_count():
    theatre = ScreenFactory(plan="aabb").theatre
    card = price_card(theatre, adult=250)
    better = ScreenFactory(theatre=theatre, plan="bbbb")
    assert starts_at(on_card(card=card, screen=better)) == only(350)


def test_a_category_of_which_every_seat_was_removed_does_not_count():
    show = on_card(plan="aabb", adult=250)
    Seat.objects.filter(category__rank=1).update(retired_at=show.starts_at)
    assert starts_at(show) == only(350)


def test_each_channel_has_its_own_fee():
    show = on_card(adult=250)
    set_up(show, web_fee=20, counter_fee=5, api_fee=10, api_fee_basis="ORDER")
    assert [starts_at(show, channel) for channel in ("WEB", "COUNTER", "API")] == [only(270), only(255), only(250)]


def test_a_plain_ticket_that_waives_the_fee_bears_none():
    show = on_card(adult=250, child=150)
    set_up(show, web_fee=20)
    TicketType.objects.filter(rank=1).update(fee_waived=True)
    assert starts_at(show) == only(250)


def test_a_new_price_is_known_at_once():
    show = on_card(adult=250)
    card = PriceCard.objects.get()
    card.prices.update(amount=180)
    reprice_coming(theatre=card.theatre, card_id=card.pk, version=card_of(card.theatre, card.pk).version, user=None)
    assert starts_at(show) == only(180)


def test_a_show_without_a_tariff_has_the_prices_of_its_seats():
    assert starts_at(ShowFactory(screen__plan="aabb", price=200)) == at_least(200)
    assert starts_at(ShowFactory(screen__plan="aaaa", price=200)) == only(200)


def test_a_sold_out_show_and_one_without_seats_have_none():
    full = on_card(adult=250)
    Show.objects.filter(pk=full.pk).update(seats_free=0)
    assert starts_at(full) is None
    assert starts_at(listed()) is None


@pytest.mark.both
def test_shows_of_every_kind_are_read_in_one_statement(django_assert_num_queries):
    priced, bare = on_card(plan="aabb", adult=250), ShowFactory(screen__plan="aabb", price=200)
    SeatCategoryFactory(theatre=priced.screen.theatre, rank=3)
    shows = list(Show.objects.select_related("screen__theatre").order_by("pk"))

    with django_assert_num_queries(1):
        read = with_plain_prices(shows)
    with django_assert_num_queries(1):
        with_plain_prices([bare])
    with django_assert_num_queries(0):
        with_plain_prices([])

    assert [show.starting_price("WEB") for show in read] == [at_least(250), at_least(200)]
