"""Limits on unpaid holds: services.booking.hold_limits.

They do not affect usual buyers, nor those who change their mind.
"""

import re
from datetime import timedelta

import pytest

from cinema.exceptions import ClientKind, HoldChangedTooOften, HoldCooldown, TooManyHolds
from cinema.gateways.base import Result
from cinema.models import Hold, PaymentMode, ShowCancellation
from cinema.selectors.people import fingerprints
from cinema.services.booking import holds
from cinema.services.booking.booking import pay_again
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import extend_hold, hold_best, release_hold
from cinema.services.booking.seat_requests import BestSeats
from cinema.services.booking.waiting import take_offer
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.show_cancellations import cancel_show
from tests.factories import (
    CONTACT,
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
from tests.services.booking.hold_limits.holding import CAFE, HOME, booking, holding

pytestmark = pytest.mark.django_db


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

    for hold in [holding(show) for show in shows]:
        assert hold.expires_at - hold.created_at == timedelta(minutes=limits.HOLD_MINUTES)
        assert hold.latest_at - hold.created_at == timedelta(minutes=limits.HOLD_MAX_MINUTES)


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


def test_the_seats_of_a_hold_are_changed_only_so_often(show, monkeypatch):
    monkeypatch.setattr(holds, "MOST_CHANGES", 3)
    for names in ["A1", "A2", "A3", "A4"]:
        holding(show, names)

    with pytest.raises(HoldChangedTooOften, match="changed your seats 3 times"):
        holding(show, "A5")

    assert seat(show, "A4").status == "HELD"
    assert holding(show, "A4")  # which changes nothing
