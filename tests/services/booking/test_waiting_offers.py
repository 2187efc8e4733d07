"""Seats that the waiting list offers, taken and left: services.booking.waiting."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from cinema.exceptions import (
    HoldTimeLimitReached,
    OfferExpired,
)
from cinema.models import Hold, Show, ShowSeat, Ticket, WaitingEntry
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import extend_hold, release_hold
from cinema.services.booking.waiting import (
    leave_waiting_list,
    take_offer,
)
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    CONTACT,
    ShowFactory,
    held,
    lapsed,
    order_hold,
    report,
    seat,
    sold,
    ticket_of,
    waiting,
)
from tests.services.booking.waiting_lists import free, full_show, kept_for, now_is

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return full_show()


def offered(show: Show) -> WaitingEntry:
    entry = waiting(show)
    free(show)
    entry.refresh_from_db()
    return entry


def pay(hold: Hold) -> Ticket:
    payment = order_hold(code=hold.code, buyer=hold.buyer, contact=CONTACT, mode="UPI", key="the key of wanda")
    start_payment(payment=payment)
    return ticket_of(settle_payment(report=report(payment)))


def test_offered_seats_become_the_buyers_hold_and_can_be_booked(show):
    entry = offered(show)

    ticket = pay(take_offer(code=entry.code, buyer="wanda"))

    assert ticket.status == Ticket.Status.CONFIRMED
    assert now_is(entry) == "TAKEN"
    assert unexplained_seats(show) == []


def test_taking_twice_is_taking_once(show):
    entry = offered(show)

    first = take_offer(code=entry.code, buyer="wanda")
    second = take_offer(code=entry.code, buyer="wanda")

    assert (first, first.expires_at) == (second, second.expires_at)


def test_an_offer_taken_at_the_last_moment_leaves_time_to_check_out(show, settings):
    entry = offered(show)
    Hold.objects.filter(pk=entry.hold_id).update(expires_at=Now() + timedelta(seconds=20))

    hold = take_offer(code=entry.code, buyer="wanda")

    assert hold.expires_at - hold.created_at >= timedelta(minutes=settings.HOLD_MINUTES)


def test_an_offer_taken_over_by_another_browser_keeps_its_end(show):
    entry = offered(show)
    first = take_offer(code=entry.code, buyer="wanda")
    Hold.objects.filter(pk=first.pk).update(expires_at=Now() + timedelta(minutes=2))

    second = take_offer(code=entry.code, buyer="xaver")

    assert second.buyer == "xaver"
    assert second.expires_at - timezone.now() <= timedelta(minutes=2)


def test_an_offer_taken_at_the_last_moment_is_extended_no_further_than_that(show, settings):
    settings.WAIT_OFFER_MINUTES = 120
    entry = offered(show)
    begun = timezone.now() - timedelta(minutes=119)
    Hold.objects.filter(pk=entry.hold_id).update(
        created_at=begun, expires_at=begun + timedelta(minutes=120), latest_at=begun + timedelta(minutes=120)
    )

    hold = take_offer(code=entry.code, buyer="wanda")

    assert timedelta(minutes=9) < hold.expires_at - timezone.now() <= timedelta(minutes=10)
    with pytest.raises(HoldTimeLimitReached):
        extend_hold(code=hold.code, buyer="wanda")


def test_the_buyers_other_hold_is_released_to_the_waiting_list():
    show = ShowFactory(screen__plan="aaaa")
    ticket, other = sold(show, "A1 A2"), held(show, "A3 A4", buyer="wanda")
    entry, next_one = waiting(show, "wanda@example.org"), waiting(show, "xaver@example.org")
    cancel_ticket(code=ticket.code)

    take_offer(code=entry.code, buyer="wanda")

    other.refresh_from_db()
    assert other.status == Hold.Status.RELEASED
    assert kept_for(next_one) == "A3 A4"
    assert unexplained_seats(show) == []


def test_a_hold_of_the_buyer_that_ran_out_does_not_stand_in_the_way():
    show = ShowFactory(screen__plan="aaaa")
    ticket, other = sold(show, "A1 A2"), held(show, "A3 A4", buyer="wanda")
    entry = waiting(show)
    cancel_ticket(code=ticket.code)
    lapsed(other)

    assert take_offer(code=entry.code, buyer="wanda").buyer == "wanda"
    assert unexplained_seats(show) == []


def test_an_offer_whose_time_is_over_cannot_be_taken(show):
    entry = offered(show)
    lapsed(entry.hold)

    with pytest.raises(OfferExpired, match="no longer held for you"):
        take_offer(code=entry.code, buyer="wanda")


def test_a_waiting_entry_has_no_offer_to_take(show):
    with pytest.raises(OfferExpired):
        take_offer(code=waiting(show).code, buyer="wanda")


def test_seats_that_were_taken_and_let_go_are_given_up(show):
    entry = offered(show)
    hold = take_offer(code=entry.code, buyer="wanda")

    release_hold(code=hold.code, buyer="wanda")

    assert now_is(entry) == "LEFT"
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_taken_seats_whose_time_runs_out_are_over(show):
    entry = offered(show)
    lapsed(take_offer(code=entry.code, buyer="wanda"))

    release_expired(show_id=show.pk)

    assert now_is(entry) == "OVER"


def test_money_that_comes_too_late_for_an_offer_still_takes_it_if_the_seats_are_free(show):
    entry = offered(show)
    hold = take_offer(code=entry.code, buyer="wanda")
    payment = order_hold(code=hold.code, buyer="wanda", contact=CONTACT, mode="UPI", key="the key of wanda")
    lapsed(hold)
    release_expired(show_id=show.pk)

    settle_payment(report=report(payment))

    assert now_is(entry) == "TAKEN"


def test_leaving_gives_the_place_to_the_next(show):
    first, second = waiting(show, "wanda@example.org"), waiting(show, "xaver@example.org")

    leave_waiting_list(code=first.code)
    leave_waiting_list(code=first.code)
    free(show)

    assert [now_is(first), now_is(second)] == ["LEFT", "OFFERED"]


def test_leaving_an_offer_gives_its_seats_to_the_next(show):
    entry = offered(show)
    second = waiting(show, "xaver@example.org")

    leave_waiting_list(code=entry.code)

    assert now_is(entry) == "LEFT"
    assert kept_for(second) == "A1 A2"
    assert unexplained_seats(show) == []


def test_more_time_can_be_had_for_taken_seats(show):
    hold = take_offer(code=offered(show).code, buyer="wanda")
    Hold.objects.update(expires_at=Now() + timedelta(minutes=1))

    assert extend_hold(code=hold.code, buyer="wanda")
