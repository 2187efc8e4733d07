"""The share of a show that one address may hold."""

import pytest

from cinema.exceptions import ShowShareReached
from cinema.services.booking.holds import release_hold
from cinema.services.money.settlement import settle_payment
from tests.factories import ScreenFactory, ShowFactory, lapsed, report
from tests.services.booking.hold_limits.holding import CAFE, HOME, booking, holding

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("shared")
def test_nobody_holds_more_than_a_share_of_a_show_from_one_address(show, shows):
    holding(show, "A1 A2 A3 A4 A5", buyer="ben")

    with pytest.raises(ShowShareReached, match="At most 8 seats of this show") as refusal:
        holding(show, "B1 B2 B3 B4", buyer="asha")

    assert (refusal.value.held, refusal.value.limit) == (5, 8)
    assert holding(show, "B1 B2 B3", buyer="asha")
    assert holding(show, "B4", buyer="cleo", client_ip=CAFE)
    assert holding(shows[1], "B1 B2 B3 B4", buyer="asha")


def test_without_a_share_a_client_may_hold_more_than_one_booking_of_a_show(show, limits):
    limits.MAX_SEATS = 2

    assert holding(show, "A1 A2", buyer="ben")
    assert holding(show, "A3 A4", buyer="asha")


@pytest.mark.usefixtures("shared")
def test_the_share_needs_no_other_limit(show, limits):
    limits.HOLDS_PER_BUYER = limits.HOLDS_PER_TOKEN = 0
    holding(show, "A1 A2 A3 A4 A5", buyer="ben")

    with pytest.raises(ShowShareReached):
        holding(show, "B1 B2 B3 B4", buyer="asha")


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
