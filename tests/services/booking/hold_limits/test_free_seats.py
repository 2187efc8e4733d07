"""Seats that cost nothing, which count like those on hold."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from cinema.exceptions import HoldCooldown, ShowShareReached
from cinema.models import Hold, Show, Theatre, Ticket
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.buyer_exchanges import ExchangeChoice, exchange_ticket
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, report, seat_ids, sold, ticket_of
from tests.services.booking.hold_limits.holding import CAFE, HOME, another, booking, holding

pytestmark = pytest.mark.django_db


@pytest.fixture
def free_show(screen) -> Show:
    return ShowFactory(screen=screen, price=0)


def booked_free(show: Show, names: str, number: int = 1, **how):
    """Book seats that cost nothing: the ticket is confirmed at once."""
    payment = booking(show, names, number, **how)
    start_payment(payment=payment)
    ticket_of(payment).refresh_from_db()
    assert ticket_of(payment).status == "CONFIRMED"
    return ticket_of(payment)


@pytest.mark.usefixtures("shared")
def test_seats_booked_for_nothing_count_in_the_share_of_a_show(free_show):
    booked_free(free_show, "A1 A2 A3 A4 A5", owner="api:1", client_ip=HOME)

    with pytest.raises(ShowShareReached, match="At most 8 seats of this show") as refusal:
        booking(free_show, "B1 B2 B3 B4", 2, owner="api:2", client_ip=HOME)

    assert refusal.value.held == 5
    assert booked_free(free_show, "B1 B2 B3", 3, owner="api:3", client_ip=HOME)
    assert booked_free(free_show, "B4", 4, owner="api:4", client_ip=CAFE)


@pytest.mark.usefixtures("shared")
def test_seats_booked_for_nothing_count_until_the_show_begins(free_show):
    ticket = booked_free(free_show, "A1 A2 A3 A4 A5", client_ip=HOME)

    assert ticket.hold.expires_at == free_show.starts_at


@pytest.mark.usefixtures("shared")
def test_seats_booked_for_nothing_and_cancelled_count_no_more(free_show):
    cancel_ticket(code=booked_free(free_show, "A1 A2 A3 A4 A5", client_ip=HOME).code)

    assert booked_free(free_show, "B1 B2 B3 B4 B5", 2, client_ip=HOME)


def test_bookings_that_cost_nothing_count_like_holds_that_were_not_bought(free_show):
    for number in range(1, 3):
        booked_free(free_show, f"A{number}", number)

    with pytest.raises(HoldCooldown):
        booking(free_show, "A3", 3)


def test_the_pause_counts_from_a_free_booking_and_from_the_end_of_a_hold(free_show):
    minute = timedelta(minutes=1)
    ticket = booked_free(free_show, "A1", owner="api:1")
    Hold.objects.filter(pk=ticket.hold_id).update(buyer="asha", created_at=F("created_at") - 20 * minute)
    hold = holding(another(free_show, 1), client_ip="")
    begun, end = F("created_at") - 25 * minute, F("created_at") - 5 * minute
    Hold.objects.filter(pk=hold.pk).update(created_at=begun, expires_at=end)

    with pytest.raises(HoldCooldown) as refusal:
        holding(another(free_show, 2), client_ip="")

    assert 9 * minute < refusal.value.wait <= 10 * minute


def test_whoever_buys_and_cancels_again_and_again_pauses(shows):
    for show in shows[:2]:
        cancel_ticket(code=sold(show, "A1", buyer="asha").code)

    with pytest.raises(HoldCooldown):
        holding(shows[2], client_ip="")


@pytest.mark.usefixtures("shared")
def test_a_free_ticket_that_is_exchanged_counts_at_the_show_that_it_is_for_now(free_show):
    later = another_show(free_show, price=0)
    ticket = booked_free(free_show, "A1 A2 A3 A4 A5", owner="api:1", client_ip=HOME)
    other = booked_free(free_show, "B10", owner="api:9", client_ip=CAFE)

    exchange(ticket, later, "A1 A2 A3 A4 A5")

    assert Hold.objects.get(pk=ticket.hold_id).expires_at == later.starts_at
    assert Hold.objects.get(pk=other.hold_id).show == free_show
    with pytest.raises(ShowShareReached) as refusal:
        booking(later, "B1 B2 B3 B4", 2, owner="api:2", client_ip=HOME)
    assert refusal.value.held == 5
    assert booked_free(free_show, "B1 B2 B3 B4 B5", 3, owner="api:3", client_ip=HOME)


@pytest.mark.usefixtures("shared")
def test_tickets_are_not_exchanged_for_more_free_seats_than_the_share_of_a_show(free_show, screen):
    paid_show = another_show(free_show, price=250)
    booked_free(free_show, "A1 A2 A3 A4 A5", owner="api:1", client_ip=HOME)
    ticket = booked_free(another_show(free_show, price=0), "B1 B2 B3 B4", 2, owner="api:2", client_ip=HOME)
    dear = ticket_of(settle_payment(report=report(booking(paid_show, "B1 B2 B3", 3, owner="api:3", client_ip=HOME))))

    with pytest.raises(ShowShareReached):
        exchange(ticket, free_show, "B1 B2 B3 B4")
    exchange(dear, free_show, "B1 B2 B3", seen=750)

    with pytest.raises(ShowShareReached):
        booking(free_show, "B4", 4, owner="api:4", client_ip=HOME)


def another_show(show: Show, price: int) -> Show:
    """One more show of the film, a week later, at a theatre where buyers exchange tickets."""
    Theatre.objects.update(buyer_exchanges=True)
    starts_at = show.starts_at + timedelta(days=7, hours=price)
    return ShowFactory(movie=show.movie, screen=show.screen, price=price, starts_at=starts_at)


def exchange(ticket: Ticket, show: Show, names: str, seen: int = 0) -> None:
    exchange_ticket(code=ticket.code, choice=ExchangeChoice(show.pk, seat_ids(show, names)), seen=Decimal(seen))
