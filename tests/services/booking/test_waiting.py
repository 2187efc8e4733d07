"""Waiting lists of sold-out shows: services.booking.waiting and services.booking.offers."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from cinema.domain.seating.blocks import best_block
from cinema.exceptions import (
    HoldTimeLimitReached,
    NoBlockLeft,
    NoSeats,
    OfferExpired,
    SeatsStillAvailable,
    SeatsUnavailable,
    ShowNotOnSale,
    ShowShareReached,
    TooManyMails,
    TooManySeats,
    UnknownShow,
    WaitingListLimitReached,
)
from cinema.models import Hold, Payment, Show, ShowSeat, Ticket, WaitingEntry
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking import offers
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import extend_hold, hold_best, hold_seats, release_hold
from cinema.services.booking.seat_requests import BestSeats
from cinema.services.booking.waiting import (
    close_waiting_lists,
    join_waiting_list,
    leave_waiting_list,
    offer_everywhere,
    take_offer,
)
from cinema.services.money.payments import settle_payment, start_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.moves import change_seats
from cinema.services.people.accounts import ask_for_password
from cinema.services.people.mail_requests import LISTS_OF_ONE
from tests.factories import (
    CONTACT,
    ShowFactory,
    booked,
    cancelled,
    held,
    lapsed,
    order_hold,
    past,
    report,
    seat,
    seat_ids,
    sold,
    starting_in,
    ticket_of,
    waiting,
)
from tests.mails import outbox

pytestmark = pytest.mark.django_db(transaction=True)

HOME, CAFE = "203.0.113.7", "198.51.100.1"


@pytest.fixture
def show():
    """A sold-out hall of eight seats in two rows: asha has A1 and A2, ben the rest."""
    show = ShowFactory(screen__plan="aaaa\naaaa")
    sold(show, "A1 A2", buyer="asha")
    sold(show, "A3 A4 B1 B2 B3 B4", buyer="ben")
    return show


def free(show: Show, buyer: str = "asha") -> None:
    """Cancel the buyer's ticket."""
    cancel_ticket(code=Ticket.objects.get(show=show, hold__buyer=buyer, status="CONFIRMED").code)


def now_is(entry: WaitingEntry) -> str:
    entry.refresh_from_db()
    return entry.status


def kept_for(entry: WaitingEntry) -> str:
    entry.refresh_from_db()
    seats = ShowSeat.objects.filter(hold=entry.hold).select_related("seat") if entry.hold else []
    return " ".join(sorted(f"{s.seat.row}{s.seat.number}" for s in seats))


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
    outbox().clear()

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
    outbox().clear()

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
    outbox().clear()

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


# Taking, leaving


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


# How often from one place


def line_up(show: Show, count: int, client_ip: str = HOME) -> list[WaitingEntry]:
    """Let so many parties join from there."""
    return [waiting(show, f"{number}@example.org", 1, client_ip) for number in range(count)]


def test_from_one_address_a_fifth_of_its_holds_waits_for_a_show_and_no_more(show, settings):
    settings.HOLDS_PER_ADDRESS = 15
    other = sold(ShowFactory(screen__plan="aa"), "A1 A2").show
    line_up(show, 3)
    outbox().clear()

    with pytest.raises(
        WaitingListLimitReached, match="Too many people from your network are already on the waiting list"
    ):
        waiting(show, "wanda@example.org", 1, HOME)

    assert outbox() == []
    assert waiting(show, "wanda@example.org", 1, CAFE)
    assert waiting(other, "wanda@example.org", 1, HOME)


def test_a_waiting_client_does_not_count_twice(show, settings):
    settings.HOLDS_PER_ADDRESS = 1
    entry = waiting(show, client_ip=HOME)
    outbox().clear()

    assert waiting(show, client_ip=HOME) == entry
    assert outbox() == []


def test_an_offer_counts_until_its_seats_are_bought(show, settings):
    settings.HOLDS_PER_ADDRESS = 10
    first, second = line_up(show, 2)
    free(show)
    assert now_is(first) == "OFFERED"
    with pytest.raises(WaitingListLimitReached):
        waiting(show, party=3, client_ip=HOME)

    assert now_is(second) == "OFFERED"
    settle_payment(report=report(booked_offer(second)))

    assert waiting(show, party=3, client_ip=HOME)


def booked_offer(entry: WaitingEntry) -> Payment:
    hold = take_offer(code=entry.code, buyer="wanda")
    return order_hold(code=hold.code, buyer="wanda", contact=CONTACT, mode="UPI", key="the key of wanda")


@pytest.mark.parametrize("end", ["ran out", "was left"])
def test_an_offer_that_went_unused_counts_for_a_day(show, settings, end):
    settings.HOLDS_PER_ADDRESS = 5
    [entry] = line_up(show, 1)
    free(show)
    entry.refresh_from_db()
    if end == "ran out":
        lapsed(entry.hold)
    else:
        leave_waiting_list(code=entry.code)
    held(show, "A1 A2", buyer="cleo")

    with pytest.raises(WaitingListLimitReached):
        waiting(show, "xaver@example.org", client_ip=HOME)

    WaitingEntry.objects.filter(pk=entry.pk).update(offered_at=Now() - timedelta(hours=25))
    assert waiting(show, "xaver@example.org", client_ip=HOME)


@pytest.mark.parametrize(("most", "client_ip"), [(0, HOME), (1, "")])
def test_without_a_limit_or_an_address_nobody_is_counted(show, settings, most, client_ip):
    settings.HOLDS_PER_ADDRESS = most

    assert len(line_up(show, 5, client_ip)) == 5


def test_a_family_joins_the_lists_of_several_shows_and_can_still_sign_up():
    shows = [sold(ShowFactory(screen__plan="aa"), "A1 A2").show for _ in range(4)]
    for show in shows:
        waiting(show, client_ip=HOME)
        waiting(show, "xaver@example.org", client_ip=HOME)
    outbox().clear()

    ask_for_password(email="wanda@example.org", client_ip=HOME)

    assert len(outbox()) == 1


def test_mails_through_waiting_lists_are_limited(show):
    for _ in range(LISTS_OF_ONE):
        leave_waiting_list(code=waiting(show).code)
    outbox().clear()

    with pytest.raises(TooManyMails):
        waiting(show, "Wanda@Example.org")

    assert outbox() == []
    assert not WaitingEntry.objects.filter(status="WAITING").exists()


def test_from_one_address_so_many_join_lists_in_an_hour_and_no_more(show, settings):
    settings.HOLDS_PER_ADDRESS = 5
    for number in range(5):
        leave_waiting_list(code=waiting(show, f"{number}@example.org", client_ip=HOME).code)

    with pytest.raises(TooManyMails):
        waiting(show, client_ip=HOME)

    assert waiting(show, client_ip=CAFE)


def test_seats_that_are_offered_count_as_held_from_where_the_offer_was_asked_for(show, settings):
    settings.HOLDS_PER_ADDRESS, settings.MAX_SEATS, settings.SHOW_SHARE = 5, 2, 1
    entry = waiting(show, client_ip=HOME)
    free(show)
    take_offer(code=entry.code, buyer="wanda")
    free(show, "ben")

    with pytest.raises(ShowShareReached):
        hold_seats(show_id=show.pk, seat_ids=seat_ids(show, "B1"), buyer="a new cookie", client_ip=HOME)

    assert hold_seats(show_id=show.pk, seat_ids=seat_ids(show, "B1"), buyer="xaver", client_ip=CAFE)


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


# What it costs


def statements(show: Show, buyer: str, count) -> int:
    code = Ticket.objects.get(show=show, hold__buyer=buyer).code
    with count as captured:
        cancel_ticket(code=code)
    return len(captured)


def queued(show: Show, parties: list[int]) -> None:
    """Put parties of these sizes on the list, ignoring its limits."""
    now = timezone.now()
    WaitingEntry.objects.bulk_create(
        WaitingEntry(show=show, email=f"guest{number}@example.org", party=party, created_at=now)
        for number, party in enumerate(parties)
    )
    Show.objects.filter(pk=show.pk).update(waited_for=bool(parties))


def sold_out(parties: list[int]) -> Show:
    """A show of four seats, asha's and ben's, with these parties waiting."""
    show = ShowFactory(screen__plan="aaaa")
    sold(show, "A1 A2", buyer="asha")
    sold(show, "A3 A4", buyer="ben")
    queued(show, parties)
    return show


def test_a_list_of_parties_that_are_all_too_large_costs_one_statement(django_assert_max_num_queries):
    shows = [sold_out(parties) for parties in ([], [5], [5] * 300)]

    plain, *long = [statements(show, "asha", django_assert_max_num_queries(40)) for show in shows]

    assert long == [plain + 1, plain + 1]


@pytest.mark.parametrize("length", [1, 3, 300])
def test_an_offer_costs_the_same_however_many_wait_behind_it(length, django_assert_max_num_queries):
    shows = [sold_out([2]), sold_out([2] * length)]

    short, long = [statements(show, "asha", django_assert_max_num_queries(60)) for show in shows]

    assert short == long


def test_the_hall_is_searched_once_for_each_offer_and_never_for_large_parties(monkeypatch):
    show = sold_out([3] * 100 + [1] * 100)
    parties = []
    monkeypatch.setattr(
        offers, "best_block", lambda hall, party, **how: parties.append(party) or best_block(hall, party)
    )

    free(show, "asha")

    assert parties == [1, 1]


def test_a_size_of_which_no_party_can_be_seated_is_searched_for_only_once(monkeypatch):
    show = sold_out([2] * 100)
    parties = []
    monkeypatch.setattr(offers, "best_block", lambda hall, party, **how: parties.append(party))

    free(show, "asha")

    assert parties == [2]


def test_a_hold_attempt_at_a_show_with_a_long_list_searches_nothing(monkeypatch):
    show = sold_out([3] * 300)
    free(show, "asha")
    monkeypatch.setattr(offers, "best_block", None)
    monkeypatch.setattr(offers, "places", None)

    assert held(show, "A1", buyer="cleo")
