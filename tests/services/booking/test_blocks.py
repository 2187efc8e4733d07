"""Seats off sale: services.booking.blocks."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from cinema.exceptions import NoBlockLeft, NoSeats, SeatsUnavailable, UnknownSeats
from cinema.models import AuditEvent, SeatBlock, SeatEvent, Show, ShowSeat, WaitingEntry
from cinema.selectors.booking.seat_map import live_state
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.blocks import (
    apply_all_due_blocks,
    apply_blocks,
    lift_block,
    release_house_seats,
)
from cinema.services.booking.expiry import release_all_expired, release_expired
from cinema.services.booking.holds import hold_best, hold_seats, release_hold
from cinema.services.booking.seat_requests import BestSeats
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    MANAGER,
    ScreenFactory,
    ShowFactory,
    booked,
    held,
    lapsed,
    put_off_sale,
    report,
    seat,
    seat_ids,
    sold,
    staff,
    starting_in,
    ticket_of,
    waiting,
)

pytestmark = pytest.mark.django_db(transaction=True)

BROKEN, HOUSE = SeatBlock.Kind


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__rows=2, screen__columns=4)


def later(show: Show, days: int = 1) -> Show:
    return ShowFactory(screen=show.screen, starts_at=show.starts_at + timedelta(days=days))


def block(show: Show, names: str, **more) -> SeatBlock:
    seats = [seat(show, name).seat_id for name in names.split()]
    more = {"kind": BROKEN, "from_day": show.trading_day} | more
    return put_off_sale(screen=show.screen, seat_ids=seats, **more)


def status(show: Show, name: str) -> str:
    return seat(show, name).status


def clean(*shows: Show) -> bool:
    return all(unexplained_seats(show) == [] for show in shows)


# --- Blocking ----------------------------------------------------------------------------------


def test_free_seats_are_off_sale_at_every_show_of_these_days_and_at_no_other(show):
    last, after = later(show, 2), later(show, 3)

    block(show, "A1 A2", until_day=last.trading_day, reason="Broken hinge")

    assert [status(s, "A1") for s in (show, last, after)] == ["BLOCKED", "BLOCKED", "AVAILABLE"]
    assert status(show, "A3") == "AVAILABLE"
    with pytest.raises(SeatsUnavailable):
        held(show, "A1")
    assert clean(show, last, after)


def test_without_an_end_it_is_for_ever_and_for_shows_yet_to_be_made(show):
    block(show, "A1")

    assert status(later(show, 90), "A1") == "BLOCKED"


def test_the_ledger_and_the_audit_trail_have_user_and_reason(show):
    manager = staff(show.screen.theatre, MANAGER)

    made = block(show, "A1 A2", user=manager, reason="Broken hinge")

    events = SeatEvent.objects.filter(show=show)
    assert {(e.action, e.actor, e.user, e.reason) for e in events} == {("BLOCK", "STAFF", manager, "Broken hinge")}
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.theatre, event.reason) == (
        "BLOCK",
        manager,
        show.screen.theatre,
        "Broken hinge",
    )
    assert (event.details["block"], event.details["seats"]) == (made.pk, ["Row A, seat 1", "Row A, seat 2"])


def test_the_same_once_more_is_the_same_block(show):
    first = block(show, "A1 A2")
    revision = Show.objects.get(pk=show.pk).revision

    assert block(show, "A2 A1") == first
    assert Show.objects.get(pk=show.pk).revision == revision
    assert AuditEvent.objects.count() == 1


def test_a_sold_seat_stays_sold_and_is_blocked_once_its_ticket_is_cancelled(show):
    ticket = sold(show, "A1 A2")
    block(show, "A1")
    assert status(show, "A1") == "BOOKED"

    cancel_ticket(code=ticket.code)

    assert (status(show, "A1"), status(show, "A2")) == ("BLOCKED", "AVAILABLE")
    assert clean(show)


def test_a_held_seat_is_blocked_once_it_is_released(show):
    hold = held(show, "A1 A2")
    block(show, "A1")

    release_hold(code=hold.code, buyer="asha")

    assert (status(show, "A1"), status(show, "A2")) == ("BLOCKED", "AVAILABLE")
    assert clean(show)


def test_a_held_seat_whose_hold_lapses_cannot_be_held_by_anybody_else(show):
    lapsed(held(show, "A1"))
    block(show, "A1")

    with pytest.raises(SeatsUnavailable):
        held(show, "A1", buyer="ben")
    release_expired(show_id=show.pk)

    assert status(show, "A1") == "BLOCKED"
    assert clean(show)


def test_the_best_seats_are_never_those_of_a_block_whose_hold_has_lapsed(show):
    lapsed(held(show, "A1 A2 A3 A4 B1 B2 B3 B4"))
    block(show, "A2 A3 B2 B3")

    hold, _ = hold_best(show_id=show.pk, best=BestSeats(2), buyer="ben")

    assert {s.seat.number for s in hold.seats.all()} <= {1, 4}
    assert clean(show)


def test_a_late_payment_for_a_blocked_seat_is_refunded(show):
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    block(show, "A1")

    settled = settle_payment(report=report(payment))

    assert settled.refund_reason == "SEATS_GONE"
    assert status(show, "A1") == "BLOCKED"
    assert clean(show)


def test_a_held_seat_can_still_be_paid_for(show):
    payment = booked(show, "A1")
    block(show, "A1")

    settle_payment(report=report(payment))

    assert status(show, "A1") == "BOOKED"


def test_a_show_that_has_begun_is_left_alone(show):
    starting_in(show, timedelta(minutes=-5))

    block(show, "A1")

    assert status(show, "A1") == "AVAILABLE"


def test_no_seats_are_no_block(show):
    with pytest.raises(NoSeats):
        put_off_sale(screen=show.screen, seat_ids=[], kind=BROKEN, from_day=show.trading_day)


def test_seats_of_another_screen_are_unknown(show):
    other = ScreenFactory(theatre=show.screen.theatre)

    with pytest.raises(UnknownSeats):
        put_off_sale(screen=show.screen, seat_ids=[other.seats.first().pk], kind=BROKEN, from_day=show.trading_day)
    assert not SeatBlock.objects.exists()


# --- Lifting -----------------------------------------------------------------------------------


def test_lifted_its_seats_are_on_sale_again_at_all_coming_shows(show):
    tomorrow = later(show)
    made = block(show, "A1 A2")

    lift_block(block=made)

    assert {status(s, name) for s in (show, tomorrow) for name in ("A1", "A2")} == {"AVAILABLE"}
    assert held(show, "A1 A2")
    assert clean(show, tomorrow)


def test_a_seat_that_another_block_has_stays_off_sale(show):
    made = block(show, "A1 A2")
    block(show, "A2 A3", kind=HOUSE)

    lift_block(block=made)

    assert [status(show, name) for name in ("A1", "A2", "A3")] == ["AVAILABLE", "BLOCKED", "BLOCKED"]


def test_lifting_twice_is_lifting_once(show):
    made = lift_block(block=block(show, "A1"))

    again = lift_block(block=made)

    assert again.lifted_at == made.lifted_at
    assert AuditEvent.objects.filter(action="UNBLOCK").count() == 1


def test_unblocked_seats_go_to_the_waiting_list(show):
    made = block(show, "A1 A2")
    sold(show, "A3 A4 B1 B2 B3 B4")
    entry = waiting(show, party=2)

    lift_block(block=made)

    entry.refresh_from_db()
    assert entry.status == WaitingEntry.Status.OFFERED
    assert (status(show, "A1"), status(show, "A2")) == ("HELD", "HELD")
    assert clean(show)


# --- House seats -------------------------------------------------------------------------------


def test_house_seats_are_held_back_until_their_release(show):
    block(show, "A1 A2", kind=HOUSE, release_minutes=60)

    show.refresh_from_db()
    assert show.house_release_at == show.starts_at - timedelta(minutes=60)
    assert status(show, "A1") == "BLOCKED"
    assert not live_state(show.pk).due


def due(show: Show) -> Show:
    """House seats A1 and A2, due for release a minute ago."""
    block(show, "A1 A2", kind=HOUSE, release_minutes=60)
    starting_in(show, timedelta(minutes=59))
    Show.objects.filter(pk=show.pk).update(house_release_at=timezone.now() - timedelta(minutes=1))
    return show


def test_the_job_releases_them(show):
    due(show)

    assert release_all_expired() == 1
    assert release_all_expired() == 0

    show.refresh_from_db()
    assert show.house_release_at is None
    assert (status(show, "A1"), status(show, "A2")) == ("AVAILABLE", "AVAILABLE")
    assert clean(show)


def test_one_release_frees_expired_holds_and_house_seats_that_are_due(show):
    lapsed(held(show, "A3"))
    due(show)

    assert release_expired(show_id=show.pk) == 3
    assert release_expired(show_id=show.pk) == 0


def test_shows_scheduled_later_release_their_house_seats_too(show):
    block(show, "A1 A2", kind=HOUSE, release_minutes=60)

    tomorrow = later(show)

    assert Show.objects.get(pk=tomorrow.pk).house_release_at == tomorrow.starts_at - timedelta(minutes=60)


def test_an_open_map_shows_that_they_are_due(show):
    assert live_state(due(show).pk).due
    release_expired(show_id=show.pk)
    assert not live_state(show.pk).due


def test_a_request_after_their_release_gets_them(show):
    ids = seat_ids(due(show), "A1")

    hold_seats(show_id=show.pk, seat_ids=ids, buyer="asha")

    assert (status(show, "A1"), status(show, "A2")) == ("HELD", "AVAILABLE")
    assert clean(show)


def test_the_best_seats_of_a_full_hall_can_be_had_after_their_release(show):
    block(show, "A1 A2", kind=HOUSE, release_minutes=60)
    sold(show, "A3 A4 B1 B2 B3 B4")
    starting_in(show, timedelta(minutes=59))
    Show.objects.filter(pk=show.pk).update(house_release_at=timezone.now() - timedelta(minutes=1))

    hold, _ = hold_best(show_id=show.pk, best=BestSeats(2), buyer="ben")

    assert {s.pk for s in hold.seats.all()} == set(seat_ids(show, "A1 A2"))


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (lambda show: held(show, "A1", buyer="ben"), SeatsUnavailable),
        (lambda show: hold_best(show_id=show.pk, best=BestSeats(2), buyer="ben"), NoBlockLeft),
    ],
    ids=["these seats", "the best seats"],
)
def test_the_waiting_list_comes_before_other_requests(show, ask, refusal):
    block(show, "A1 A2", kind=HOUSE, release_minutes=60)
    sold(show, "A3 A4 B1 B2 B3 B4")
    entry = waiting(show, party=2)
    starting_in(show, timedelta(minutes=59))
    Show.objects.filter(pk=show.pk).update(house_release_at=timezone.now() - timedelta(minutes=1))

    with pytest.raises(refusal):
        ask(show)
    release_expired(show_id=show.pk)

    entry.refresh_from_db()
    assert entry.status == WaitingEntry.Status.OFFERED


def test_a_seat_both_broken_and_held_back_is_not_released(show):
    block(show, "A1")
    release_expired(show_id=due(show).pk)

    assert (status(show, "A1"), status(show, "A2")) == ("BLOCKED", "AVAILABLE")


def test_they_can_be_released_by_hand_at_one_show_for_good(show):
    manager, tomorrow = staff(show.screen.theatre, MANAGER), later(show)
    made = block(show, "A1 A2", kind=HOUSE)

    assert release_house_seats(block=made, show_id=show.pk, user=manager) == 2
    assert release_house_seats(block=made, show_id=show.pk, user=manager) == 0

    hold = held(show, "A1")
    release_hold(code=hold.code, buyer="asha")
    apply_all_due_blocks()
    assert (status(show, "A1"), status(tomorrow, "A1")) == ("AVAILABLE", "BLOCKED")
    assert AuditEvent.objects.filter(action="UNBLOCK", show=show, user=manager).count() == 1
    assert clean(show, tomorrow)


def test_a_release_by_hand_leaves_broken_seats_alone(show):
    block(show, "A1")
    made = block(show, "A1 A2", kind=HOUSE)

    assert release_house_seats(block=made, show_id=show.pk) == 1

    assert status(show, "A1") == "BLOCKED"


def test_a_new_house_block_counts_after_an_earlier_release(show):
    made = block(show, "A1", kind=HOUSE)
    release_house_seats(block=made, show_id=show.pk)
    lift_block(block=made)

    block(show, "A1", kind=HOUSE, reason="Director’s guests")

    assert status(show, "A1") == "BLOCKED"


# --- What keeps it from being carried out ------------------------------------------------------


def test_the_job_continues_an_interrupted_block(show, monkeypatch):
    monkeypatch.setattr("cinema.services.booking.blocks.apply_due_blocks", lambda **_: 0)
    made = block(show, "A1")
    assert status(show, "A1") == "AVAILABLE"
    monkeypatch.undo()

    assert apply_all_due_blocks() == 1
    assert apply_all_due_blocks() == 0
    assert status(show, "A1") == "BLOCKED"

    monkeypatch.setattr("cinema.services.booking.blocks.apply_due_blocks", lambda **_: 0)
    lift_block(block=made)
    monkeypatch.undo()

    assert apply_all_due_blocks() == 1
    assert status(show, "A1") == "AVAILABLE"
    assert clean(show)


def test_a_show_put_on_another_day_follows_the_blocks_of_that_day(show):
    block(show, "A1", until_day=show.trading_day)
    show.refresh_from_db()
    show.trading_day += timedelta(days=1)
    show.save(update_fields=["trading_day"])

    with transaction.atomic():
        apply_blocks(shows=[show])

    assert status(show, "A1") == "AVAILABLE"
    assert clean(show)


@pytest.mark.parametrize("names", ["A1", "A1 A2 A3", "A1 A2 A3 A4 B1 B2 B3"])
def test_it_takes_as_many_statements_for_one_seat_as_for_many(show, names, django_assert_max_num_queries):
    with django_assert_max_num_queries(28):
        block(show, names)
    assert ShowSeat.objects.filter(status="BLOCKED").count() == len(names.split())
