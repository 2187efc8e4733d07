"""Who holds seats without buying them: services.hoarding. Who buys, or changes their mind, is left in peace."""

import re
from datetime import timedelta

import pytest

from cinema.exceptions import CoolingDown, Holder, ShareTaken, TooManyHolds
from cinema.gateways.base import Result
from cinema.models import Hold, PaymentMode, Screen, Show, ShowCancellation
from cinema.services.booking import book_tickets, pay_again
from cinema.services.expiry import release_expired
from cinema.services.holds import extend_hold, hold_best, hold_seats, release_hold
from cinema.services.payments import settle_payment
from cinema.services.show_cancellations import call_off_show
from cinema.services.waiting import take_offer
from tests.factories import (
    CONTACT,
    LanguageFactory,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    booked,
    held,
    lapsed,
    report,
    seat_ids,
    sold,
    waiting,
)

pytestmark = pytest.mark.django_db

HOME, CAFE = "203.0.113.7", "198.51.100.1"


@pytest.fixture(autouse=True)
def limits(settings):
    """Small ones, each out of the others' way."""
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


def holding(show: Show, names: str = "A1", buyer: str = "asha", address: str = HOME, **how) -> Hold:
    return hold_seats(show_id=show.pk, seat_ids=seat_ids(show, names), buyer=buyer, address=address, **how)


def booking(show: Show, names: str, number: int, owner: str = "api:7", **how):
    """What a program books for another of its customers."""
    return book_tickets(
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
        holding(show, address="")

    with pytest.raises(TooManyHolds, match="You hold seats at 2 shows") as refusal:
        holding(shows[2], address="")

    assert (refusal.value.holder, refusal.value.count) == (Holder.BUYER, 2)
    assert timedelta(minutes=9) < refusal.value.wait <= timedelta(minutes=10)
    assert not Hold.objects.filter(show=shows[2]).exists()


def test_an_address_holds_for_so_many_buyers_and_no_more(show):
    for number, names in enumerate(["A1", "A3", "A5"]):
        holding(show, names, buyer=f"buyer {number}")

    with pytest.raises(TooManyHolds, match="hold seats 3 times") as refusal:
        holding(show, "A7", buyer="buyer 3")

    assert refusal.value.holder == Holder.ADDRESS
    assert holding(show, "A7", buyer="buyer 3", address=CAFE)


def test_the_best_seats_count_too(show):
    for number in range(3):
        hold_best(show_id=show.pk, party=1, buyer=f"buyer {number}", address=HOME)

    with pytest.raises(TooManyHolds):
        hold_best(show_id=show.pk, party=1, buyer="buyer 3", address=HOME)


def test_of_an_address_only_a_mark_is_kept_that_does_not_tell_it(show):
    assert re.fullmatch("[0-9a-f]{32}", holding(show).origin)


def test_buyers_whose_address_is_not_known_do_not_count_together(show):
    for number, names in enumerate(["A1", "A3", "A5", "A7"]):
        assert holding(show, names, buyer=f"buyer {number}", address="")


def test_paying_makes_room_again(shows):
    for number, show in enumerate(shows[:3]):
        sold(show, "A1", buyer="asha")
        holding(show, "B1", buyer=f"buyer {number}")

    assert holding(shows[3], address=CAFE)


def test_letting_go_makes_room_at_once(shows):
    first = holding(shows[0])
    holding(shows[1])
    release_hold(code=first.code, buyer="asha")

    assert holding(shows[2])


def test_who_holds_all_one_can_is_told_how_many_of_them_may_go_without_a_pause(shows, limits):
    limits.HOLDS_PER_BUYER = 3
    first, second, _ = [holding(show) for show in shows[:3]]
    with pytest.raises(TooManyHolds, match="Book some of them or let up to 2 go; then you can choose here"):
        holding(shows[3])

    for hold in (first, second):
        release_hold(code=hold.code, buyer="asha")

    assert holding(shows[3])


def test_who_may_let_none_go_without_a_pause_is_not_told_to(shows):
    release_hold(code=holding(shows[0]).code, buyer="asha")
    holding(shows[1])
    holding(shows[2])

    with pytest.raises(TooManyHolds, match="Book some of them; then you can choose here"):
        holding(shows[3])


def test_a_limit_of_nought_is_none(shows, limits):
    limits.HOLDS_PER_BUYER = limits.HOLDS_PER_ADDRESS = 0

    assert [holding(show) for show in shows]


# --- A pause for those who never buy -----------------------------------------------------------


@pytest.mark.parametrize("ended", ["let go", "run out"])
def test_who_lets_holds_go_unused_again_and_again_pauses(shows, ended):
    for show in shows[:2]:
        hold = holding(show, address="")
        if ended == "let go":
            release_hold(code=hold.code, buyer="asha")
        else:
            lapsed(hold)

    with pytest.raises(CoolingDown, match="You held seats 2 times") as refusal:
        holding(shows[2], address="")

    assert timedelta(minutes=29) < refusal.value.wait <= timedelta(minutes=30)


def test_the_pause_ends(shows):
    for show in shows[:2]:
        release_hold(code=holding(show).code, buyer="asha")
    with pytest.raises(CoolingDown) as refusal:
        holding(shows[2])
    for hold in Hold.objects.all():
        hold.expires_at -= refusal.value.wait
        hold.save()

    assert holding(shows[2])


def test_an_address_pauses_for_all_its_browsers_and_no_other_address_does(show):
    for number in range(3):
        release_hold(code=holding(show, buyer=f"buyer {number}").code, buyer=f"buyer {number}")

    with pytest.raises(CoolingDown) as refusal:
        holding(show, buyer="a new cookie")

    assert refusal.value.holder == Holder.ADDRESS
    assert holding(show, buyer="a new cookie", address=CAFE)


def test_a_pause_leaves_what_is_held_already(shows):
    hold = holding(shows[0])
    for show in shows[1:]:
        if show != shows[3]:
            release_hold(code=holding(show).code, buyer="asha")

    with pytest.raises(CoolingDown):
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
        payment = pay_again(code=payment.ticket.code, key=f"try {number}")

    assert holding(shows[1])


@pytest.mark.parametrize("ended", ["run out", "let go"])
def test_who_pays_after_the_hold_was_over_has_not_left_it_unused(shows, ended):
    for show in shows[:2]:
        payment = booked(show, "A1", buyer="asha")
        if ended == "let go":
            release_hold(code=payment.ticket.hold.code, buyer="asha")
        else:
            lapsed(payment.ticket.hold)
            release_expired(show_id=show.pk)
        settle_payment(report=report(payment))

    assert set(Hold.objects.values_list("status", flat=True)) == {"BOOKED"}
    assert holding(shows[2])


def test_who_pays_for_seats_that_are_gone_has_left_them_unused(shows, limits):
    limits.HOLDS_PER_BUYER = 1
    payment = booked(shows[0], "A1", buyer="asha")
    lapsed(payment.ticket.hold)
    held(shows[0], "A1", buyer="ben")
    settle_payment(report=report(payment))

    with pytest.raises(CoolingDown):
        holding(shows[1])


def test_nobody_is_to_blame_for_shows_that_are_called_off(shows):
    for show in shows[:2]:
        holding(show)
        call_off_show(show_id=show.pk, user=None, reason="no light", remedy=ShowCancellation.Remedy.REFUND)

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

    assert refusal.value.holder == Holder.TOKEN
    assert booking(show, "A4", 4, owner="api:8")


def test_the_box_office_sells_by_token_as_much_as_it_likes(show):
    assert [booking(show, f"A{number}", number, staff=True) for number in range(1, 6)]


# --- A share of each show ----------------------------------------------------------------------


@pytest.fixture
def shared(limits):
    """8 of the 20 seats."""
    limits.HOLDS_PER_ADDRESS, limits.SHOW_SHARE, limits.MAX_SEATS = 0, 40, 5


@pytest.mark.usefixtures("shared")
def test_nobody_holds_more_than_a_share_of_a_show_from_one_address(show, shows):
    holding(show, "A1 A2 A3 A4 A5", buyer="ben")

    with pytest.raises(ShareTaken, match="at most 8 seats of this show") as refusal:
        holding(show, "B1 B2 B3 B4", buyer="asha")

    assert (refusal.value.held, refusal.value.limit) == (5, 8)
    assert holding(show, "B1 B2 B3", buyer="asha")
    assert holding(show, "B4", buyer="cleo", address=CAFE)
    assert holding(shows[1], "B1 B2 B3 B4", buyer="asha")


@pytest.mark.usefixtures("shared")
def test_a_hold_does_not_grow_beyond_the_share_but_may_move(show):
    holding(show, "A1 A2 A3 A4 A5", buyer="ben")
    holding(show, "B1 B2 B3", buyer="asha")

    with pytest.raises(ShareTaken):
        holding(show, "B1 B2 B3 B4", buyer="asha")

    assert holding(show, "B5 B6 B7", buyer="asha")


@pytest.mark.usefixtures("shared")
def test_in_a_small_hall_one_booking_fits_whatever_the_share():
    assert holding(ShowFactory(screen=ScreenFactory(rows=1, columns=5)), "A1 A2 A3 A4 A5")


@pytest.mark.usefixtures("shared")
def test_what_is_paid_is_sold_and_counts_no_more(show):
    for number, names in enumerate(["A1 A2 A3 A4 A5", "A6 A7 A8 A9 A10"]):
        settle_payment(report=report(booking(show, names, number)))

    assert booking(show, "B1 B2 B3", 3)
