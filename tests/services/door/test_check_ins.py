"""Scans at the door: each seat is admitted once, each scan is recorded, and refused for the right reason."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinema.exceptions import NoReentry, NothingToUndo, ScanKeyReused, UndoTooLate, UnknownTicketSeats
from cinema.models import CheckIn, Payment, Show, Theatre, Ticket, TicketSeat
from cinema.services.door import check_ins as services
from cinema.services.door.check_ins import Door, Scan
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.schedule.show_edits import Slot, reschedule_show
from tests.factories import (
    ScreenFactory,
    ShowFactory,
    at_the_door,
    booked,
    cancelled,
    on_card,
    seat,
    sold,
    staff,
    ticket_of,
)

pytestmark = pytest.mark.django_db

keys = (f"key of scan {number:06}" for number in count())


@pytest.fixture
def show() -> Show:
    return ShowFactory(movie__title="The Lunchbox", screen__plan="aaaaaa", screen__name="Screen 1")


@pytest.fixture
def door(show: Show) -> Door:
    return Door(show.screen.theatre, staff(show.screen.theatre, "USHER"), "Door 1")


@pytest.fixture
def ticket(show: Show) -> Ticket:
    """Two seats of a show whose doors are open."""
    ticket = sold(show, "A1 A2")
    at_the_door(show)
    return ticket


def scan(door: Door, text: str, **more: object) -> CheckIn:
    return services.check_in(door=door, scan=Scan(text, **{"key": next(keys)} | more))


def inside(ticket: Ticket) -> int:
    return ticket.seats.filter(inside=True).count()


def line(ticket: Ticket, name: str) -> int:
    """The key of the ticket seat with the label."""
    return ticket.seats.get(show_seat=seat(ticket.show, name)).pk


def test_a_ticket_admits_all_its_seats_once(door, ticket):
    first = scan(door, f"https://cinema.example.org/tickets/{ticket.code}/")
    second = scan(door._replace(device="Door 2"), ticket.code)

    assert (first.outcome, sorted(first.seats)) == ("ADMITTED", sorted(ticket.seats.values_list("pk", flat=True)))
    assert (second.outcome, second.earlier) == ("ALREADY", first)
    assert inside(ticket) == 2


@pytest.mark.parametrize("typed", ["{0}", "{0[0]}{0[1]}{0[2]}{0[3]} {0[4]}{0[5]}{0[6]}{0[7]}", "Ref.: {0}"])
def test_a_reference_can_be_typed_instead_of_the_code(door, ticket, typed):
    assert scan(door, typed.format(ticket.reference).lower()).outcome == "ADMITTED"


def test_a_party_comes_in_parts(door, ticket):
    first = scan(door, ticket.code, seats=frozenset([line(ticket, "A2")]))
    assert (first.outcome, inside(ticket)) == ("ADMITTED", 1)
    again = scan(door, ticket.code, seats=frozenset([line(ticket, "A2")]))
    assert (again.outcome, inside(ticket)) == ("ALREADY", 1)
    rest = scan(door, ticket.code)
    assert (rest.outcome, rest.seats, inside(ticket)) == ("ADMITTED", [line(ticket, "A1")], 2)


def test_a_repeated_scan_is_the_same_scan(door, ticket):
    first = scan(door, ticket.code, key="the same key, twice")
    again = scan(door, ticket.code, key="the same key, twice")

    assert again == first and again.outcome == "ADMITTED"
    assert CheckIn.objects.count() == 1


def test_a_repeated_scan_of_an_unknown_code_is_the_same_scan(door):
    first = scan(door, "A" * 22, key="the same key, twice")
    assert scan(door, "A" * 22, key="the same key, twice") == first


def test_a_key_is_not_taken_for_another_ticket(door, ticket, show):
    other = sold(ShowFactory(screen=show.screen, starts_at=show.starts_at + timedelta(days=1)), "A1")
    scan(door, ticket.code, key="a key for one ticket")
    for text in (other.code, "A" * 22):
        with pytest.raises(ScanKeyReused):
            scan(door, text, key="a key for one ticket")
    assert inside(other) == 0


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("A" * 22, "UNKNOWN"),
        ("https://cinema.example.org/tickets/" + "A" * 22 + "/", "UNKNOWN"),
        ("K7PM3WXY", "UNKNOWN"),
        ("https://cinema.example.org/tickets/Ab3-", "UNREADABLE"),  # half a code
        ("https://cinema.example.org/tic", "UNREADABLE"),
        ("Ab3-xY_9", "UNREADABLE"),
        ("https://other.example.com/e/12345678", "UNREADABLE"),  # foreign
        ("WIFI:S:guests;P:12345678;;", "UNREADABLE"),
        ("🎟", "UNREADABLE"),
    ],
)
def test_what_is_no_ticket_of_ours_admits_nobody_and_is_recorded(door, ticket, text, outcome):
    check = scan(door, text)

    assert (check.outcome, check.ticket) == (outcome, None)
    assert CheckIn.objects.get().user == door.user


def test_half_of_a_real_code_admits_nobody(door, ticket):
    assert scan(door, f"http://x/tickets/{ticket.code[:12]}").outcome == "UNREADABLE"
    assert inside(ticket) == 0


def test_a_forged_code_admits_nobody(door, ticket):
    forged = ticket.code[:-1] + ("A" if ticket.code[-1] != "A" else "B")
    assert scan(door, forged).outcome == "UNKNOWN"


def test_a_ticket_of_another_show_is_refused_with_the_right_one(door, ticket, show):
    check = scan(door._replace(show_ids=frozenset([show.pk + 1])), ticket.code)
    assert (check.outcome, check.show) == ("WRONG_SHOW", show)


def test_a_door_for_all_of_today_refuses_the_tickets_of_tomorrow(door, show):
    ticket = sold(show, "A1")
    at_the_door(show, timedelta(days=1))
    assert scan(door, ticket.code).outcome == "WRONG_SHOW"


@pytest.mark.parametrize("days", [-1, 1])
def test_the_change_of_the_trading_day_keeps_nobody_outside(door, ticket, show, days):
    show.trading_day += timedelta(days=days)
    show.save()
    assert scan(door, ticket.code).outcome == "ADMITTED"


def test_an_old_ticket_is_refused_with_its_show_and_day(door, show):
    ticket = sold(show, "A1")
    at_the_door(show, timedelta(days=-7))
    check = scan(door, ticket.code)
    assert (check.outcome, check.show, inside(ticket)) == ("WRONG_SHOW", show, 0)


def test_two_halves_of_a_code_are_two_scans_of_no_ticket(door, ticket):
    for half in (ticket.code[:11], ticket.code[11:]):
        assert scan(door, half).outcome in ("UNREADABLE", "UNKNOWN")  # by chance a half looks like a reference
    assert (CheckIn.objects.count(), inside(ticket)) == (2, 0)
    assert scan(door, ticket.code).outcome == "ADMITTED"


def test_a_door_for_a_show_admits_to_it_on_the_screen_that_it_was_moved_to(door):
    here, elsewhere = (ScreenFactory(theatre=door.theatre, name=f"Screen {n}", plan="aaaa") for n in (2, 7))
    show = on_card(screen=here, adult=250)
    door = door._replace(show_ids=frozenset([show.pk]))
    slot = Slot(elsewhere, show.starts_at)
    reschedule_show(theatre=door.theatre, show_id=show.pk, slot=slot, seen=show.version, user=door.user)
    show = Show.objects.select_related("movie", "screen__theatre").get(pk=show.pk)
    ticket = sold(show, "A1 A2")
    at_the_door(show)
    check = scan(door, ticket.code)
    assert (check.outcome, check.show.screen, inside(ticket)) == ("ADMITTED", elsewhere, 2)


def test_a_ticket_of_another_theatre_is_refused(ticket):
    other: Theatre = ShowFactory().screen.theatre
    door = Door(other, staff(other, "USHER"))
    assert scan(door, ticket.code, reason="please").outcome == "WRONG_SHOW"
    assert inside(ticket) == 0


def test_nobody_is_admitted_before_the_doors_open(door, ticket, show):
    door = door._replace(show_ids=frozenset([show.pk]))
    at_the_door(show, timedelta(minutes=door.theatre.doors, seconds=30))
    assert scan(door, ticket.code).outcome == "TOO_EARLY"
    at_the_door(show, timedelta(minutes=door.theatre.doors, seconds=-1))
    assert scan(door, ticket.code).outcome == "ADMITTED"


def test_nobody_is_admitted_after_the_film(door, ticket, show):
    door = door._replace(show_ids=frozenset([show.pk]))
    at_the_door(show, show.starts_at - show.film_ends_at)
    assert scan(door, ticket.code).outcome == "OVER"


def test_a_cancelled_ticket_is_refused(door, ticket):
    Ticket.objects.update(cancel_cutoff=0, refund_percent=0)
    cancel_ticket(code=ticket.code)
    assert scan(door, ticket.code).outcome == "CANCELLED"


def test_a_refunded_ticket_is_refused(door, ticket):
    Ticket.objects.update(cancel_cutoff=0)
    cancel_ticket(code=ticket.code)
    assert scan(door, ticket.code).outcome == "REFUNDED"


def test_a_ticket_that_is_not_paid_is_refused(door, show):
    payment: Payment = booked(show, "A3")
    at_the_door(show)
    assert scan(door, ticket_of(payment).code).outcome == "NOT_PAID"


def test_a_ticket_of_a_cancelled_show_is_refused(door, ticket, show):
    cancelled(show)
    assert scan(door, ticket.code).outcome == "SHOW_CANCELLED"


def test_a_returned_seat_is_not_admitted(door, ticket):
    returned = line(ticket, "A2")
    TicketSeat.objects.filter(pk=returned).update(active=False)
    assert scan(door, ticket.code).seats == [line(ticket, "A1")]
    with pytest.raises(UnknownTicketSeats):
        scan(door, ticket.code, seats=frozenset([returned]))


def test_a_scan_can_be_undone_within_a_minute(door, ticket):
    check = scan(door, ticket.code)
    undone = services.undo(door=door, check_id=check.pk, key=next(keys))

    assert (undone.outcome, undone.earlier, inside(ticket)) == ("UNDONE", check, 0)
    with pytest.raises(NothingToUndo):
        services.undo(door=door, check_id=check.pk, key=next(keys))
    assert scan(door, ticket.code).outcome == "ADMITTED"


def test_an_undo_that_is_repeated_undoes_once(door, ticket):
    check = scan(door, ticket.code)
    undone = services.undo(door=door, check_id=check.pk, key="the same key, twice")
    scan(door, ticket.code)
    assert services.undo(door=door, check_id=check.pk, key="the same key, twice") == undone
    assert inside(ticket) == 2


def test_who_did_not_come_can_come_later(door, ticket):
    check = scan(door, ticket.code)
    services.undo(door=door, check_id=check.pk, key=next(keys), seats=frozenset([line(ticket, "A2")]))
    assert inside(ticket) == 1
    assert scan(door, ticket.code).seats == [line(ticket, "A2")]


def test_after_a_minute_nothing_is_undone(door, ticket, monkeypatch):
    monkeypatch.setattr(services, "UNDO_WITHIN", timedelta(seconds=-1))
    check = scan(door, ticket.code)
    with pytest.raises(UndoTooLate):
        services.undo(door=door, check_id=check.pk, key=next(keys))
    assert inside(ticket) == 2


def test_a_refused_scan_cannot_be_undone(door, ticket):
    scan(door, ticket.code)
    for text in (ticket.code, "A" * 22):
        refused = scan(door, text)
        with pytest.raises(NothingToUndo):
            services.undo(door=door, check_id=refused.pk, key=next(keys))
    assert inside(ticket) == 2


def test_who_leaves_can_come_back_where_the_theatre_wants_it(door, ticket):
    with pytest.raises(NoReentry):
        scan(door, ticket.code, direction="OUT")
    Theatre.objects.update(reentry=True)
    door.theatre.refresh_from_db()
    assert scan(door, ticket.code, direction="OUT").outcome == "NOT_INSIDE"
    scan(door, ticket.code)
    out = scan(door, ticket.code, direction="OUT", seats=frozenset([line(ticket, "A1")]))
    assert (out.outcome, inside(ticket)) == ("LEFT", 1)
    back = scan(door, ticket.code)
    assert (back.outcome, back.seats, inside(ticket)) == ("ADMITTED", [line(ticket, "A1")], 2)


def test_an_exit_by_mistake_can_be_undone(door, ticket):
    Theatre.objects.update(reentry=True)
    door.theatre.refresh_from_db()
    scan(door, ticket.code)
    out = scan(door, ticket.code, direction="OUT")
    services.undo(door=door, check_id=out.pk, key=next(keys))
    assert inside(ticket) == 2
    assert scan(door, ticket.code).outcome == "ALREADY"


def test_a_supervisor_admits_by_hand_with_a_reason(door, ticket, show):
    door = door._replace(show_ids=frozenset([show.pk + 1]))
    check = scan(door, ticket.code, reason="The other screen is broken")
    assert (check.outcome, check.reason, inside(ticket)) == ("ADMITTED", "The other screen is broken", 2)
    again = scan(door, ticket.code, reason="Came out for the toilet")
    assert (again.outcome, again.earlier) == ("ADMITTED", check)
    services.undo(door=door, check_id=again.pk, key=next(keys))
    assert inside(ticket) == 2


def test_nobody_is_admitted_by_hand_with_a_cancelled_ticket(door, ticket):
    Ticket.objects.update(cancel_cutoff=0)
    cancel_ticket(code=ticket.code)
    assert scan(door, ticket.code, reason="She insists").outcome == "REFUNDED"


def test_nobody_is_inside_at_the_show_that_a_ticket_is_exchanged_for(door, ticket, show):
    scan(door, ticket.code)
    later = ShowFactory(screen__theatre=show.screen.theatre, screen__plan="aa")
    exchange(ticket, later, door)
    assert inside(ticket) == 0
    at_the_door(later)
    assert scan(door, ticket.code).outcome == "ADMITTED"


def exchange(ticket: Ticket, show: Show, door: Door) -> None:
    requested = RequestedAction(door.user, "wishes", 0, next(keys))
    seats = [seat(show, "A1").pk, seat(show, "A2").pk]
    exchange_order(code=ticket.code, show_id=show.pk, seat_ids=seats, requested=requested)


@pytest.mark.parametrize("seats", ["A1", "A1 A2 A3 A4 A5 A6"])
def test_a_scan_takes_three_statements(door, show, seats):
    """Beside those that know the user and the roles, which are three."""
    ticket = sold(show, seats)
    at_the_door(show)
    with CaptureQueriesContext(connection) as captured:
        scan(door, ticket.code)
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 3
