"""Holding seats: services.booking.holds."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from cinema.exceptions import (
    DuplicateSeat,
    HoldExpired,
    HoldTimeLimitReached,
    NoSeats,
    SeatsUnavailable,
    ShowNotOnSale,
    TooManySeats,
    UnknownSeats,
    UnknownShow,
)
from cinema.models import Hold, SeatEvent, Show, ShowSeat, Ticket
from cinema.services.booking import holds
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import extend_hold, hold_seats, release_hold
from tests.factories import (
    ScreenFactory,
    ShowFactory,
    booked,
    cancelled,
    held,
    lapsed,
    past,
    seat,
    seat_ids,
    sold,
    ticket_of,
)
from tests.services.statements import on

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory()


def names(hold: Hold) -> str:
    return " ".join(sorted(f"{s.seat.row}{s.seat.number}" for s in hold.seats.select_related("seat")))


def test_a_hold_sets_the_seats_aside(show):
    hold = held(show, "B3 B4")

    assert seat(show, "B3").status == seat(show, "B4").status == ShowSeat.Status.HELD
    assert names(hold) == "B3 B4"


def test_a_hold_lasts_the_configured_minutes(show, settings):
    settings.HOLD_MINUTES = 7

    hold = held(show, "B3")

    assert hold.expires_at - hold.created_at == timedelta(minutes=7)


def test_a_hold_counts_its_seats_off_the_free_ones(show):
    held(show, "B3 B4")

    show.refresh_from_db()
    assert show.seats_free == show.seats_total - 2


def test_somebody_elses_seat_is_refused_by_name_and_nothing_is_held(show):
    held(show, "B3", buyer="ben")

    with pytest.raises(SeatsUnavailable, match="Row B, seat 3 was just taken") as refusal:
        held(show, "B3 B4", buyer="asha")

    assert [s.seat.label for s in refusal.value.seats] == ["Row B, seat 3"]
    assert seat(show, "B4").status == ShowSeat.Status.AVAILABLE


@pytest.mark.parametrize(
    "take",
    [
        lambda show: held(show, "B4", buyer="ben"),
        lambda show: sold(show, "B4", buyer="ben"),
        lambda show: show.seats.filter(pk=seat(show, "B4").pk).update(status=ShowSeat.Status.BLOCKED),
    ],
    ids=["held", "sold", "blocked"],
)
def test_a_seat_taken_since_the_check_without_locks_is_refused_under_the_lock(show, monkeypatch, take):
    take(show)
    monkeypatch.setattr(holds, "guard", lambda **request: None)

    with pytest.raises(SeatsUnavailable, match="Row B, seat 4") as refusal:
        held(show, "B3 B4")

    assert [taken.seat.label for taken in refusal.value.seats] == ["Row B, seat 4"]
    assert seat(show, "B3").status == ShowSeat.Status.AVAILABLE
    assert not Hold.objects.filter(buyer="asha").exists()


def test_a_seat_taken_out_of_the_show_since_the_check_without_locks_is_refused(show, monkeypatch):
    monkeypatch.setattr(holds, "guard", lambda **request: None)

    with pytest.raises(UnknownSeats):
        hold_seats(show_id=show.pk, seat_ids=[*seat_ids(show, "A1"), 0], buyer="asha")

    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"status": Show.Status.DRAFT}, UnknownShow),
        ({"status": Show.Status.CANCELLED}, ShowNotOnSale),
        ({"sales_end_at": Now()}, ShowNotOnSale),
        ({"sales_start_at": Now() + timedelta(minutes=1)}, ShowNotOnSale),
    ],
    ids=["draft", "cancelled", "over", "not begun"],
)
def test_a_show_taken_off_sale_since_the_check_without_locks_is_refused(show, monkeypatch, change, refusal):
    ids = seat_ids(show, "A1")
    Show.objects.filter(pk=show.pk).update(**change)
    monkeypatch.setattr(holds, "guard", lambda **request: None)

    with pytest.raises(refusal):
        hold_seats(show_id=show.pk, seat_ids=ids, buyer="asha")

    assert not Hold.objects.exists()


def test_holding_other_seats_changes_the_hold_without_prolonging_it(show):
    first = held(show, "B3 B4")

    second = held(show, "B4 B5")

    assert second == first
    assert second.expires_at == first.expires_at
    assert names(second) == "B4 B5"
    assert seat(show, "B3").status == ShowSeat.Status.AVAILABLE


def test_a_change_that_fails_leaves_the_hold_as_it_was(show):
    hold = held(show, "B3 B4")
    held(show, "B5", buyer="ben")

    with pytest.raises(SeatsUnavailable):
        held(show, "B4 B5")

    assert names(hold) == "B3 B4"


def test_holding_the_same_seats_again_changes_nothing(show):
    held(show, "B3 B4")
    show.refresh_from_db()
    before = show.revision

    held(show, "B3 B4")

    show.refresh_from_db()
    assert show.revision == before


def test_a_hold_that_ran_out_is_taken_over_by_the_next_buyer(show):
    old = lapsed(held(show, "B3 B4", buyer="ben"))

    new = held(show, "B3", buyer="asha")

    old.refresh_from_db()
    assert old.status == Hold.Status.EXPIRED
    assert names(new) == "B3"
    assert seat(show, "B4").status == ShowSeat.Status.AVAILABLE


def test_a_buyer_whose_hold_ran_out_gets_a_new_one(show):
    old = lapsed(held(show, "B3"))

    new = held(show, "B3 B4")

    assert new != old
    assert names(new) == "B3 B4"


def test_taking_over_an_expired_hold_keeps_the_buyers_own_active_one(show):
    mine = held(show, "A1")
    lapsed(held(show, "B3", buyer="ben"))

    again = held(show, "A1 B3")

    assert again == mine
    assert names(again) == "A1 B3"


def test_every_change_stands_in_the_ledger_without_a_gap(show):
    hold = held(show, "B3 B4")
    held(show, "B4")
    release_hold(code=hold.code, buyer="asha")

    events = SeatEvent.objects.filter(show=show).order_by("revision", "show_seat")
    assert [(e.revision, e.action) for e in events] == [(1, "HOLD"), (1, "HOLD"), (2, "RELEASE"), (3, "RELEASE")]


@pytest.mark.parametrize(
    ("chosen", "refusal"), [("", NoSeats), ("A1 A1", DuplicateSeat), ("A1 A2 A3 A4", TooManySeats)]
)
def test_a_choice_that_makes_no_sense_is_refused(show, settings, chosen, refusal):
    settings.MAX_SEATS = 3

    with pytest.raises(refusal):
        held(show, chosen)


def test_a_seat_of_another_show_is_refused(show):
    other = ShowFactory()

    with pytest.raises(UnknownSeats, match="There is no seat"):
        hold_seats(show_id=show.pk, seat_ids=[*seat_ids(show, "A1"), *seat_ids(other, "A2")], buyer="asha")


def test_an_unknown_show_is_refused(show):
    with pytest.raises(UnknownShow):
        hold_seats(show_id=show.pk + 1, seat_ids=[1], buyer="asha")


@pytest.mark.parametrize(("change", "word"), [(past, "started"), (cancelled, "cancelled")])
def test_a_show_that_is_not_on_sale_is_refused(show, change, word):
    change(show)

    with pytest.raises(ShowNotOnSale, match=word):
        held(show, "A1")


def test_extending_restarts_the_minutes(show):
    hold = held(show, "A1")
    Hold.objects.update(
        created_at=hold.created_at - timedelta(minutes=5), expires_at=hold.expires_at - timedelta(minutes=5)
    )

    extended = extend_hold(code=hold.code, buyer="asha")

    assert extended.expires_at - hold.expires_at < timedelta(seconds=10)


def test_more_time_never_goes_beyond_the_limit(show, settings):
    hold = held(show, "A1")
    Hold.objects.update(
        created_at=hold.created_at - timedelta(minutes=25),
        expires_at=hold.expires_at - timedelta(minutes=8),
        latest_at=hold.latest_at - timedelta(minutes=25),
    )

    extended = extend_hold(code=hold.code, buyer="asha")

    assert extended.expires_at - extended.created_at == timedelta(minutes=settings.HOLD_MAX_MINUTES)
    with pytest.raises(HoldTimeLimitReached, match="30 minutes"):
        extend_hold(code=hold.code, buyer="asha")


def test_more_time_never_shortens_a_hold_that_lasts_longer_already(show, settings):
    hold = held(show, "A1")
    later = hold.expires_at + timedelta(minutes=settings.HOLD_MINUTES)
    Hold.objects.update(expires_at=later, latest_at=later + timedelta(minutes=1))

    assert extend_hold(code=hold.code, buyer="asha").expires_at == later


def test_changing_seats_does_not_move_the_moment_until_which_a_hold_can_last(show):
    hold = held(show, "A1")
    latest = hold.expires_at - timedelta(minutes=1)
    Hold.objects.update(latest_at=latest)

    changed = held(show, "A2")

    assert changed == hold
    assert changed.latest_at == changed.expires_at == latest


@pytest.mark.parametrize("service", [extend_hold, release_hold])
def test_a_hold_that_ran_out_can_be_neither_extended_nor_released(show, service):
    hold = lapsed(held(show, "A1"))

    with pytest.raises(HoldExpired):
        service(code=hold.code, buyer="asha")


@pytest.mark.parametrize("service", [extend_hold, release_hold])
def test_nobody_touches_anothers_hold(show, service):
    hold = held(show, "A1", buyer="ben")

    with pytest.raises(HoldExpired):
        service(code=hold.code, buyer="asha")


def test_letting_go_frees_the_seats_at_once(show):
    hold = held(show, "A1 A2")

    release_hold(code=hold.code, buyer="asha")

    show.refresh_from_db()
    assert show.seats_free == show.seats_total
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_a_released_hold_is_over_and_so_is_its_unpaid_ticket(show):
    payment = booked(show, "A1")
    would_end = ticket_of(payment).hold.expires_at

    hold = release_hold(code=ticket_of(payment).hold.code, buyer="asha")

    hold.refresh_from_db()
    ticket_of(payment).refresh_from_db()
    assert (hold.status, ticket_of(payment).status) == (Hold.Status.RELEASED, Ticket.Status.EXPIRED)
    assert hold.expires_at < would_end
    assert not ticket_of(payment).seats.filter(active=True).exists()


def test_an_expired_hold_is_over_and_so_is_its_unpaid_ticket(show):
    payment = booked(show, "A1")
    hold = lapsed(ticket_of(payment).hold)

    release_expired(show_id=show.pk)

    hold.refresh_from_db()
    ticket_of(payment).refresh_from_db()
    assert (hold.status, ticket_of(payment).status) == (Hold.Status.EXPIRED, Ticket.Status.EXPIRED)
    assert not ticket_of(payment).seats.filter(active=True).exists()


def test_expired_holds_are_released_together_under_one_revision(show):
    lapsed(held(show, "A1", buyer="ben"))
    lapsed(held(show, "A2 A3", buyer="cleo"))
    living = held(show, "B1")
    show.refresh_from_db()

    freed = release_expired(show_id=show.pk)

    assert freed == 3
    assert SeatEvent.objects.filter(show=show, action="EXPIRE").values("revision").distinct().count() == 1
    assert names(living) == "B1"


def test_a_hold_takes_the_same_number_of_statements_for_any_number_of_seats(django_assert_num_queries):
    show = ShowFactory(screen=ScreenFactory(rows=5, columns=12))
    for buyer, chosen in [("a", "A1"), ("b", "B1 B2 B3"), ("c", "C1 C2 C3 C4 C5 C6 C7 C8 C9 C10")]:
        ids = seat_ids(show, chosen)
        # A savepoint and its release stand in for the transaction of real life.
        with django_assert_num_queries(on(sqlite=10, postgresql=8)):
            hold_seats(show_id=show.pk, seat_ids=ids, buyer=buyer)


@pytest.mark.parametrize("number", [1, 3, 8])
def test_changing_a_hold_takes_the_same_number_of_statements_for_any_number_of_seats(number, django_assert_num_queries):
    show = ShowFactory()
    held(show, " ".join(f"A{n}" for n in range(1, number + 1)))
    ids = seat_ids(show, " ".join(f"B{n}" for n in range(1, number + 1)))

    with django_assert_num_queries(on(sqlite=15, postgresql=12)):
        hold_seats(show_id=show.pk, seat_ids=ids, buyer="asha")


@pytest.mark.parametrize("number", [1, 3, 8])
def test_taking_over_expired_holds_takes_the_same_number_of_statements(number, django_assert_num_queries):
    show = ShowFactory()
    for n in range(1, number + 1):
        lapsed(held(show, f"A{n}", buyer=f"buyer {n}"))
    ids = seat_ids(show, " ".join(f"A{n}" for n in range(1, number + 1)))

    with django_assert_num_queries(on(sqlite=18, postgresql=14)):
        hold_seats(show_id=show.pk, seat_ids=ids, buyer="asha")
