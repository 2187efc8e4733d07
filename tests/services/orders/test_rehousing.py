"""Moving tickets from blocked seats to equal ones: services.orders.rehousing."""

import pytest
from django.utils import timezone

from cinema.exceptions import NoEqualSeats, SeatsNotChangeable
from cinema.models import AuditEvent, SeatBlock, SeatEvent, Show, ShowSeat, Ticket, WaitingEntry
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.orders.conflicts import conflicts_of, preview
from cinema.services.booking.blocks import release_house_seats
from cinema.services.booking.holds import release_hold
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import return_seats
from cinema.services.orders.rehousing import rehouse, rehouse_each
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import MANAGER, ShowFactory, held, lapsed, put_off_sale, seat, seat_ids, sold, staff, waiting
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db

BROKEN, HOUSE = SeatBlock.Kind


@pytest.fixture
def show() -> Show:
    """Two rows of Classic and one of Premium; D has a wheelchair space on either side, each with a companion seat."""
    return ShowFactory(screen__plan="aaaaaaaa\naaaaaaaa\nbbbbbbbb\nwc....cw")


def block(show: Show, names: str, kind: str = BROKEN, **more) -> SeatBlock:
    seats = [seat(show, name).seat_id for name in names.split()]
    return put_off_sale(screen=show.screen, seat_ids=seats, kind=kind, from_day=show.trading_day, **more)


def names(ticket: Ticket) -> str:
    lines = ticket_by_code(ticket.code).seats.all()
    return " ".join(f"{line.show_seat.seat.row}{line.show_seat.seat.number}" for line in lines)


def test_a_party_moves_together_to_the_nearest_equal_seats(show):
    ticket = sold(show, "A3 A4")
    block(show, "A4")

    rehouse(code=ticket.code)

    assert names(ticket) == "A5 A6"  # not A2 A3, which would leave A1 alone
    assert unexplained_seats(show) == []


def test_the_seat_it_leaves_is_off_sale_in_the_same_step_and_never_offered(show):
    sold(show, "B1 B2 B3 B4 B5 B6 B7 B8", buyer="ben")
    ticket = sold(show, "A1 A2")
    block(show, "A1")
    sold(show, "A4 A5 A6 A7 A8", buyer="cleo")
    sold(show, "C1 C2 C3 C4 C5 C6 C7 C8", buyer="dan")
    sold(show, "D1 D2 D3 D4", buyer="fay")
    held(show, "A3", buyer="eve")
    entry = waiting(show, party=1)
    WaitingEntry.objects.update(status=WaitingEntry.Status.LEFT)
    release_hold(code=held(show, "A3", buyer="eve").code, buyer="eve")
    WaitingEntry.objects.update(status=WaitingEntry.Status.WAITING)

    rehouse(code=ticket.code)

    entry.refresh_from_db()
    assert names(ticket) == "A2 A3"
    assert seat(show, "A1").status == ShowSeat.Status.BLOCKED
    assert entry.status == WaitingEntry.Status.WAITING
    steps = SeatEvent.objects.filter(show=show, show_seat=seat(show, "A1")).order_by("revision")
    out, back = list(steps)[-2:]
    assert (out.action, back.action, back.revision) == ("MOVE_OUT", "BLOCK", out.revision + 1)


def test_only_to_seats_of_its_category(show):
    sold(show, "A1 A2 A5 A6 A7 A8", buyer="ben")
    ticket = sold(show, "A3 A4")
    block(show, "A3 A4")
    sold(show, "B1 B2 B3 B4 B5 B6 B7", buyer="cleo")

    with pytest.raises(NoEqualSeats, match=ticket.reference):
        rehouse(code=ticket.code)

    assert names(ticket) == "A3 A4"
    assert unexplained_seats(show) == []


def test_a_ticket_of_another_category_stays(show):
    ticket = sold(show, "A4 C4")
    block(show, "A4")

    rehouse(code=ticket.code)

    assert names(ticket).split()[1] == "C4"
    assert names(ticket).split()[0] in ("A3", "A5", "B4")


def test_seats_of_another_price_will_do_what_was_paid_stays_paid(show):
    ticket = sold(show, "A4")
    ShowSeat.objects.filter(show=show, status="AVAILABLE").update(price=300)
    block(show, "A4")

    rehouse(code=ticket.code)

    assert [line.price for line in ticket.seats.all()] == [250]
    assert unexplained_seats(show) == []


def test_wheelchair_spaces_are_exchanged_together_with_companions(show):
    ticket = sold(show, "D1 D2")
    block(show, "D1 D2")

    rehouse(code=ticket.code)

    assert names(ticket) == "D3 D4"


def test_when_a_party_cannot_sit_together_it_sits_as_near_as_can_be(show):
    ticket = sold(show, "A4 A5")
    block(show, "A4 A5")
    sold(show, "A1 A3 A6 A8 B1 B2 B4 B5 B7 B8".strip(), buyer="ben")

    rehouse(code=ticket.code)

    assert set(names(ticket).split()) < {"A2", "A7", "B3", "B6"}


@pytest.mark.django_db(transaction=True)
def test_seats_of_an_expired_hold_can_be_changed_to_unless_blocked(show):
    ticket = sold(show, "A4")
    sold(show, "B1 B2 B3 B4 B5 B6 B7 B8", buyer="ben")
    sold(show, "A6 A7 A8", buyer="cleo")
    lapsed(held(show, "A1 A2 A3 A5", buyer="dan"))
    block(show, "A3 A4 A5")

    rehouse(code=ticket.code)

    assert names(ticket) == "A2"
    assert unexplained_seats(show) == []


@pytest.mark.django_db(transaction=True)
def test_the_buyer_is_mailed_and_the_move_recorded_with_user_and_reason(show):
    manager, ticket = staff(show.screen.theatre, MANAGER), sold(show, "A4")
    block(show, "A4")
    forget_mails()

    rehouse(code=ticket.code, user=manager, reason="Broken hinge")

    assert [message.to for message in outbox()] == [[ticket.order.email]]
    event = AuditEvent.objects.get(action="MOVE")
    assert (event.user, event.ticket, event.reason) == (manager, ticket, "Broken hinge")


def test_a_second_click_changes_nothing(show):
    ticket = sold(show, "A4")
    block(show, "A4")
    rehouse(code=ticket.code)
    before = names(ticket), Show.objects.get(pk=show.pk).revision

    rehouse(code=ticket.code)

    assert (names(ticket), Show.objects.get(pk=show.pk).revision) == before


def test_a_ticket_cancelled_meanwhile_does_not_move(show):
    ticket = sold(show, "A4")
    block(show, "A4")
    cancel_ticket(code=ticket.code)

    with pytest.raises(SeatsNotChangeable):
        rehouse(code=ticket.code)


def test_each_ticket_is_moved_by_itself_and_failures_are_named(show):
    sold(show, "B1 B2 B3 B4 B5 B6 B7 B8", buyer="ben")
    sold(show, "A5 A6 A7", buyer="cleo")
    first, second = sold(show, "A1"), sold(show, "A2 A3 A4", buyer="dan")
    block(show, "A1 A2")

    (_, fine), (_, refused) = rehouse_each(tickets=[first, second])

    assert fine is None
    assert isinstance(refused, NoEqualSeats)
    assert names(first) == "A8"


# --- Who is concerned --------------------------------------------------------------------------


def test_the_conflicts_of_a_block_are_its_sold_seats_by_ticket(show):
    ticket = sold(show, "A3 A4 A5")
    sold(show, "B1", buyer="ben")
    held(show, "A1", buyer="cleo")

    [conflict] = conflicts_of(block(show, "A1 A4 A5"), timezone.now())

    assert (conflict.ticket, conflict.show, conflict.party) == (ticket, show, 3)
    assert [seat.label for seat in conflict.seats] == ["Row A, seat 4", "Row A, seat 5"]


def test_house_seats_sold_after_their_release_are_no_conflict(show):
    made = block(show, "A1", kind=HOUSE)
    release_house_seats(block=made, show_id=show.pk)
    sold(show, "A1")

    assert conflicts_of(made, timezone.now()) == []


def test_a_preview_shows_the_effects_of_a_block(show):
    ticket = sold(show, "A1 A2")
    held(show, "A3", buyer="ben")
    ids = [seat(show, name).seat_id for name in ("A1", "A3", "A4")]
    days = (show.trading_day, None)

    said = preview(screen_id=show.screen_id, seat_ids=ids, days=days, release=None, now=timezone.now())

    assert (said.shows, said.free, said.held) == (1, 1, 1)
    assert [conflict.ticket for conflict in said.conflicts] == [ticket]
    assert seat_ids(show, "A4") and seat(show, "A4").status == ShowSeat.Status.AVAILABLE


def test_an_order_that_returned_a_seat_moves_with_those_it_has(show):
    ticket = sold(show, "A3 A4 A5")
    clerk = staff(show.screen.theatre, MANAGER)
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A5"), requested=RequestedAction(clerk, "ill", 0, "key"))
    sold(show, "A5", buyer="ben")
    block(show, "A4")

    rehouse(code=ticket.code)

    assert names(ticket) == "B3 B4"
    assert unexplained_seats(show) == []
