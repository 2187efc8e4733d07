"""Constraints of the database."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cinema.models import (
    Hold,
    MoneyEntry,
    Movie,
    Refund,
    SeatEvent,
    Show,
    ShowSeat,
    Theatre,
    Ticket,
    TicketSeat,
    TicketType,
    User,
    WaitingEntry,
)
from tests.factories import (
    ShowFactory,
    TheatreFactory,
    UserFactory,
    booked,
    held,
    listed,
    price_card,
    seat,
    sold,
    tax_rule,
    ticket_of,
    waiting,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return ShowFactory()


def is_refused(write: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def test_a_second_active_ticket_for_a_seat(show):
    line = sold(show, "A1").seats.get()
    other = ticket_of(booked(show, "A2", buyer="ben"))

    assert is_refused(lambda: TicketSeat.objects.create(ticket=other, show_seat=line.show_seat, price=1))
    assert not is_refused(
        lambda: TicketSeat.objects.create(ticket=other, show_seat=line.show_seat, price=1, active=False)
    )


def test_a_held_seat_without_a_hold_and_a_hold_on_a_seat_that_is_not_held(show):
    hold = held(show, "A1")

    assert is_refused(lambda: ShowSeat.objects.filter(pk=seat(show, "A2").pk).update(status="HELD"))
    assert is_refused(lambda: ShowSeat.objects.filter(pk=seat(show, "A2").pk).update(hold=hold))
    assert is_refused(lambda: ShowSeat.objects.filter(pk=seat(show, "A1").pk).update(status="BOOKED"))


def test_two_active_holds_of_a_buyer_at_a_show(show):
    hold, now = held(show, "A1"), timezone.now()

    assert is_refused(lambda: Hold.objects.create(show=show, buyer=hold.buyer, created_at=now, expires_at=now))


def test_two_tickets_of_a_hold_that_wait_for_payment(show):
    ticket = ticket_of(booked(show, "A1"))
    ticket.pk, ticket.code, ticket.reference = None, "another", "ANOTHER1"

    assert is_refused(ticket.save)


@pytest.mark.parametrize("model", [ShowSeat, TicketSeat])
def test_a_price_below_nothing(show, model):
    sold(show, "A1")

    assert is_refused(lambda: model.objects.update(price=Decimal("-0.01")))


def test_a_refund_of_nothing(show):
    payment = booked(show, "A1")

    assert is_refused(
        lambda: Refund.objects.create(payment=payment, amount=0, reason="CANCELLED", created_at=timezone.now())
    )


def test_the_same_revision_of_a_seat_twice(show):
    held(show, "A1")
    event = SeatEvent.objects.get()
    event.pk = None

    assert is_refused(event.save)


def test_a_line_of_the_ledger_is_neither_changed_nor_deleted(show):
    held(show, "A1")
    event = SeatEvent.objects.get()

    with pytest.raises(TypeError, match="append-only"):
        event.save()
    with pytest.raises(TypeError, match="append-only"):
        event.delete()


def test_more_free_seats_than_a_show_has(show):
    assert is_refused(lambda: Show.objects.update(seats_free=show.seats_total + 1))


def test_a_show_that_ends_before_it_starts(show):
    assert is_refused(lambda: Show.objects.update(ends_at=show.starts_at - timedelta(minutes=1)))


def test_a_film_without_a_runtime_and_a_refund_of_more_than_all(show):
    assert is_refused(lambda: Movie.objects.update(runtime=0))
    assert is_refused(lambda: Theatre.objects.update(refund_percent=101))


def test_an_address_that_differs_only_in_case(show):
    user = UserFactory(email="asha@example.org")

    assert is_refused(lambda: User.objects.create(email=user.email.upper()))


def test_a_show_with_tickets_cannot_be_deleted(show):
    ticket = sold(show, "A1")

    with pytest.raises(Exception, match="protected"):
        show.delete()
    assert Ticket.objects.get() == ticket


def test_an_address_that_waits_twice_at_a_show_in_any_case(show):
    entry = waiting(ShowFactory(screen__plan="aa"), party=3)
    fields = {"show": entry.show, "party": 1, "created_at": timezone.now()}

    assert is_refused(lambda: WaitingEntry.objects.create(email=entry.email.upper(), **fields))
    assert not is_refused(lambda: WaitingEntry.objects.create(email=entry.email, status="LEFT", **fields))
    assert not is_refused(lambda: WaitingEntry.objects.create(email=entry.email, **fields | {"show": show}))


def test_an_offer_without_a_hold_and_a_party_of_nobody():
    waiting(ShowFactory(screen__plan="aa"), party=3)

    assert is_refused(lambda: WaitingEntry.objects.update(status="OFFERED"))
    assert is_refused(lambda: WaitingEntry.objects.update(party=0))


def beside(show: Show, minutes: int, **fields: object) -> Show:
    """Another show on the screen, that many minutes after the start of the first."""
    start = show.starts_at + timedelta(minutes=minutes)
    return listed(movie=show.movie, screen=show.screen, starts_at=start, **fields)


@pytest.mark.parametrize("status", Show.Status.values)
def test_two_shows_on_a_screen_at_once_unless_one_is_cancelled(show, status):
    refused = is_refused(lambda: beside(show, 1, status=status))

    assert refused == (status != Show.Status.CANCELLED)


def test_moving_a_show_or_calling_it_on_again_over_another(show):
    length = (show.ends_at - show.starts_at).total_seconds() // 60
    later = beside(show, length)
    cancelled_show = beside(show, 5, status=Show.Status.CANCELLED)

    assert is_refused(lambda: Show.objects.filter(pk=later.pk).update(starts_at=show.starts_at))
    assert is_refused(lambda: Show.objects.filter(pk=cancelled_show.pk).update(status=Show.Status.SCHEDULED))
    assert not is_refused(lambda: Show.objects.filter(pk=later.pk).update(ends_at=later.ends_at + timedelta(hours=1)))
    assert not is_refused(lambda: listed(starts_at=show.starts_at))


def entry(**changes: object) -> None:
    facts = {"at": timezone.now(), "kind": "PAYOUT", "debit": "bank", "credit": "clearing:sandbox", "amount": 1}
    MoneyEntry.objects.create(**facts | changes)


def test_a_transfer_of_nothing_or_less():
    assert is_refused(lambda: entry(amount=0))
    assert is_refused(lambda: entry(amount=-1))
    assert not is_refused(entry)


def test_a_transfer_from_an_account_to_itself():
    assert is_refused(lambda: entry(credit="bank"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": -1},
        {"percent": 101},
        {"up_to": 0},
        {"kind": "DISCOUNT"},
        {"from_day": date(2000, 1, 1)},
        {"up_to": 9},
    ],
)
def test_a_tax_rule_about_nothing_or_twice_the_same(wrong):
    theatre = TheatreFactory(tax=18)
    rule = {"percent": 5, "from_day": date(2001, 1, 1), "kind": "SEAT"}
    tax_rule(theatre, **rule | {"up_to": 9})
    assert is_refused(lambda: tax_rule(theatre, **rule | wrong))
    assert not is_refused(lambda: tax_rule(theatre, **rule))


@pytest.mark.parametrize(
    "wrong",
    [{"reported": "FIXED"}, {"reported_amount": 5}, {"reported": "FIXED", "reported_amount": -1}],
)
def test_a_ticket_type_reported_at_no_amount_or_one_it_is_not_reported_at(wrong):
    card = price_card(TheatreFactory())
    types = TicketType.objects.filter(theatre=card.theatre)
    assert is_refused(lambda: types.update(**wrong))
    assert not is_refused(lambda: types.update(reported="FIXED", reported_amount=0))


@pytest.mark.parametrize("wrong", [{"reported": 5}, {"reported_percent": 5}, {"reported": -1, "reported_percent": 5}])
def test_a_seat_reported_without_the_tax_in_it_or_at_less_than_nothing(show, wrong):
    seats = sold(show, "A1").seats
    assert is_refused(lambda: seats.update(**wrong))
    assert not is_refused(lambda: seats.update(reported=0, reported_percent=0))
