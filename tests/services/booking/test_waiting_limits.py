"""How many wait from one place, and how often: services.booking.waiting."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from cinema.exceptions import (
    ShowShareReached,
    TooManyMails,
    WaitingListLimitReached,
)
from cinema.models import Payment, Show, WaitingEntry
from cinema.services.booking.holds import hold_seats
from cinema.services.booking.waiting import (
    leave_waiting_list,
    take_offer,
)
from cinema.services.money.settlement import settle_payment
from cinema.services.people.accounts import ask_for_password
from cinema.services.people.mail_requests import LISTS_OF_ONE
from tests.factories import (
    CONTACT,
    ShowFactory,
    held,
    lapsed,
    order_hold,
    report,
    seat_ids,
    sold,
    waiting,
)
from tests.mails import forget_mails, outbox
from tests.services.booking.waiting_lists import free, full_show, now_is

pytestmark = pytest.mark.django_db(transaction=True)

HOME, CAFE = "203.0.113.7", "198.51.100.1"


@pytest.fixture
def show():
    return full_show()


def line_up(show: Show, count: int, client_ip: str = HOME) -> list[WaitingEntry]:
    """Let so many parties join from there."""
    return [waiting(show, f"{number}@example.org", 1, client_ip) for number in range(count)]


def test_from_one_address_a_fifth_of_its_holds_waits_for_a_show_and_no_more(show, settings):
    settings.HOLDS_PER_ADDRESS = 15
    other = sold(ShowFactory(screen__plan="aa"), "A1 A2").show
    line_up(show, 3)
    forget_mails()

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
    forget_mails()

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
    forget_mails()

    ask_for_password(email="wanda@example.org", client_ip=HOME)

    assert len(outbox()) == 1


def test_mails_through_waiting_lists_are_limited(show):
    for _ in range(LISTS_OF_ONE):
        leave_waiting_list(code=waiting(show).code)
    forget_mails()

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
