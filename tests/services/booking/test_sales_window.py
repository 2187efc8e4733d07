"""The period in which a show is on sale; drafts never are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cinema.exceptions import ShowNotOnSale, UnknownShow
from cinema.models import Show, Ticket
from cinema.services.booking.holds import hold_best, hold_seats
from cinema.services.booking.seat_requests import BestSeats
from cinema.services.booking.waiting import join_waiting_list
from cinema.services.money.settlement import settle_payment
from tests.factories import (
    CONTACT,
    ScreenFactory,
    ShowFactory,
    booked,
    draft,
    held,
    order_hold,
    order_seats,
    report,
    seat_ids,
    sold,
    ticket_of,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def show():
    return ShowFactory()


def window(show, **moments):
    Show.objects.filter(pk=show.pk).update(**moments)


def test_before_its_sale_begins_no_seat_can_be_had(show):
    window(show, sales_start_at=timezone.now() + MINUTE)

    for wish in (
        lambda: held(show, "A1"),
        lambda: hold_best(show_id=show.pk, best=BestSeats(2), buyer="asha"),
        lambda: booked(show, "A1"),
        lambda: join_waiting_list(show_id=show.pk, email="a@example.org", party=2),
    ):
        with pytest.raises(ShowNotOnSale, match="can be booked from"):
            wish()


def test_once_its_sale_has_begun_seats_can_be_had(show):
    window(show, sales_start_at=timezone.now() - MINUTE)

    assert sold(show, "A1")


def test_after_the_cut_off_no_seat_can_be_had_though_the_show_is_to_come(show):
    window(show, sales_end_at=timezone.now() - MINUTE)

    with pytest.raises(ShowNotOnSale, match="Online sales for this show have ended"):
        held(show, "A1")


def test_what_was_held_before_the_cut_off_can_still_be_booked_and_paid(show):
    hold = held(show, "A1 A2")
    window(show, sales_end_at=timezone.now() - MINUTE)

    payment = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="one")
    ticket = ticket_of(settle_payment(report=report(payment)))

    assert ticket.status == Ticket.Status.CONFIRMED


def test_what_was_held_before_the_cut_off_cannot_be_changed_for_other_seats(show):
    held(show, "A1")
    window(show, sales_end_at=timezone.now() - MINUTE)

    with pytest.raises(ShowNotOnSale):
        hold_seats(show_id=show.pk, seat_ids=seat_ids(show, "A2"), buyer="asha")


def test_a_payment_begun_before_the_cut_off_is_good_after_it(show):
    payment = booked(show, "A1")
    window(show, sales_end_at=timezone.now() - MINUTE)

    assert ticket_of(settle_payment(report=report(payment))).status == Ticket.Status.CONFIRMED


def test_a_draft_is_not_visible():
    show = draft(ScreenFactory())

    for wish in (
        lambda: hold_seats(show_id=show.pk, seat_ids=[1], buyer="asha"),
        lambda: hold_best(show_id=show.pk, best=BestSeats(2), buyer="asha"),
        lambda: order_seats(show_id=show.pk, seat_ids=[1], buyer="a", contact=CONTACT, mode="UPI", key="one"),
        lambda: join_waiting_list(show_id=show.pk, email="a@example.org", party=2),
    ):
        with pytest.raises(UnknownShow):
            wish()
