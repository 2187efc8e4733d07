"""Exchanging a ticket for another show, by its buyer: services.orders.buyer_exchanges."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import (
    NotExchangeable,
    RefundChanged,
    SameShow,
    SeatCountMismatch,
    SeatsDearer,
    SeatsNotChangeable,
    SeatsUnavailable,
    ShowNotOnSale,
    StrandsSeats,
    TicketAdmitted,
    UnknownSeats,
    UnknownShow,
)
from cinema.models import OrderLine, Refund, SeatEvent, Show, ShowSeat, Theatre, Ticket
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.services.orders.buyer_exchanges import ExchangeChoice, exchange_ticket, plan_exchange
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import give_goodwill
from tests.factories import (
    BOX_OFFICE,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    UserFactory,
    admitted,
    booked,
    cancelled,
    coupon,
    held,
    lapsed,
    past,
    seat,
    seat_ids,
    sold,
    staff,
    starting_in,
    ticket_of,
    vouchers,
)
from tests.mails import forget_mails, outbox
from tests.services.booking.prepaid import check_out, is_sound, paid
from tests.services.orders.test_exchanges import seats_of
from tests.services.orders.test_orders import requested
from tests.services.orders.test_seat_cancellations import cancel

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    """Seats in row A cost 250, in row B 350."""
    terms = {"cancel_cutoff": 60, "buyer_exchanges": True, "tax": 18, "single_seats": "REFUSE"}
    return ShowFactory(screen__plan="aaaa\nbbbb", **{f"screen__theatre__{name}": of for name, of in terms.items()})


@pytest.fixture
def other(show):
    """Another show of the film: 200 and 300."""
    screen = ScreenFactory(theatre=show.screen.theatre, plan="aaaa\nbbbb")
    return ShowFactory(movie=show.movie, screen=screen, price=200)


@pytest.fixture
def ticket(show):
    ticket = sold(show, "A1 A2")
    forget_mails()
    return ticket


def exchange(ticket: Ticket, show: Show, names: str, seen: int = 100, **more: object) -> Ticket:
    choice = ExchangeChoice(show.pk, seat_ids(show, names))
    return exchange_ticket(code=ticket.code, choice=choice, seen=Decimal(seen), **more)


def now(ticket: Ticket) -> Ticket:
    return ticket_by_code(ticket.code)


def test_the_ticket_moves_and_the_difference_is_refunded(show, other, ticket):
    asha = UserFactory()

    exchange(ticket, other, "A1 A2", user=asha)

    ticket.refresh_from_db()
    assert (ticket.show, ticket.kept, seats_of(ticket)) == (other, 400, "A1 A2")
    assert Refund.objects.get().amount == 100
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    for where in (show, other):
        event = SeatEvent.objects.filter(show=where, ticket=ticket).latest("pk")
        assert (event.actor, event.user) == ("BUYER", asha)
    assert is_sound()


def test_the_buyer_is_mailed_the_ticket_and_the_refund(other, ticket):
    exchange(ticket, other, "A1 A2")

    [message] = outbox()
    assert message.subject.startswith("Your ticket is now for another show")
    assert "₹100" in message.body and "Row A, seat 1" in message.body


def test_seats_of_the_same_price_cost_nothing(show, ticket):
    same = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre, plan="aaaa"))

    exchange(ticket, same, "A3 A4", seen=0)

    assert not Refund.objects.exists()
    assert seats_of(ticket) == "A3 A4"
    assert is_sound()


def test_dearer_seats_are_refused_and_the_ticket_stays(show, other, ticket):
    with pytest.raises(SeatsDearer, match="₹100 more than yours"):
        exchange(ticket, other, "B1 B2", seen=0)

    assert seats_of(now(ticket)) == "A1 A2" and now(ticket).show == show


def test_a_dearer_and_a_cheaper_seat_count_together(other, ticket):
    exchange(ticket, other, "A1 B1", seen=0)

    assert not Refund.objects.exists()
    assert sorted(line.current_price for line in now(ticket).seats.all()) == [200, 300]
    assert is_sound()
    cancel(now(ticket), "A1")  # which leaves the dear one at its price
    assert now(ticket).kept == 300
    assert is_sound()


def test_without_seats_the_best_ones_are_taken(other, ticket):
    choice = ExchangeChoice(other.pk)
    assert plan_exchange(ticket=now(ticket), choice=choice).refund(100) == 100

    exchange_ticket(code=ticket.code, choice=choice, seen=Decimal(100))

    assert seats_of(ticket) == "A1 A2"


@pytest.mark.parametrize(("percent", "back", "price"), [(80, 80, 200), (0, 0, 250)])
def test_as_much_of_the_difference_is_refunded_as_of_a_cancellation(other, ticket, percent, back, price):
    Ticket.objects.update(refund_percent=percent)

    exchange(ticket, other, "A1 A2", seen=back)

    assert sum(refund.amount for refund in Refund.objects.all()) == back
    assert [line.current_price for line in now(ticket).seats.all()] == [price, price]
    assert is_sound()
    cancel_ticket(code=ticket.code)
    assert sum(refund.amount for refund in Refund.objects.all()) == 500 * percent // 100  # as if never exchanged
    assert is_sound()


def test_the_same_difference_is_not_refunded_once_more_at_a_third_show(other, ticket):
    Ticket.objects.update(refund_percent=50)
    third = ShowFactory(movie=other.movie, screen=ScreenFactory(theatre=other.screen.theatre, plan="aaaa"), price=200)

    exchange(ticket, other, "A1 A2", seen=50)
    exchange(ticket, third, "A1 A2", seen=0)

    assert now(ticket).kept == 450
    assert is_sound()


def test_a_discount_is_kept_at_seats_that_cost_the_same_before_it(show):
    same = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre, plan="aaaa"))
    coupon(show.screen.theatre, code="TEN")
    ticket = ticket_of(paid(check_out(held(show, "A1 A2"), coupon="TEN")))

    exchange(ticket, same, "A1 A2", seen=0)

    assert [line.current_price for line in now(ticket).seats.all()] == [225, 225]
    assert is_sound()


def test_a_discount_that_is_not_for_the_other_show_is_not_kept(show):
    same = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre, plan="aaaa"))
    coupon(show.screen.theatre, code="TEN")
    ticket = ticket_of(paid(check_out(held(show, "A1 A2"), coupon="TEN")))
    Show.objects.filter(pk=same.pk).update(no_coupons=True)

    with pytest.raises(SeatsDearer, match="₹50 more"):
        exchange(ticket, same, "A1 A2", seen=0)


def test_what_was_refunded_before_makes_no_seat_dearer(show, ticket):
    same = ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre, plan="aaaa"))
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=requested(staff(show.screen.theatre, BOX_OFFICE)))

    exchange(ticket, same, "A1 A2", seen=0)

    assert now(ticket).kept == 450
    assert is_sound()


def test_goodwill_is_part_of_what_cheaper_seats_refund_as_of_a_cancellation(show, other, ticket):
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=requested(staff(show.screen.theatre, BOX_OFFICE)))

    exchange(ticket, other, "A1 A2", seen=50)  # 450 was kept, and the seats cost 400

    assert now(ticket).kept == 400
    assert is_sound()


def test_a_ticket_that_vouchers_paid_for_is_not_exchanged_online(show, other):
    ticket = ticket_of(paid(check_out(held(show, "A1 A2"), *vouchers(show.screen.theatre))))

    with pytest.raises(NotExchangeable, match="vouchers"):
        exchange(ticket, other, "A1 A2", seen=0)


def switched_off(ticket: Ticket, other: Show) -> None:
    Theatre.objects.update(buyer_exchanges=False)


def too_late(ticket: Ticket, other: Show) -> None:
    starting_in(ticket.show, timedelta(minutes=59))


def somebody_is_inside(ticket: Ticket, other: Show) -> None:
    admitted(ticket, "A1")


def its_show_is_cancelled(ticket: Ticket, other: Show) -> None:
    cancelled(ticket.show)


def it_is_cancelled(ticket: Ticket, other: Show) -> None:
    cancel_ticket(code=ticket.code)


def the_other_has_begun(ticket: Ticket, other: Show) -> None:
    past(other)


def the_other_is_cancelled(ticket: Ticket, other: Show) -> None:
    cancelled(other)


def it_is_another_film(ticket: Ticket, other: Show) -> None:
    other.movie = MovieFactory()
    other.save()


def somebody_has_a_seat(ticket: Ticket, other: Show) -> None:
    held(other, "A1 A2", buyer="ben")


def the_price_has_changed(ticket: Ticket, other: Show) -> None:
    other.seats.update(price=210)


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        (switched_off, NotExchangeable),
        (too_late, NotExchangeable),
        (somebody_is_inside, TicketAdmitted),
        (its_show_is_cancelled, SeatsNotChangeable),
        (it_is_cancelled, SeatsNotChangeable),
        (the_other_has_begun, ShowNotOnSale),
        (the_other_is_cancelled, ShowNotOnSale),
        (it_is_another_film, UnknownShow),
        (somebody_has_a_seat, SeatsUnavailable),
        (the_price_has_changed, RefundChanged),
    ],
)
def test_an_exchange_is_refused_after_a_change_and_the_ticket_stays(
    show, other, ticket, before: Callable[[Ticket, Show], None], refusal: type[Exception]
):
    before(ticket, other)

    with pytest.raises(refusal):
        exchange(ticket, other, "A1 A2")

    assert now(ticket).show_id == show.pk
    assert not SeatEvent.objects.filter(ticket=ticket, action="MOVE_OUT").exists()


def test_a_ticket_that_is_not_paid_is_not_exchanged(show, other):
    with pytest.raises(SeatsNotChangeable):
        exchange(ticket_of(booked(show, "A1 A2")), other, "A1 A2")


def test_as_many_seats_are_chosen_as_the_ticket_has_at_another_show(show, other, ticket):
    with pytest.raises(SeatCountMismatch):
        exchange(ticket, other, "A1")
    with pytest.raises(SameShow):
        exchange(ticket, show, "A3 A4")


def test_no_seat_is_kept_at_the_old_show(show, other, ticket):
    mixed = seat_ids(show, "A1") + seat_ids(other, "A2")

    with pytest.raises(UnknownSeats):
        exchange_ticket(code=ticket.code, choice=ExchangeChoice(other.pk, mixed), seen=Decimal(0))


def test_a_single_seat_is_not_left_empty_at_the_other_show(other, ticket):
    with pytest.raises(StrandsSeats):
        exchange(ticket, other, "A1 A3")


def test_seats_of_an_expired_hold_can_be_chosen(other, ticket):
    lapsed(held(other, "A1 A2", buyer="ben"))
    choice = ExchangeChoice(other.pk, seat_ids(other, "A1 A2"))

    assert plan_exchange(ticket=now(ticket), choice=choice).cheaper == 100
    exchange(ticket, other, "A1 A2")

    assert seats_of(ticket) == "A1 A2"


def test_the_same_click_twice_exchanges_once(other, ticket):
    for _ in range(2):
        exchange(ticket, other, "A1 A2")

    assert Refund.objects.count() == 1
    assert SeatEvent.objects.filter(ticket=ticket, action="MOVE_IN").count() == 2


def test_the_order_lines_say_what_was_sold_and_the_ticket_seats_what_they_count_for(other, ticket):
    exchange(ticket, other, "A1 A2")

    assert sorted(OrderLine.objects.values_list("amount", "ticket_seat__repriced")) == [(250, 200), (250, 200)]
