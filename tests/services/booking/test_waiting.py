"""Waiting lists of sold-out shows: services.booking.waiting and services.booking.offers."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F

from cinema.exceptions import (
    NoBlockLeft,
    NoSeats,
    SeatsStillAvailable,
    SeatsUnavailable,
    ShowNotOnSale,
    TooManySeats,
    UnknownShow,
)
from cinema.models import Hold, Show, ShowSeat, Ticket, WaitingEntry
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking import offers
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import hold_best, hold_seats, release_hold
from cinema.services.booking.seat_requests import BestSeats
from cinema.services.booking.waiting import (
    close_waiting_lists,
    join_waiting_list,
    offer_everywhere,
)
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.moves import change_seats
from tests.factories import (
    ShowFactory,
    booked,
    cancelled,
    held,
    lapsed,
    past,
    seat,
    seat_ids,
    sold,
    starting_in,
    waiting,
)
from tests.mails import forget_mails, outbox
from tests.services.booking.waiting_lists import free, full_show, kept_for, now_is

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return full_show()


# Joining


def test_a_waiting_list_entry_is_confirmed_by_mail_with_a_link_to_leave(show, settings):
    entry = waiting(show)

    message = outbox()[-1]
    assert message.to == ["wanda@example.org"]
    assert message.subject.startswith("On the waiting list")
    assert settings.SITE_URL + entry.get_absolute_url() in message.body


def test_while_enough_seats_are_free_there_is_no_need_to_wait(show):
    free(show)

    with pytest.raises(SeatsStillAvailable, match="There are 2 seats free right now"):
        waiting(show, party=2)

    assert now_is(waiting(show, party=3)) == "WAITING"


def test_a_hold_that_ran_out_leaves_its_seats_free(show):
    free(show)
    lapsed(held(show, "A1 A2", buyer="cleo"))

    with pytest.raises(SeatsStillAvailable, match="2 seats"):
        waiting(show)


def test_joining_twice_changes_nothing(show):
    first = waiting(show, "wanda@example.org", 2)
    waiting(show, "xaver@example.org", 1)
    forget_mails()

    again = waiting(show, "Wanda@Example.org", 10)

    assert again == first
    assert now_is(first) == "WAITING"
    assert WaitingEntry.objects.get(pk=first.pk).party == 2
    assert WaitingEntry.objects.count() == 2
    assert outbox() == []


def test_seats_that_are_not_sold_to_everybody_do_not_close_the_waiting_list():
    show = ShowFactory(screen__plan="kw.aa")
    sold(show, "A2", buyer="ben")
    sold(show, "A3 A4", buyer="cleo")

    assert waiting(show, party=1).status == "WAITING"


def test_the_best_of_the_freed_seats_are_offered_by_the_whole_hall(show):
    wide = ShowFactory(screen__plan="aaaaaaaaaa\naaaaaaaaaa\naaaaaaaaaa\naaaaaaaaaa")
    for row in "ABCD":
        for first, last in ((1, 5), (6, 10)):
            sold(wide, " ".join(f"{row}{n}" for n in range(first, last + 1)), buyer=f"{row}{first}")
    entry = waiting(wide, party=5)

    cancel_ticket(code=Ticket.objects.get(show=wide, hold__buyer="C6").code)

    hold = WaitingEntry.objects.get(pk=entry.pk).hold
    assert [s.seat.row for s in hold.seats.all()] == ["C"] * 5


def test_an_offer_ends_with_the_start_of_the_show(show):
    ticket = sold(show, "A1 A2")
    entry = waiting(show)
    starting_in(show, timedelta(minutes=5))
    Ticket.objects.update(cancel_cutoff=0)

    cancel_ticket(code=ticket.code)

    entry.refresh_from_db()
    assert entry.hold.expires_at == Show.objects.get(pk=show.pk).starts_at


def test_the_same_click_twice_mails_once(show):
    forget_mails()

    waiting(show)
    waiting(show)

    assert len(outbox()) == 1


def test_a_party_with_an_offer_does_not_join_again(show):
    entry = waiting(show)
    free(show)

    assert waiting(show) == entry
    assert kept_for(entry) == "A1 A2"


@pytest.mark.parametrize(("change", "word"), [(past, "started"), (cancelled, "cancelled")])
def test_nobody_waits_for_a_show_that_is_not_on_sale(show, change, word):
    change(show)

    with pytest.raises(ShowNotOnSale, match=word):
        waiting(show)


def test_a_party_has_at_least_one_and_at_most_as_many_as_can_be_booked(show, settings):
    settings.MAX_SEATS = 3

    with pytest.raises(NoSeats):
        waiting(show, party=0)
    with pytest.raises(TooManySeats):
        waiting(show, party=4)


def test_an_unknown_show_is_refused():
    with pytest.raises(UnknownShow):
        join_waiting_list(show_id=4711, email="wanda@example.org", party=1)


# Seats come back


def cancelling(show: Show) -> None:
    free(show)


def letting_go(show: Show) -> None:
    release_hold(code=Hold.objects.get(show=show, buyer="cleo").code, buyer="cleo")


def running_out(show: Show) -> None:
    lapsed(Hold.objects.get(show=show, buyer="cleo"))
    release_expired(show_id=show.pk)


def choosing_other_seats(show: Show) -> None:
    hold_seats(show_id=show.pk, seat_ids=seat_ids(show, "A4"), buyer="cleo")


def moving_away(show: Show) -> None:
    lapsed(Hold.objects.get(show=show, buyer="cleo"))
    change_seats(code=Ticket.objects.get(show=show).code, seat_ids=seat_ids(show, "A3 A4"))


@pytest.mark.parametrize(
    ("happens", "freed"),
    [
        (cancelling, "A1 A2"),
        (letting_go, "A3 A4"),
        (running_out, "A3 A4"),
        (choosing_other_seats, "A3"),
        (moving_away, "A1 A2"),
    ],
)
def test_seats_are_kept_for_the_waiting_list_however_they_are_released(happens, freed):
    show = ShowFactory(screen__plan="aaaa")
    sold(show, "A1 A2", buyer="asha")
    held(show, "A3 A4", buyer="cleo")
    entry = waiting(show, party=len(freed.split()))

    happens(show)

    assert now_is(entry) == "OFFERED"
    assert kept_for(entry) == freed
    assert unexplained_seats(show) == []


def test_an_offer_lasts_the_configured_minutes_and_is_mailed(show, settings):
    settings.WAIT_OFFER_MINUTES = 25
    entry = waiting(show)
    forget_mails()

    free(show)

    [message] = [message for message in outbox() if message.to == [entry.email]]
    entry.refresh_from_db()
    assert entry.hold.expires_at - entry.hold.created_at == timedelta(minutes=25)
    assert message.subject.startswith("2 seats for")
    assert "Row A, seat 1" in message.body
    assert settings.SITE_URL + entry.get_absolute_url() in message.body


def test_the_first_in_line_goes_first(show):
    first, second = waiting(show, "wanda@example.org"), waiting(show, "xaver@example.org")

    free(show)

    assert [now_is(first), now_is(second)] == ["OFFERED", "WAITING"]


def test_a_party_too_large_for_the_freed_seats_keeps_its_place(show):
    family, pair = waiting(show, "family@example.org", 4), waiting(show, "pair@example.org", 2)

    free(show)
    assert [now_is(family), now_is(pair)] == ["WAITING", "OFFERED"]

    free(show, buyer="ben")
    assert now_is(family) == "OFFERED"


def test_an_offer_of_freed_seats_returns_how_many_parties_got_seats(show):
    for number, party in enumerate([2, 3, 1, 2]):
        waiting(show, f"guest{number}@example.org", party)
    Show.objects.update(waited_for=False)
    free(show, buyer="ben")
    Show.objects.update(waited_for=True)

    show.refresh_from_db()
    with transaction.atomic():
        assert offers.offer_freed_seats(show=show) == 3
        assert offers.offer_freed_seats(show=show) == 0


def test_what_comes_free_is_shared_as_far_as_it_goes(show):
    entries = [waiting(show, f"guest{n}@example.org", party) for n, party in enumerate([2, 3, 1, 2])]

    free(show, buyer="ben")

    assert [now_is(entry) for entry in entries] == ["OFFERED", "OFFERED", "OFFERED", "WAITING"]
    assert len({kept_for(entry) for entry in entries[:3]}) == 3
    assert unexplained_seats(show) == []


def test_a_party_sits_side_by_side_where_that_is_possible(show):
    entry = waiting(show, party=4)
    free(show, buyer="ben")

    assert kept_for(entry) == "B1 B2 B3 B4"


def test_seats_apart_are_better_than_none():
    show = ShowFactory(screen__plan="a.a")
    ticket = sold(show, "A1 A2")
    entry = waiting(show)

    cancel_ticket(code=ticket.code)

    assert kept_for(entry) == "A1 A2"


def test_others_do_not_see_the_seats_come_free(show):
    waiting(show)
    free(show)

    show.refresh_from_db()
    assert show.seats_free == 0
    assert seat(show, "A1").status == ShowSeat.Status.HELD


def test_an_offer_that_runs_out_is_over_and_the_seats_go_to_the_next(show):
    first, second = waiting(show, "wanda@example.org"), waiting(show, "xaver@example.org")
    free(show)
    first.refresh_from_db()
    lapsed(first.hold)

    release_expired(show_id=show.pk)

    assert [now_is(first), now_is(second)] == ["OVER", "OFFERED"]
    assert kept_for(second) == "A1 A2"


def test_after_an_offer_that_ran_out_one_may_wait_again(show):
    entry = waiting(show)
    free(show)
    entry.refresh_from_db()
    lapsed(entry.hold)
    held(show, "A1 A2", buyer="cleo")

    assert now_is(entry) == "OVER"
    assert waiting(show) != entry


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (lambda show: held(show, "A1 A2", buyer="dora"), SeatsUnavailable),
        (lambda show: booked(show, "A1 A2", buyer="a program"), SeatsUnavailable),
        (lambda show: hold_best(show_id=show.pk, best=BestSeats(2), buyer="dora"), NoBlockLeft),
    ],
    ids=["these seats", "in one step", "the best seats"],
)
def test_seats_of_a_lapsed_hold_go_to_the_waiting_list_before_anybody_else(show, ask, refusal):
    free(show)
    hold = held(show, "A1 A2", buyer="cleo")
    entry = waiting(show)
    lapsed(hold)

    with pytest.raises(refusal):
        ask(show)

    release_expired(show_id=show.pk)
    assert kept_for(entry) == "A1 A2"


# The sweep


def test_a_show_that_starts_or_is_cancelled_closes_its_list(show):
    entry, other = waiting(show), waiting(sold(ShowFactory(screen__plan="aa"), "A1 A2").show)
    past(show)
    free_after_start = close_waiting_lists()

    assert free_after_start == 1
    assert [now_is(entry), now_is(other)] == ["OVER", "WAITING"]
    cancelled(other.show)
    assert close_waiting_lists() == 1


def test_after_the_start_no_offers_are_made(show):
    entry = waiting(show)
    hold = Ticket.objects.get(hold__buyer="asha").hold
    past(show)
    Show.objects.update(seats_free=F("seats_free") + 1)

    assert offer_everywhere() == 0
    assert now_is(entry) == "WAITING"
    assert hold.status == Hold.Status.BOOKED


def test_seats_that_became_free_in_another_way_are_offered_by_the_job(show):
    entry = waiting(show)
    Show.objects.update(waited_for=False)
    free(show)
    assert now_is(entry) == "WAITING"
    Show.objects.update(waited_for=True)

    assert offer_everywhere() == 1
    assert kept_for(entry) == "A1 A2"
