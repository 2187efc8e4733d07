"""Moves by staff: what they may beyond buyers, and what is recorded. See test_moves.py, too."""

from datetime import timedelta

import pytest

from cinema.exceptions import LoveSeatsArePairs, SeatsNotChangeable, SeatsUnavailable, StrandsSeats
from cinema.models import AuditEvent, SeatEvent, ShowSeat, Theatre, Ticket
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.ledger import Actor, Author
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.moves import change_seats
from tests.factories import MANAGER, ShowFactory, cancelled, held, seat, seat_ids, sold, staff, starting_in
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    """Rows A and B cost 250, row C costs 350; A1 is for a wheelchair, the last row has one love seat."""
    plan = "waaaaaaa\naaaaaaaa\nbbbbbbbb\nBB......"
    return ShowFactory(screen__plan=plan, screen__theatre__cancel_cutoff=60)


def move(ticket: Ticket, names: str, **more) -> Ticket:
    return change_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, names), by=Author(Actor.STAFF, **more))


def names(ticket: Ticket) -> str:
    lines = ticket_by_code(ticket.code).seats.all()
    return " ".join(f"{line.show_seat.seat.row}{line.show_seat.seat.number}" for line in lines)


def test_to_dearer_seats_and_what_was_paid_stays_paid(show):
    ticket = sold(show, "A2 A3")

    move(ticket, "A3 C4")

    assert names(ticket) == "A3 C4"
    assert {line.price for line in ticket.seats.all()} == {250}
    assert unexplained_seats(show) == []


def test_to_a_place_of_another_kind(show):
    ticket = sold(show, "A2")

    move(ticket, "A1")

    assert names(ticket) == "A1"


def test_after_the_buyers_own_time_is_over_and_while_the_film_runs(show):
    ticket = sold(show, "A2")
    starting_in(show, timedelta(minutes=-30))

    move(ticket, "A3")

    assert names(ticket) == "A3"


def test_not_once_the_film_is_over(show):
    ticket = sold(show, "A2")
    starting_in(show, timedelta(minutes=-show.trailers - show.movie.runtime))

    with pytest.raises(SeatsNotChangeable, match="This show is over"):
        move(ticket, "A3")


def test_so_that_a_single_seat_is_left(show):
    Theatre.objects.update(single_seats=Theatre.SingleSeats.REFUSE)
    ticket = sold(show, "B7 B8")

    with pytest.raises(StrandsSeats):
        change_seats(code=ticket.code, seat_ids=seat_ids(show, "B2 B3"))
    move(ticket, "B2 B3")

    assert names(ticket) == "B2 B3"


def test_half_a_love_seat_is_refused_to_staff_as_well(show):
    with pytest.raises(LoveSeatsArePairs):
        move(sold(show, "A2"), "D1")


def test_seats_of_others_are_refused_to_staff_as_well(show):
    ticket = sold(show, "A2")
    held(show, "B1", buyer="ben")

    with pytest.raises(SeatsUnavailable):
        move(ticket, "B1")


@pytest.mark.parametrize(
    "spoil", [lambda ticket: cancel_ticket(code=ticket.code), lambda ticket: cancelled(ticket.show)]
)
def test_what_is_cancelled_stays_where_it_was(show, spoil):
    ticket = sold(show, "A2")
    spoil(ticket)

    with pytest.raises(SeatsNotChangeable, match="cancelled"):
        move(ticket, "A3")


def test_the_ledger_and_the_audit_trail_have_user_and_reason(show):
    manager = staff(show.screen.theatre, MANAGER)
    ticket = sold(show, "A2 A3")

    move(ticket, "A3 B4", user=manager, reason="Broken hinge")

    events = SeatEvent.objects.filter(action__startswith="MOVE").order_by("revision")
    assert {(e.actor, e.user, e.reason) for e in events} == {("STAFF", manager, "Broken hinge")}
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.ticket, event.show, event.reason) == (
        "MOVE",
        manager,
        ticket,
        show,
        "Broken hinge",
    )
    assert (event.theatre, event.subject) == (show.screen.theatre, ticket.reference)
    assert event.details == {"before": ["Row A, seat 2"], "after": ["Row B, seat 4"]}


def test_the_buyers_own_move_is_no_staff_action(show):
    ticket = sold(show, "A2")

    change_seats(code=ticket.code, seat_ids=seat_ids(show, "A3"))

    assert not AuditEvent.objects.exists()


def test_moving_to_where_they_sit_writes_nothing(show):
    ticket = sold(show, "A2")

    move(ticket, "A2")

    assert not AuditEvent.objects.exists()
    assert seat(show, "A2").status == ShowSeat.Status.BOOKED


@pytest.mark.django_db(transaction=True)
def test_the_buyer_is_mailed(show):
    ticket = sold(show, "A2")
    forget_mails()

    move(ticket, "A3")

    assert [message.to for message in outbox()] == [[ticket.order.email]]
