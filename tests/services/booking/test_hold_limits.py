"""Limits on unpaid holds: services.booking.hold_limits.

They do not affect usual buyers, nor those who change their mind.
"""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinema.exceptions import (
    ClientKind,
    HoldChangedTooOften,
    HoldCooldown,
    HoldTimeLimitReached,
    SeatsKeptTooLong,
    ShowShareReached,
    TooManyHolds,
)
from cinema.gateways.base import Result
from cinema.models import Hold, PaymentMode, Screen, SeatEvent, Show, ShowCancellation, Theatre, Ticket
from cinema.selectors.people import fingerprints
from cinema.services.booking import holds
from cinema.services.booking.booking import pay_again
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import extend_hold, hold_best, hold_seats, release_hold
from cinema.services.booking.seat_requests import BestSeats
from cinema.services.booking.waiting import take_offer
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.buyer_exchanges import ExchangeChoice, exchange_ticket
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.show_cancellations import cancel_show
from tests.factories import (
    CONTACT,
    LanguageFactory,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    booked,
    held,
    lapsed,
    order_seats,
    report,
    seat,
    seat_ids,
    sold,
    ticket_of,
    waiting,
)
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db

HOME, CAFE = "203.0.113.7", "198.51.100.1"


@pytest.fixture(autouse=True)
def limits(settings):
    """Low limits that do not affect each other's tests."""
    settings.HOLDS_PER_BUYER, settings.HOLDS_PER_ADDRESS, settings.HOLDS_PER_TOKEN, settings.SHOW_SHARE = 2, 3, 2, 0
    return settings


@pytest.fixture
def screen() -> Screen:
    return ScreenFactory(rows=2, columns=10)


@pytest.fixture
def show(screen) -> Show:
    return ShowFactory(screen=screen)


@pytest.fixture
def shows(show) -> list[Show]:
    """Four shows on one screen."""
    return [show, *(another(show, days) for days in range(1, 4))]


def another(show: Show, days: int) -> Show:
    return ShowFactory(
        screen=show.screen,
        movie=MovieFactory(),
        language=LanguageFactory(),
        starts_at=show.starts_at + timedelta(days=days),
    )


def holding(show: Show, names: str = "A1", buyer: str = "asha", client_ip: str = HOME, **how) -> Hold:
    return hold_seats(show_id=show.pk, seat_ids=seat_ids(show, names), buyer=buyer, client_ip=client_ip, **how)


def booking(show: Show, names: str, number: int, owner: str = "api:7", **how):
    """A booking by API for another customer."""
    return order_seats(
        show_id=show.pk,
        seat_ids=seat_ids(show, names),
        buyer=f"{owner}:{number}",
        owner=owner,
        contact=CONTACT,
        mode=PaymentMode.UPI,
        key=f"{number}",
        **how,
    )


# --- How many at once --------------------------------------------------------------------------


def test_a_buyer_holds_seats_at_so_many_shows_and_no_more(shows):
    for show in shows[:2]:
        holding(show, client_ip="")

    with pytest.raises(TooManyHolds, match="You already hold seats for 2 shows") as refusal:
        holding(shows[2], client_ip="")

    assert (refusal.value.holder, refusal.value.count) == (ClientKind.BUYER, 2)
    assert timedelta(minutes=9) < refusal.value.wait <= timedelta(minutes=10)
    assert not Hold.objects.filter(show=shows[2]).exists()


def test_an_address_holds_for_so_many_buyers_and_no_more(show):
    for number, names in enumerate(["A1", "A3", "A5"]):
        holding(show, names, buyer=f"buyer {number}")

    with pytest.raises(TooManyHolds, match=r"held from your network \(3 times\)") as refusal:
        holding(show, "A7", buyer="buyer 3")

    assert refusal.value.holder == ClientKind.ADDRESS
    assert holding(show, "A7", buyer="buyer 3", client_ip=CAFE)


def test_the_best_seats_count_too(show):
    for number in range(3):
        hold_best(show_id=show.pk, best=BestSeats(1), buyer=f"buyer {number}", client_ip=HOME)

    with pytest.raises(TooManyHolds):
        hold_best(show_id=show.pk, best=BestSeats(1), buyer="buyer 3", client_ip=HOME)


def test_of_a_client_ip_only_a_fingerprint_is_stored(show):
    assert re.fullmatch("[0-9a-f]{32}", holding(show).origin)


def test_a_client_is_recognised_after_the_key_of_fingerprints_changes(shows, monkeypatch):
    for show, buyer in zip(shows, "abc", strict=False):
        holding(show, buyer=buyer)
    period = fingerprints.present_period()
    monkeypatch.setattr(fingerprints, "present_period", lambda: period + 1)

    with pytest.raises(TooManyHolds):
        holding(shows[3], buyer="d")


def test_buyers_whose_address_is_not_known_do_not_count_together(show):
    for number, names in enumerate(["A1", "A3", "A5", "A7"]):
        assert holding(show, names, buyer=f"buyer {number}", client_ip="")


def test_paying_makes_room_again(shows):
    for number, show in enumerate(shows[:3]):
        sold(show, "A1", buyer="asha")
        holding(show, "B1", buyer=f"buyer {number}")

    assert holding(shows[3], client_ip=CAFE)


def test_letting_go_makes_room_at_once(shows):
    first = holding(shows[0])
    holding(shows[1])
    release_hold(code=first.code, buyer="asha")

    assert holding(shows[2])


def test_the_limit_names_how_many_holds_can_be_released_without_a_pause(shows, limits):
    limits.HOLDS_PER_BUYER = 3
    first, second, _ = [holding(show) for show in shows[:3]]
    with pytest.raises(TooManyHolds, match="Book some of them, or release up to 2, before you choose here"):
        holding(shows[3])

    for hold in (first, second):
        release_hold(code=hold.code, buyer="asha")

    assert holding(shows[3])


def test_the_limit_does_not_suggest_releasing_a_hold_that_causes_a_pause(shows):
    release_hold(code=holding(shows[0]).code, buyer="asha")
    holding(shows[1])
    holding(shows[2])

    with pytest.raises(TooManyHolds, match="Book some of them before you choose here"):
        holding(shows[3])


def test_the_number_of_holds_to_release_is_never_negative(shows, limits):
    release_hold(code=holding(shows[0]).code, buyer="asha")
    small = ShowFactory(screen=ScreenFactory(rows=1, columns=2))
    blocking = held(small, "A1 A2", buyer="ben")
    entry = waiting(small, party=2)
    for show in shows[1:3]:
        holding(show)
    release_hold(code=blocking.code, buyer="ben")
    release_hold(code=take_offer(code=entry.code, buyer="asha").code, buyer="asha")  # offers have no limit

    with pytest.raises(TooManyHolds, match="Book some of them before you choose here"):
        holding(shows[3])


def test_a_limit_of_nought_is_none(shows, limits):
    limits.HOLDS_PER_BUYER = limits.HOLDS_PER_ADDRESS = 0

    assert [holding(show) for show in shows]


# --- A pause for those who never buy -----------------------------------------------------------


@pytest.mark.parametrize("ended", ["released", "run out"])
def test_repeated_unused_holds_cause_a_pause(shows, ended):
    for show in shows[:2]:
        hold = holding(show, client_ip="")
        if ended == "released":
            release_hold(code=hold.code, buyer="asha")
        else:
            lapsed(hold)

    with pytest.raises(HoldCooldown, match="You’ve held seats 2 times") as refusal:
        holding(shows[2], client_ip="")

    assert timedelta(minutes=29) < refusal.value.wait <= timedelta(minutes=30)


def test_the_pause_ends(shows):
    for show in shows[:2]:
        release_hold(code=holding(show).code, buyer="asha")
    with pytest.raises(HoldCooldown) as refusal:
        holding(shows[2])
    for hold in Hold.objects.all():
        hold.expires_at -= refusal.value.wait
        hold.save()

    assert holding(shows[2])


def test_an_address_pauses_for_all_its_browsers_and_no_other_address_does(show):
    for number in range(3):
        release_hold(code=holding(show, buyer=f"buyer {number}").code, buyer=f"buyer {number}")

    with pytest.raises(HoldCooldown) as refusal:
        holding(show, buyer="a new cookie")

    assert refusal.value.holder == ClientKind.ADDRESS
    assert holding(show, buyer="a new cookie", client_ip=CAFE)


def test_a_pause_leaves_what_is_held_already(shows):
    hold = holding(shows[0])
    for show in shows[1:]:
        if show != shows[3]:
            release_hold(code=holding(show).code, buyer="asha")

    with pytest.raises(HoldCooldown):
        holding(shows[3])

    assert holding(shows[0], "A1 A2 A3") == hold
    assert extend_hold(code=hold.code, buyer="asha")


def test_changing_seats_is_no_hold_of_its_own(show, shows):
    for names in ["A1", "A1 A2", "B1 B2", "B1", "A5 A6 A7", "A1"]:
        holding(show, names)

    assert holding(shows[1])


def test_a_declined_payment_that_is_tried_again_is_one_hold_and_not_unused(shows):
    payment = booked(shows[0], "A1", buyer="asha")
    for number in range(3):
        settle_payment(report=report(payment, Result.DECLINED))
        payment = pay_again(code=ticket_of(payment).code, key=f"try {number}")

    assert holding(shows[1])


@pytest.mark.parametrize("ended", ["run out", "released"])
def test_a_hold_paid_for_after_its_end_is_not_unused(shows, ended):
    for show in shows[:2]:
        payment = booked(show, "A1", buyer="asha")
        if ended == "released":
            release_hold(code=ticket_of(payment).hold.code, buyer="asha")
        else:
            lapsed(ticket_of(payment).hold)
            release_expired(show_id=show.pk)
        settle_payment(report=report(payment))

    assert set(Hold.objects.values_list("status", flat=True)) == {"BOOKED"}
    assert holding(shows[2])


def test_a_hold_paid_for_after_its_seats_were_gone_is_unused(shows, limits):
    limits.HOLDS_PER_BUYER = 1
    payment = booked(shows[0], "A1", buyer="asha")
    lapsed(ticket_of(payment).hold)
    held(shows[0], "A1", buyer="ben")
    settle_payment(report=report(payment))

    with pytest.raises(HoldCooldown):
        holding(shows[1])


def test_holds_of_cancelled_shows_do_not_count_as_unused(shows):
    for show in shows[:2]:
        holding(show)
        cancel_show(show_id=show.pk, user=None, reason="no light", remedy=ShowCancellation.Remedy.REFUND)

    assert holding(shows[2])
    assert holding(shows[3])


def test_seats_offered_to_whoever_waits_can_be_taken_whatever_they_hold(shows, limits):
    limits.HOLDS_PER_BUYER = 1
    small = ShowFactory(screen=ScreenFactory(rows=1, columns=2))
    blocking = held(small, "A1 A2", buyer="ben")
    entry = waiting(small, party=2)
    holding(shows[0])
    release_hold(code=blocking.code, buyer="ben")

    assert take_offer(code=entry.code, buyer="asha")


# --- Programs ----------------------------------------------------------------------------------


def test_a_token_has_a_limit_of_its_own(show):
    booking(show, "A1", 1)
    settle_payment(report=report(booking(show, "A2", 2)))
    booking(show, "A3", 3)

    with pytest.raises(TooManyHolds, match="2 bookings made with this token") as refusal:
        booking(show, "A4", 4)

    assert refusal.value.holder == ClientKind.TOKEN
    assert booking(show, "A4", 4, owner="api:8")


def test_a_program_counts_for_its_address_too_whatever_account_it_uses(show, limits):
    limits.HOLDS_PER_TOKEN = 0
    for number in range(1, 4):
        booking(show, f"A{number}", number, owner=f"api:{number}", client_ip=HOME)

    with pytest.raises(TooManyHolds) as refusal:
        booking(show, "A4", 4, owner="api:4", client_ip=HOME)

    assert refusal.value.holder == ClientKind.ADDRESS
    assert booking(show, "A4", 4, owner="api:4", client_ip=CAFE)


def test_a_browser_and_a_program_at_one_address_count_together(show):
    booking(show, "A1", 1, client_ip=HOME)
    booking(show, "A2", 2, owner="api:8", client_ip=HOME)
    holding(show, "A3")

    with pytest.raises(TooManyHolds):
        holding(show, "A5", buyer="ben")


def test_a_token_counts_wherever_its_program_runs(show):
    booking(show, "A1", 1, client_ip=HOME)
    booking(show, "A2", 2, client_ip=CAFE)

    with pytest.raises(TooManyHolds) as refusal:
        booking(show, "A3", 3, client_ip="192.0.2.1")

    assert refusal.value.holder == ClientKind.TOKEN


def test_the_box_office_sells_by_token_as_much_as_it_likes(show):
    assert [booking(show, f"A{number}", number, staff=True) for number in range(1, 6)]


def test_the_box_office_may_hold_seats_at_any_number_of_shows_for_one_buyer(shows):
    for number, show in enumerate(shows):
        request = {"show_id": show.pk, "seat_ids": seat_ids(show, "A1"), "buyer": "the till", "key": f"{number}"}
        assert order_seats(**request, contact=CONTACT, mode=PaymentMode.UPI, staff=True)


# --- A share of each show ----------------------------------------------------------------------


@pytest.fixture
def shared(limits):
    """8 of the 20 seats."""
    limits.HOLDS_PER_ADDRESS, limits.SHOW_SHARE, limits.MAX_SEATS = 0, 40, 5


@pytest.mark.usefixtures("shared")
def test_nobody_holds_more_than_a_share_of_a_show_from_one_address(show, shows):
    holding(show, "A1 A2 A3 A4 A5", buyer="ben")

    with pytest.raises(ShowShareReached, match="At most 8 seats of this show") as refusal:
        holding(show, "B1 B2 B3 B4", buyer="asha")

    assert (refusal.value.held, refusal.value.limit) == (5, 8)
    assert holding(show, "B1 B2 B3", buyer="asha")
    assert holding(show, "B4", buyer="cleo", client_ip=CAFE)
    assert holding(shows[1], "B1 B2 B3 B4", buyer="asha")


@pytest.mark.usefixtures("shared")
def test_a_hold_does_not_grow_beyond_the_share_but_may_move(show):
    holding(show, "A1 A2 A3 A4 A5", buyer="ben")
    holding(show, "B1 B2 B3", buyer="asha")

    with pytest.raises(ShowShareReached):
        holding(show, "B1 B2 B3 B4", buyer="asha")

    assert holding(show, "B5 B6 B7", buyer="asha")


@pytest.mark.usefixtures("shared")
def test_seats_of_a_hold_can_be_given_up_whatever_the_share_is_by_now(show, limits):
    holding(show, "A1 A2 A3 A4 A5", buyer="ben")
    hold = holding(show, "B1 B2 B3", buyer="asha")
    limits.SHOW_SHARE = 25

    assert holding(show, "B1 B2", buyer="asha") == hold


@pytest.mark.usefixtures("shared")
def test_in_a_small_hall_one_booking_fits_whatever_the_share():
    assert holding(ShowFactory(screen=ScreenFactory(rows=1, columns=5)), "A1 A2 A3 A4 A5")


@pytest.mark.usefixtures("shared")
def test_holds_at_other_shows_are_no_part_of_this_ones_share(show, shows, limits):
    limits.HOLDS_PER_ADDRESS = 10
    holding(shows[1], "A1 A2 A3 A4 A5", buyer="ben")
    holding(show, "A1 A2 A3 A4 A5", buyer="cleo")

    assert holding(show, "B1 B2 B3", buyer="asha")


@pytest.mark.usefixtures("shared")
def test_released_and_expired_holds_are_no_part_of_the_share(show, limits):
    limits.HOLDS_PER_ADDRESS = 10
    release_hold(code=holding(show, "A1 A2 A3 A4 A5", buyer="ben").code, buyer="ben")
    lapsed(holding(show, "A1 A2 A3 A4 A5", buyer="cleo"))

    assert holding(show, "B1 B2 B3 B4 B5", buyer="asha")


@pytest.mark.usefixtures("shared")
def test_what_is_paid_is_sold_and_counts_no_more(show):
    for number, names in enumerate(["A1 A2 A3 A4 A5", "A6 A7 A8 A9 A10"]):
        settle_payment(report=report(booking(show, names, number)))

    assert booking(show, "B1 B2 B3", 3)


@pytest.mark.usefixtures("shared")
def test_accounts_at_one_address_share_its_part_of_a_show(show):
    booking(show, "A1 A2 A3 A4 A5", 1, owner="api:1", client_ip=HOME)

    with pytest.raises(ShowShareReached):
        booking(show, "B1 B2 B3 B4", 2, owner="api:2", client_ip=HOME)


# --- Seats that cost nothing -------------------------------------------------------------------


@pytest.fixture
def free_show(screen) -> Show:
    return ShowFactory(screen=screen, price=0)


def booked_free(show: Show, names: str, number: int = 1, **how):
    """Book seats that cost nothing: the ticket is confirmed at once."""
    payment = booking(show, names, number, **how)
    start_payment(payment=payment)
    ticket_of(payment).refresh_from_db()
    assert ticket_of(payment).status == "CONFIRMED"
    return ticket_of(payment)


@pytest.mark.usefixtures("shared")
def test_seats_booked_for_nothing_count_in_the_share_of_a_show(free_show):
    booked_free(free_show, "A1 A2 A3 A4 A5", owner="api:1", client_ip=HOME)

    with pytest.raises(ShowShareReached, match="At most 8 seats of this show") as refusal:
        booking(free_show, "B1 B2 B3 B4", 2, owner="api:2", client_ip=HOME)

    assert refusal.value.held == 5
    assert booked_free(free_show, "B1 B2 B3", 3, owner="api:3", client_ip=HOME)
    assert booked_free(free_show, "B4", 4, owner="api:4", client_ip=CAFE)


@pytest.mark.usefixtures("shared")
def test_seats_booked_for_nothing_count_until_the_show_begins(free_show):
    ticket = booked_free(free_show, "A1 A2 A3 A4 A5", client_ip=HOME)

    assert ticket.hold.expires_at == free_show.starts_at


@pytest.mark.usefixtures("shared")
def test_seats_booked_for_nothing_and_cancelled_count_no_more(free_show):
    cancel_ticket(code=booked_free(free_show, "A1 A2 A3 A4 A5", client_ip=HOME).code)

    assert booked_free(free_show, "B1 B2 B3 B4 B5", 2, client_ip=HOME)


def test_bookings_that_cost_nothing_count_like_holds_that_were_not_bought(free_show):
    for number in range(1, 3):
        booked_free(free_show, f"A{number}", number)

    with pytest.raises(HoldCooldown):
        booking(free_show, "A3", 3)


def test_whoever_buys_and_cancels_again_and_again_pauses(shows):
    for show in shows[:2]:
        cancel_ticket(code=sold(show, "A1", buyer="asha").code)

    with pytest.raises(HoldCooldown):
        holding(shows[2], client_ip="")


# --- One seat ----------------------------------------------------------------------------------


def ended(hold: Hold, minutes: int, ago: int = 0) -> Hold:
    """Let the hold, which has just begun, have lasted some minutes and ended ``ago``."""
    end = hold.created_at - timedelta(minutes=ago)
    with alterable_trail():
        SeatEvent.objects.filter(hold=hold).update(at=end - timedelta(minutes=minutes))
    Hold.objects.filter(pk=hold.pk).update(created_at=end - timedelta(minutes=minutes), expires_at=end)
    return hold


@pytest.fixture
def seats_alone(limits):
    """Only the limits on a seat; buyers and IP addresses may have very many holds."""
    limits.HOLDS_PER_BUYER = limits.HOLDS_PER_ADDRESS = limits.HOLDS_PER_TOKEN = 1000
    limits.HOLD_MINUTES, limits.HOLD_MAX_MINUTES = 10, 30


@pytest.mark.usefixtures("seats_alone")
def test_a_seat_is_on_hold_for_one_buyer_as_long_as_one_hold_can_last(show):
    for _ in range(3):
        ended(holding(show, client_ip=""), minutes=10)

    with pytest.raises(SeatsKeptTooLong, match="Row A, seat 1 has been held") as refusal:
        holding(show, "A1 A2", client_ip="")

    assert timedelta(minutes=29) < refusal.value.wait <= timedelta(minutes=30)
    assert holding(show, "A2", client_ip="")


@pytest.mark.usefixtures("seats_alone")
def test_a_new_browser_at_the_address_does_not_prolong_it(show):
    for number in range(3):
        ended(holding(show, buyer=f"buyer {number}"), minutes=10)

    with pytest.raises(SeatsKeptTooLong):
        holding(show, buyer="a new cookie")

    assert holding(show, buyer="a new cookie", client_ip=CAFE)


@pytest.mark.usefixtures("seats_alone")
def test_an_account_of_a_program_does_not_prolong_it(show):
    for number in range(3):
        ended(ticket_of(booking(show, "A1", number, client_ip=CAFE)).hold, minutes=10)

    with pytest.raises(SeatsKeptTooLong):
        booking(show, "A1", 4, client_ip=HOME)


@pytest.mark.usefixtures("seats_alone")
def test_a_hold_lasts_only_for_what_is_left_of_the_time(show):
    ended(holding(show), minutes=25)

    again = holding(show)

    assert timedelta(minutes=4) < again.expires_at - again.created_at <= timedelta(minutes=5)
    with pytest.raises(HoldTimeLimitReached):
        extend_hold(code=again.code, buyer="asha")


@pytest.mark.usefixtures("seats_alone")
def test_a_hold_counts_until_its_end_whenever_that_is_noticed(show, limits):
    ended(holding(show), minutes=10, ago=15)

    again = holding(show)

    assert again.latest_at - again.created_at == timedelta(minutes=limits.HOLD_MAX_MINUTES - 10)


@pytest.mark.usefixtures("seats_alone")
def test_a_hold_that_takes_in_such_a_seat_lasts_no_longer_either(show):
    ended(holding(show), minutes=25)
    hold = holding(show, "A3")

    swapped = holding(show, "A1")

    assert swapped == hold
    assert swapped.expires_at - hold.created_at <= timedelta(minutes=6)


@pytest.mark.usefixtures("seats_alone")
def test_after_the_pause_the_seat_can_be_had_again(show):
    for _ in range(3):
        ended(holding(show), minutes=10, ago=31)

    assert holding(show)


@pytest.mark.usefixtures("seats_alone")
def test_seats_that_were_released_early_count_for_their_time_only(show):
    for _ in range(5):
        release_hold(code=holding(show).code, buyer="asha")

    assert holding(show).expires_at


@pytest.mark.usefixtures("seats_alone")
def test_a_first_hold_does_not_read_the_ledger(show, django_assert_num_queries):
    holding(show, "A1")
    with CaptureQueriesContext(connection) as first:
        holding(show, "A3", buyer="ben")

    assert not any("cinema_seatevent" in query["sql"] and "SELECT" in query["sql"][:6] for query in first)


def test_the_seats_of_a_hold_are_changed_only_so_often(show, monkeypatch):
    monkeypatch.setattr(holds, "MOST_CHANGES", 3)
    for names in ["A1", "A2", "A3", "A4"]:
        holding(show, names)

    with pytest.raises(HoldChangedTooOften, match="changed your seats 3 times"):
        holding(show, "A5")

    assert seat(show, "A4").status == "HELD"
    assert holding(show, "A4")  # which changes nothing


@pytest.mark.usefixtures("shared")
def test_a_free_ticket_that_is_exchanged_counts_at_the_show_that_it_is_for_now(free_show):
    later = another_show(free_show, price=0)
    ticket = booked_free(free_show, "A1 A2 A3 A4 A5", owner="api:1", client_ip=HOME)

    exchange(ticket, later, "A1 A2 A3 A4 A5")

    assert Hold.objects.get(pk=ticket.hold_id).expires_at == later.starts_at
    with pytest.raises(ShowShareReached) as refusal:
        booking(later, "B1 B2 B3 B4", 2, owner="api:2", client_ip=HOME)
    assert refusal.value.held == 5
    assert booked_free(free_show, "B1 B2 B3 B4 B5", 3, owner="api:3", client_ip=HOME)


@pytest.mark.usefixtures("shared")
def test_tickets_are_not_exchanged_for_more_free_seats_than_the_share_of_a_show(free_show, screen):
    paid_show = another_show(free_show, price=250)
    booked_free(free_show, "A1 A2 A3 A4 A5", owner="api:1", client_ip=HOME)
    ticket = booked_free(another_show(free_show, price=0), "B1 B2 B3 B4", 2, owner="api:2", client_ip=HOME)
    dear = ticket_of(settle_payment(report=report(booking(paid_show, "B1 B2 B3", 3, owner="api:3", client_ip=HOME))))

    with pytest.raises(ShowShareReached):
        exchange(ticket, free_show, "B1 B2 B3 B4")
    exchange(dear, free_show, "B1 B2 B3", seen=750)

    with pytest.raises(ShowShareReached):
        booking(free_show, "B4", 4, owner="api:4", client_ip=HOME)


def another_show(show: Show, price: int) -> Show:
    """One more show of the film, a week later, at a theatre where buyers exchange tickets."""
    Theatre.objects.update(buyer_exchanges=True)
    starts_at = show.starts_at + timedelta(days=7, hours=price)
    return ShowFactory(movie=show.movie, screen=show.screen, price=price, starts_at=starts_at)


def exchange(ticket: Ticket, show: Show, names: str, seen: int = 0) -> None:
    exchange_ticket(code=ticket.code, choice=ExchangeChoice(show.pk, seat_ids(show, names)), seen=Decimal(seen))
