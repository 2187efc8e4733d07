"""What an order costs: discounts, refused codes and the booking fee."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.exceptions import (
    CouponConditionUnmet,
    CouponEnded,
    CouponNotForShow,
    CouponNotYetValid,
    CouponUsedUp,
    UnknownCoupon,
)
from cinema.models import Order, Show, ShowSeat, TicketType
from cinema.selectors.booking.coupons import CouponRequest
from cinema.selectors.booking.quotes import Quote, QuoteRequest, quote
from cinema.selectors.booking.tariffs import order_lines
from tests.factories import MovieFactory, ShowFactory, TheatreFactory, coupon, on_card, seat_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aabb")


def quoted(show: Show, names: str, *, code: str = "", types: dict[str, str] | None = None, channel="WEB") -> Quote:
    """The quote for the seats “A1 A2”, with the ticket types named by ``types``."""
    show = Show.objects.select_related("screen__theatre").get(pk=show.pk)
    seats = list(ShowSeat.objects.filter(pk__in=seat_ids(show, names)).select_related("seat"))
    known = dict(TicketType.objects.values_list("name", "pk"))
    chosen = {seat_ids(show, name)[0]: known[kind] for name, kind in (types or {}).items()}
    lines = order_lines(seats, show.screen.theatre, chosen)
    return quote(lines, [show], QuoteRequest(timezone.now(), channel, CouponRequest(code)))


def has_fee(show: Show, **fields) -> None:
    theatre = show.screen.theatre
    type(theatre).objects.filter(pk=theatre.pk).update(**fields)


def test_without_fee_and_coupon_an_order_costs_its_seats(show, django_assert_num_queries):
    show = Show.objects.select_related("screen__theatre").get(pk=show.pk)
    seats = list(ShowSeat.objects.filter(show=show).select_related("seat"))
    lines = order_lines(seats, show.screen.theatre, {})
    with django_assert_num_queries(0):
        found = quote(lines, [show], QuoteRequest(timezone.now()))
    assert (found.total, found.seats, found.saved, found.fees) == (1200, 1200, 0, 0)


def test_a_code_counts_however_it_is_typed(show):
    coupon(show.screen.theatre, code="SUMMER20", value=20)
    found = quoted(show, "A1 A3", code=" summer-20 ")
    assert (found.seats, found.saved, found.total) == (600, 120, 480)
    assert [line.costs for line in found.lines] == [200, 280]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "OTHER"}, UnknownCoupon),
        ({"ended_at": timezone.now()}, CouponEnded),
        ({"valid_until": timezone.now().date() - timedelta(days=2)}, CouponEnded),
        ({"valid_from": timezone.now().date() + timedelta(days=2)}, CouponNotYetValid),
        ({"most_uses": 3, "used": 3}, CouponUsedUp),
        ({"minimum": Decimal(251)}, CouponConditionUnmet),
        ({"party": 2}, CouponConditionUnmet),
    ],
)
def test_a_code_that_is_not_taken_is_refused_with_the_reason(show, changes, error):
    coupon(show.screen.theatre, **{"code": "TEN"} | changes)
    found = quoted(show, "A1", code="TEN")
    assert type(found.refusal) is error
    assert found.total == 250


def test_a_code_of_other_shows_is_refused(show):
    other = (show.trading_day.weekday() + 1) % 7
    coupon(TheatreFactory(), code="THEATRE")
    coupon(show.screen.theatre, code="FILM", movie=MovieFactory())
    coupon(None, code="WEEKDAY", weekdays=[other])
    for code in ("THEATRE", "FILM", "WEEKDAY"):
        assert type(quoted(show, "A1", code=code).refusal) is CouponNotForShow


def test_a_coupon_of_all_theatres_counts_at_each(show):
    coupon(None, code="ALL", movie=show.movie, weekdays=[show.trading_day.weekday()])
    assert quoted(show, "A1", code="ALL").total == 225


def test_a_show_without_free_list_takes_no_coupon(show):
    coupon(show.screen.theatre, value=50)
    coupon(show.screen.theatre, code="TEN")
    assert quoted(show, "A1").total == 125
    Show.objects.update(no_coupons=True)
    assert quoted(show, "A1").total == 250
    assert type(quoted(show, "A1", code="TEN").refusal) is CouponNotForShow


def test_automatic_coupons_are_given_whenever_their_conditions_are_met(show):
    coupon(show.screen.theatre, party=3, value=10)
    assert quoted(show, "A1 A2").saved == 0
    assert quoted(show, "A1 A2 A3").saved == 85


def test_a_coupon_is_for_its_ticket_types():
    show = on_card(adult=250, child=150)
    child = TicketType.objects.get(name="Child")
    coupon(show.screen.theatre, code="KIDS", value=100, ticket_types=[child])
    found = quoted(show, "A1 A2", code="KIDS", types={"A2": "Child"})
    assert [line.costs for line in found.lines] == [250, 0]
    refusal = quoted(show, "A1 A2", code="KIDS").refusal
    assert str(refusal) == "“KIDS” needs 1 seat of this type: Child."


def test_a_code_that_saves_less_than_an_automatic_coupon_is_not_used(show):
    coupon(show.screen.theatre, value=20)
    coupon(show.screen.theatre, code="TEN", value=10)
    found = quoted(show, "A1", code="TEN")
    assert (found.saved, found.outdone, found.refusal) == (50, True, None)


def test_combinable_coupons_are_given_together(show):
    coupon(show.screen.theatre, value=20, combinable=True)
    coupon(show.screen.theatre, code="TEN", value=10, combinable=True)
    found = quoted(show, "A1", code="TEN")
    assert [saving.amount for saving in found.savings] == [50, 20]
    assert not found.outdone


def test_a_fee_is_charged_for_each_ticket_of_its_channel(show):
    has_fee(show, web_fee=20)
    assert quoted(show, "A1 A2").fees == 40
    assert quoted(show, "A1 A2", channel=Order.Channel.API).fees == 0


def test_a_fee_is_charged_once_for_an_order(show):
    has_fee(show, web_fee=30, web_fee_basis="ORDER")
    assert quoted(show, "A1 A2").total == 530


def test_ticket_types_may_waive_the_fee():
    show = on_card(adult=250, child=150)
    TicketType.objects.filter(name="Child").update(fee_waived=True)
    has_fee(show, web_fee=20)
    assert quoted(show, "A1 A2", types={"A2": "Child"}).fees == 20
    has_fee(show, web_fee_basis="ORDER")
    assert quoted(show, "A1 A2", types={"A1": "Child", "A2": "Child"}).fees == 0


def test_a_seat_that_costs_nothing_bears_no_fee(show):
    has_fee(show, web_fee=20)
    coupon(show.screen.theatre, code="TWO", kind="N_FOR_M", buy=2, pay=1)
    assert quoted(show, "A1 A2", code="TWO").total == 270
    coupon(show.screen.theatre, code="ALL", value=100)
    assert quoted(show, "A1 A2", code="ALL").total == 0
