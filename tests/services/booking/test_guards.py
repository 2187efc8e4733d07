"""Rejecting without a lock what cannot succeed: services.booking.guards."""

from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from math import inf
from time import monotonic
from typing import Any

import pytest
from django.db.models.functions import Now

from cinema.exceptions import NoBlockLeft, SeatsUnavailable, UnknownSeats, UnknownShow
from cinema.models import Hold, Show, ShowSeat, Theatre
from cinema.selectors.booking import recent
from cinema.services.booking import guards
from cinema.services.booking.guards import guard, guard_best
from cinema.services.booking.holds import hold_seats, release_hold
from tests.factories import ShowFactory, cancelled, held, lapsed, past, seat_ids, sold

pytestmark = pytest.mark.django_db


@pytest.fixture
def full() -> Show:
    """A show of four seats: ben bought two, cleo holds the others."""
    show = ShowFactory(screen__plan="aaaa")
    sold(show, "A1 A2", buyer="ben")
    held(show, "A3 A4", buyer="cleo")
    return show


@pytest.fixture
def contested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every show has refused seats a moment ago."""
    monkeypatch.setattr(guards, "CONTESTED_FOR", inf)


def change(show: Show, **fields) -> Show:
    Show.objects.filter(pk=show.pk).update(**fields)
    return show


# The best seats


def test_the_best_seats_of_a_full_hall_are_refused_by_one_statement(full, django_assert_num_queries):
    with django_assert_num_queries(1), pytest.raises(NoBlockLeft) as refusal:
        guard_best(show_id=full.pk, party=3, buyer="asha")

    assert refusal.value.party == 1  # not even one is left


def test_a_party_larger_than_what_is_left_is_refused_by_its_size(full):
    change(full, seats_free=2)

    with pytest.raises(NoBlockLeft) as refusal:
        guard_best(show_id=full.pk, party=3, buyer="asha")
    guard_best(show_id=full.pk, party=2, buyer="asha")

    assert refusal.value.party == 3


def expire(show: Show) -> None:
    lapsed(Hold.objects.get(show=show, buyer="cleo"))


@pytest.mark.parametrize(
    "happens",
    [
        expire,
        lambda show: change(show, house_release_at=Now() - timedelta(minutes=1)),
        past,
        cancelled,
        lambda show: change(show, status=Show.Status.DRAFT),
    ],
    ids=["a hold has expired", "house seats are due", "over", "cancelled", "draft"],
)
def test_where_seats_may_come_free_or_none_are_sold_the_lock_decides(full, happens):
    happens(full)

    guard_best(show_id=full.pk, party=1, buyer="asha")


def test_a_buyer_with_seats_on_hold_may_get_as_many_others(full):
    guard_best(show_id=full.pk, party=2, buyer="cleo")


@pytest.mark.parametrize("happens", ["elsewhere", "released"])
def test_an_expired_hold_frees_nothing_elsewhere_or_once_it_is_over(full, happens):
    hold = lapsed(held(ShowFactory(), "A1", buyer="dora"))
    if happens == "released":
        Hold.objects.filter(pk=hold.pk).update(show=full, status=Hold.Status.RELEASED)

    with pytest.raises(NoBlockLeft):
        guard_best(show_id=full.pk, party=1, buyer="asha")


def test_house_seats_that_are_not_due_are_no_free_seats(full):
    change(full, house_release_at=Now() + timedelta(minutes=1))

    with pytest.raises(NoBlockLeft):
        guard_best(show_id=full.pk, party=1, buyer="asha")


@pytest.fixture
def fresh_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recent maps stay fresh for the whole test."""
    monkeypatch.setattr(recent, "LATELY", 3600.0)
    monkeypatch.setattr(recent, "SOON", timedelta(0))


def test_a_crowd_that_wants_the_best_of_a_full_hall_shares_one_map(full, fresh_maps, django_assert_num_queries):
    recent.recent_map(full.pk)

    with django_assert_num_queries(0):
        for buyer in ("asha", "ben", "dora"):
            with pytest.raises(NoBlockLeft) as refusal:
                guard_best(show_id=full.pk, party=2, buyer=buyer)
    assert refusal.value.party == 1


def test_in_a_full_hall_it_is_not_the_price_that_leaves_no_seat(full, fresh_maps):
    recent.recent_map(full.pk)

    with pytest.raises(NoBlockLeft) as refusal:
        guard_best(show_id=full.pk, party=2, buyer="asha", ceiling=Decimal(1000))
    assert "at that price" not in str(refusal.value)


def test_a_recent_map_refuses_nobody_who_has_seats_on_hold_there(full, fresh_maps):
    recent.recent_map(full.pk)

    guard_best(show_id=full.pk, party=2, buyer="cleo")


@pytest.mark.parametrize(
    ("party", "limits", "limited"),
    [(9, {}, False), (1, {"ceiling": Decimal(10)}, True), (9, {"ceiling": Decimal(1000)}, True)],
)
def test_a_recent_map_refuses_what_no_free_seats_fit(fresh_maps, party, limits, limited):
    show = ShowFactory(screen__rows=1, screen__columns=4)
    recent.recent_map(show.pk)

    with pytest.raises(NoBlockLeft) as refusal:
        guard_best(show_id=show.pk, party=party, buyer="asha", **limits)
    assert refusal.value.party == party
    assert ("at that price" in str(refusal.value)) is limited


@pytest.mark.parametrize("limits", [{}, {"ceiling": Decimal(250)}, {"category_id": 10**9}])
def test_where_a_recent_map_has_seats_or_not_the_area_the_lock_decides(fresh_maps, limits):
    show = ShowFactory(screen__rows=1, screen__columns=4)
    recent.recent_map(show.pk)

    guard_best(show_id=show.pk, party=2, buyer="asha", **limits)


@pytest.mark.parametrize(
    "happens", [past, cancelled, lambda show: change(show, house_release_at=Now() - timedelta(minutes=1))]
)
def test_a_map_of_a_show_that_is_off_or_whose_house_seats_are_due_refuses_nobody(full, fresh_maps, happens):
    happens(full)
    recent.recent_map(full.pk)

    guard_best(show_id=full.pk, party=1, buyer="asha")


def test_the_prices_of_a_recent_map_are_those_of_the_website(fresh_maps):
    show = ShowFactory(screen__rows=1, screen__columns=4)
    Theatre.objects.update(web_fee=30)
    recent.recent_map(show.pk)

    guard_best(show_id=show.pk, party=2, buyer="asha", ceiling=Decimal(280))
    with pytest.raises(NoBlockLeft):
        guard_best(show_id=show.pk, party=2, buyer="asha", ceiling=Decimal(279))


@pytest.mark.usefixtures("contested")
@pytest.mark.parametrize(("seconds", "is_refused"), [(0.1, True), (0.4, False)])
def test_a_recent_map_is_as_old_as_what_it_read_however_long_it_took(full, monkeypatch, seconds, is_refused):
    """The machine may be busy: what was read 0.6 seconds ago refuses nobody, though the map was ready just now."""
    clock, read = [1000.0], recent.shared_map

    def read_slowly(*arguments: Any, **more: Any) -> Any:
        found = read(*arguments, **more)
        clock[0] += seconds
        return found

    monkeypatch.setattr(recent, "LATELY", 0.5)
    monkeypatch.setattr(recent, "monotonic", lambda: clock[0])
    monkeypatch.setattr(recent, "shared_map", read_slowly)
    recent.recent_map(full.pk)
    released_by_cleo(full)
    clock[0] += 0.2

    for want in (
        lambda: guard(show_id=full.pk, seat_ids=seat_ids(full, "A3 A4"), buyer="asha"),
        lambda: guard_best(show_id=full.pk, party=2, buyer="asha"),
    ):
        with pytest.raises((SeatsUnavailable, NoBlockLeft)) if is_refused else nullcontext():
            want()


def released_by_cleo(show: Show) -> None:
    release_hold(code=Hold.objects.get(show=show, buyer="cleo").code, buyer="cleo")


def test_a_process_keeps_a_bounded_number_of_recent_maps(fresh_maps, monkeypatch):
    monkeypatch.setattr(recent, "MOST_MAPS", 2)
    shows = [ShowFactory(screen__rows=1, screen__columns=2) for _ in range(4)]
    for show in shows:
        recent.recent_map(show.pk)

    assert list(recent._maps) == [show.pk for show in shows[2:]]
    assert recent.recent_map(10**6) is None


# These seats


def test_only_a_show_that_refused_seats_a_moment_ago_is_looked_at(full, monkeypatch, django_assert_num_queries):
    gone = {"show_id": full.pk, "seat_ids": seat_ids(full, "A1"), "buyer": "asha"}
    with django_assert_num_queries(0):
        guard(**gone)
    with pytest.raises(SeatsUnavailable):  # by what is locked
        hold_seats(**gone)
    with django_assert_num_queries(1), pytest.raises(SeatsUnavailable):
        guard(**gone)

    later = monotonic() + guards.CONTESTED_FOR + 1
    monkeypatch.setattr(guards, "monotonic", lambda: later)
    with django_assert_num_queries(0):
        guard(**gone)


def test_each_refusal_has_the_show_looked_at_for_longer(full, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(guards, "monotonic", lambda: clock[0])
    guards.mark_contested(full.pk)

    for _ in range(3):
        clock[0] += guards.CONTESTED_FOR
        with pytest.raises(SeatsUnavailable):
            guard(show_id=full.pk, seat_ids=seat_ids(full, "A1"), buyer="asha")


def test_a_process_remembers_a_bounded_number_of_shows_that_refused_seats(monkeypatch):
    monkeypatch.setattr(guards, "MOST_CONTESTED", 2)
    for show_id in (1, 2, 1, 3, 3):
        guards.mark_contested(show_id)

    assert list(guards._contested) == [1, 3]


@pytest.mark.usefixtures("contested")
def test_all_seats_that_are_gone_are_named_by_one_statement(full, django_assert_num_queries):
    ids = seat_ids(full, "A4 A2")

    with django_assert_num_queries(1), pytest.raises(SeatsUnavailable) as refusal:
        guard(show_id=full.pk, seat_ids=ids, buyer="asha")

    assert [(gone.pk, gone.seat.label) for gone in refusal.value.seats] == [
        (ids[1], "Row A, seat 2"),
        (ids[0], "Row A, seat 4"),
    ]


@pytest.mark.usefixtures("contested")
def test_seats_of_no_show_are_unknown_and_so_is_a_show_that_is_not_there_or_a_draft(full):
    with pytest.raises(UnknownSeats):
        guard(show_id=full.pk, seat_ids=[0], buyer="asha")
    with pytest.raises(UnknownShow):
        guard(show_id=full.pk + 1, seat_ids=[0], buyer="asha")
    change(full, status=Show.Status.DRAFT)
    with pytest.raises(UnknownShow):
        guard(show_id=full.pk, seat_ids=[0], buyer="asha")


@pytest.mark.usefixtures("contested")
def test_own_seats_and_those_of_an_expired_hold_are_not_gone(full):
    guard(show_id=full.pk, seat_ids=seat_ids(full, "A3 A4"), buyer="cleo")
    expire(full)
    guard(show_id=full.pk, seat_ids=seat_ids(full, "A3 A4"), buyer="asha")


@pytest.mark.usefixtures("contested")
@pytest.mark.parametrize(("minutes", "is_gone"), [(None, True), (1, True), (-1, False)])
def test_a_blocked_seat_is_gone_until_house_seats_are_due(minutes, is_gone):
    show = ShowFactory(screen__plan="aa")
    show.seats.update(status=ShowSeat.Status.BLOCKED)
    if minutes:
        change(show, house_release_at=Now() + timedelta(minutes=minutes))

    if is_gone:
        with pytest.raises(SeatsUnavailable):
            guard(show_id=show.pk, seat_ids=seat_ids(show, "A1"), buyer="asha")
    else:
        guard(show_id=show.pk, seat_ids=seat_ids(show, "A1"), buyer="asha")


@pytest.mark.usefixtures("contested")
def test_a_sold_seat_is_gone_though_house_seats_are_due(full):
    change(full, house_release_at=Now() - timedelta(minutes=1))

    with pytest.raises(SeatsUnavailable):
        guard(show_id=full.pk, seat_ids=seat_ids(full, "A1"), buyer="asha")
