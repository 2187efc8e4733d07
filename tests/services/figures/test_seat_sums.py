"""Sums of past weeks by seat: services.figures.seat_sums, read by selectors.figures.seat_sums."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cinema.domain.periods import Period, week_of
from cinema.models import SeatWeek, Show, ShowCancellation, SummedWeek
from cinema.selectors.figures.heat_map import heat_map
from cinema.selectors.figures.seat_sums import bases_of, sales_of_period, seat_sum_faults, sold_by_seat
from cinema.services.figures.seat_sums import sum_past_weeks, sum_week
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.moves import change_seats
from cinema.services.orders.orders import return_seats
from cinema.services.orders.show_cancellations import cancel_show, process_all_cancellations
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import ShowFactory, booked, lapsed, owner, report, seat_ids, sold, ticket_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__rows=1, screen__columns=6, screen__theatre__cancel_cutoff=60)


def monday_of(show: Show) -> date:
    return week_of(show.trading_day).start


def add_up(show: Show) -> None:
    """Add up the show's week, as if it were past: what changes afterwards is then easily done."""
    monday = monday_of(show)
    sum_week(screen=show.screen, monday=monday, basis=bases_of(show.screen_id, week_of(monday))[monday])


def as_read(show: Show) -> tuple[int, dict]:
    """The shows and sales of the show's week as the page has them."""
    return sales_of_period(show.screen, week_of(show.trading_day))


def as_is(show: Show) -> tuple[int, dict]:
    """The same from the tickets alone."""
    period = week_of(show.trading_day)
    return sum(one.shows for one in bases_of(show.screen_id, period).values()), sold_by_seat(show.screen_id, [period])


def weeks_ago(show: Show, number: int) -> Show:
    """Put the show on the Wednesday of an earlier week, after it was sold."""
    wednesday = week_of(show.screen.theatre.trading_day(timezone.now())).start + timedelta(days=2)
    back = show.trading_day - (wednesday - timedelta(weeks=number))
    moved = ["starts_at", "ends_at", "sales_end_at", "trading_day"]
    for name in moved:
        setattr(show, name, getattr(show, name) - back)
    show.save(update_fields=moved)
    return show


def test_past_weeks_are_added_up_and_read_from_their_sums(show, django_assert_num_queries):
    sold(show, "A1 A2")
    weeks_ago(show, 2)
    right = as_is(show)

    assert sum_past_weeks() == 1
    assert as_read(show) == right
    with django_assert_num_queries(3):  # of shows, weeks and sums: no tickets
        as_read(show)
    assert {one.seat_id for one in SeatWeek.objects.all()} == set(right[1])


def test_sums_that_hold_are_not_made_again(show):
    sold(show, "A1")
    weeks_ago(show, 2)

    assert [sum_past_weeks(), sum_past_weeks()] == [1, 0]


def test_a_week_is_not_added_up_before_it_is_past(show):
    sold(show, "A1")
    weeks_ago(show, 0)

    assert sum_past_weeks() == 0


def test_the_latest_weeks_come_first_and_no_more_than_asked_for(show):
    later = {n: show.starts_at + timedelta(days=n) for n in (4, 2, 3)}
    shows = {n: ShowFactory(screen=show.screen, starts_at=at) for n, at in later.items()}
    weeks = {n: monday_of(weeks_ago(one, n)) for n, one in shows.items()}

    assert sum_past_weeks(at_most=2) == 2
    assert set(SummedWeek.objects.values_list("monday", flat=True)) == {weeks[2], weeks[3]}


def test_whole_weeks_are_read_from_sums_and_the_days_around_them_from_tickets(show):
    ticket = sold(show, "A1 A2")
    weeks_ago(show, 4)
    sum_past_weeks()
    SeatWeek.objects.update(sold=100)  # what is read from them is then easily seen
    wednesday = show.trading_day
    seat = ticket.seats.first().show_seat.seat_id

    def number(start: date, end: date) -> int:
        return sales_of_period(show.screen, Period(start, end))[1][seat].number

    assert number(wednesday, wednesday + timedelta(weeks=2)) == 1
    assert number(wednesday - timedelta(days=2), wednesday + timedelta(days=4)) == 100
    assert number(wednesday - timedelta(days=2), wednesday + timedelta(days=3)) == 1
    assert number(wednesday - timedelta(days=9), wednesday + timedelta(weeks=9)) == 100


def requested() -> RequestedAction:
    return RequestedAction(owner(), "ill", 0, "key")


def sell_another(show, ticket):
    sold(show, "A5", "ben")


def cancel(show, ticket):
    cancel_ticket(code=ticket.code)


def return_one(show, ticket):
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested())


def change(show, ticket):
    change_seats(code=ticket.code, seat_ids=seat_ids(show, "A3 A4"))


def exchange(show, ticket):
    other = ShowFactory(screen=show.screen, movie=show.movie, starts_at=show.starts_at + timedelta(days=14))
    exchange_order(code=ticket.code, show_id=other.pk, seat_ids=seat_ids(other, "A1 A2"), requested=requested())


def pay_late(show, ticket):
    payment = booked(show, "A6", "ben")
    lapsed(ticket_of(payment).hold)
    settle_payment(report=report(payment))


def cancel_all(show, ticket):
    remedy = ShowCancellation.Remedy.REFUND
    cancel_show(show_id=show.pk, user=None, reason="flood", remedy=remedy)


def cancel_all_and_refund(show, ticket):
    cancel_all(show, ticket)
    process_all_cancellations()


CHANGES = [sell_another, cancel, return_one, change, exchange, pay_late, cancel_all, cancel_all_and_refund]


@pytest.mark.both
@pytest.mark.parametrize("change_it", CHANGES)
def test_sums_no_longer_count_after_whatever_changes_a_sale(show, change_it):
    ticket = sold(show, "A1 A2")
    add_up(show)
    before = as_read(show)
    plan = Show.objects.filter(pk=show.pk).values("revision", "version", "status")
    known = plan.get()

    change_it(show, ticket)
    after = as_read(show)

    assert after == as_is(show) != before
    plan.update(**known)  # the control: a show that forgot to count its change
    assert as_read(show) == before
    assert list(seat_sum_faults()) or change_it is cancel_all


def test_sums_that_do_not_hold_are_made_again(show):
    ticket = sold(show, "A1 A2")
    weeks_ago(show, 2)
    sum_past_weeks()
    weeks_ago(show, -1)
    cancel_ticket(code=ticket.code)
    weeks_ago(show, 2)

    assert sum_past_weeks() == 1
    assert as_read(show) == as_is(show) == (1, {})
    assert not SeatWeek.objects.exists()


def test_sums_of_a_later_state_than_they_say_do_not_hold(show):
    sold(show, "A1")
    week = week_of(show.trading_day)
    read_before = bases_of(show.screen_id, week)[week.start]
    sold(show, "A2", "ben")
    sum_week(screen=show.screen, monday=week.start, basis=read_before)
    SeatWeek.objects.update(sold=100)

    assert as_read(show) == as_is(show)


def test_wrong_sums_are_named_by_the_check_of_the_ledger(show):
    ticket = sold(show, "A1 A2")
    add_up(show)
    assert list(seat_sum_faults()) == []

    seat = ticket.seats.order_by("pk")[0].show_seat.seat_id
    SeatWeek.objects.filter(seat=seat).update(sold=7)
    fault = f"Seat {seat} of screen {show.screen_id} was sold 1 times in the week of {monday_of(show)}"
    assert [line.partition(",")[0] for line in seat_sum_faults()] == [fault]
    assert {one.seat.pk: one.sold for one in heat_map(show.screen, week_of(show.trading_day))}[seat] == 7
