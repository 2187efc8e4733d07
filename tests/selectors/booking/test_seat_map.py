"""The seats of a show for one buyer: selectors.booking.seat_map."""

from decimal import Decimal

import pytest

from cinema.models import Screen, ShowSeat
from cinema.selectors.booking.seat_map import (
    FREE,
    HELD,
    MINE,
    SOLD,
    SeatView,
    live_state,
    seat_map,
    show_for_sale,
)
from cinema.selectors.booking.shared_maps import seat_changes
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import release_hold
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ScreenFactory, ShowFactory, held, lapsed, seat, seat_ids, sold

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory()


def views(show, buyer="asha", chosen=()) -> dict[str, SeatView]:
    """The seats of the map by their names."""
    rows = seat_map(show_for_sale(show.pk), buyer, chosen).rows
    return {f"{view.row}{view.number}": view for row in rows for view in row.seats}


def changed(show, since, buyer="asha") -> dict[str, str]:
    """Names and states of what changed."""
    return {f"{view.row}{view.number}": view.state for view in seat_changes(show_for_sale(show.pk), buyer, since)}


def block(show, name):
    ShowSeat.objects.filter(pk=seat(show, name).pk).update(status=ShowSeat.Status.BLOCKED)


def test_a_seat_has_an_accessible_name():
    show = ShowFactory(screen__plan="aaa\nbbb", price=150)

    assert views(show)["B2"].name == "Row B, seat 2, Premium, ₹250, available"


@pytest.mark.parametrize(
    ("happens", "state", "word"),
    [
        (lambda show: held(show, "A2", buyer="asha"), MINE, "held for you"),
        (lambda show: held(show, "A2", buyer="ben"), HELD, "held by someone else"),
        (lambda show: sold(show, "A2", buyer="ben"), SOLD, "taken"),
        (lambda show: block(show, "A2"), SOLD, "taken"),
        (lambda show: lapsed(held(show, "A2", buyer="ben")), FREE, "available"),
        (lambda show: lapsed(held(show, "A2", buyer="asha")), FREE, "available"),
        (lambda show: cancel_ticket(code=sold(show, "A2").code), FREE, "available"),
    ],
    ids=["mine", "another's", "sold", "blocked", "another's hold ran out", "my hold ran out", "cancelled"],
)
def test_the_name_of_a_seat_includes_its_state(show, happens, state, word):
    happens(show)

    view = views(show)["A2"]

    assert (view.state, view.name.rpartition(", ")[2]) == (state, word)
    assert view.open == (state in (FREE, MINE))


def test_only_the_buyers_own_held_seats_are_ticked(show):
    held(show, "A1 A2", buyer="asha")
    held(show, "B1", buyer="ben")

    assert [name for name, view in views(show).items() if view.checked] == ["A1", "A2"]


def test_chosen_seats_that_are_still_free_stay_ticked(show):
    held(show, "B1", buyer="ben")

    chosen = views(show, chosen=seat_ids(show, "B1 B2"))

    assert [name for name, view in chosen.items() if view.checked] == ["B2"]


def test_a_buyer_without_a_hold_has_no_seats(show):
    held(show, "A1", buyer="asha")

    assert views(show, buyer="")["A1"].state == HELD


@pytest.mark.parametrize(("plan", "said"), [("wa", "wheelchair space"), ("ka", "companion seat")])
def test_a_special_seat_has_its_kind_in_name_and_class(plan, said):
    view = views(ShowFactory(screen__plan=plan))["A1"]

    assert view.name == f"Row A, seat 1, {said}, Classic, ₹250, available"
    assert said.split()[0] in view.classes


def test_the_halves_of_a_love_seat_are_linked():
    show = ShowFactory(screen__plan="aAAAA")
    seats = views(show)

    assert [seats[name].partner for name in ("A1", "A2", "A3")] == [None, seats["A3"].id, seats["A2"].id]
    assert seats["A2"].name == "Row A, seat 2, love seat, Classic, ₹250, available"
    assert [seats[f"A{n}"].classes.split()[-1] for n in (2, 3, 4, 5)] == ["love-start", "love-end"] * 2


@pytest.mark.parametrize("carer_free", [True, False])
def test_a_companion_seat_is_linked_with_the_spaces_that_make_it_free(carer_free):
    seats = views(ShowFactory(screen__plan="wkwka", screen__theatre__carer_free=carer_free))

    assert list(seats["A2"].free_with) == ([seats["A1"].id, seats["A3"].id] if carer_free else [])
    assert not seats["A1"].free_with


def test_a_changed_seat_keeps_its_links():
    show = ShowFactory(screen__plan="AA")
    held(show, "A1 A2", buyer="ben")

    left, right = seat_changes(show_for_sale(show.pk), "", 0)

    assert (left.partner, right.partner) == (right.id, left.id)


def test_rows_come_from_the_front_and_seats_from_the_left():
    rows = seat_map(show_for_sale(ShowFactory(screen__plan="aaa\nbb").pk), "").rows

    assert [(row.name, [view.number for view in row.seats]) for row in rows] == [("A", [1, 2, 3]), ("B", [1, 2])]


def test_an_aisle_is_a_gap_before_the_next_seat():
    """Counted in half seats; a staggered row begins with half a seat of space."""
    seats = views(ShowFactory(screen__plan="aa.aa\n,aaaa"))

    assert [seats[name].gap for name in ("A1", "A2", "A3", "A4", "B1", "B2")] == [0, 0, 2, 0, 1, 0]


def test_a_row_behind_a_cross_aisle_is_marked():
    rows = seat_map(show_for_sale(ShowFactory(screen__plan="aa\n\naa\naa").pk), "").rows

    assert [row.after_aisle for row in rows] == [False, True, False]


def test_in_a_curved_hall_the_ends_of_rows_bend_most():
    curved = views(ShowFactory(screen__plan="a" * 9, screen__shape=Screen.Shape.CURVED))
    bends = [curved[f"A{number}"].bend for number in range(1, 10)]

    assert bends[4] == 0
    assert bends == bends[::-1]
    assert bends[:5] == sorted(bends[:5], reverse=True)
    assert bends[0] > 0


def test_a_straight_hall_does_not_bend(show):
    assert {view.bend for view in views(show).values()} == {0}


def test_a_hall_may_have_a_single_seat():
    show = ShowFactory(screen__plan="a", screen__shape=Screen.Shape.CURVED)

    assert list(views(show)) == ["A1"]


def test_the_legend_has_each_category_with_its_price_the_plainest_first():
    show = ShowFactory(screen__plan="cc\naa\nbb", price=100)

    prices = seat_map(show_for_sale(show.pk), "").prices

    assert [(price.category, price.lowest, price.highest) for price in prices] == [
        ("Classic", 100, 100),
        ("Premium", 200, 200),
        ("Recliner", 300, 300),
    ]


def test_a_category_with_two_prices_lists_both(show):
    ShowSeat.objects.filter(pk=seat(show, "A1").pk).update(price=Decimal(199))

    assert [(price.lowest, price.highest) for price in seat_map(show_for_sale(show.pk), "").prices] == [(199, 250)]


def test_the_map_counts_what_is_free_and_what_is_mine(show):
    held(show, "A1 A2", buyer="asha")
    held(show, "A3", buyer="ben")
    lapsed(held(show, "A4", buyer="cleo"))

    whole = seat_map(show_for_sale(show.pk), "asha")

    assert (whole.mine, whole.free) == (2, 24 - 3)


def test_only_seats_changed_since_a_revision_are_returned(show):
    held(show, "A1", buyer="dora")
    since = show_for_sale(show.pk).revision
    assert changed(show, since) == {}

    hold = held(show, "B1 B2", buyer="ben")
    sold(show, "C1", buyer="cleo")
    assert changed(show, since) == {"B1": HELD, "B2": HELD, "C1": SOLD}

    release_hold(code=hold.code, buyer="ben")
    assert changed(show, since) == {"B1": FREE, "B2": FREE, "C1": SOLD}


def test_the_buyers_own_changes_are_returned_as_own(show):
    held(show, "B1", buyer="asha")

    assert changed(show, 0, buyer="asha") == {"B1": MINE}
    assert changed(show, 0, buyer="ben") == {"B1": HELD}


def test_a_changed_seat_keeps_its_place():
    show = ShowFactory(screen=ScreenFactory(plan="aa.aa", shape=Screen.Shape.CURVED))
    before = views(show)["A3"]
    held(show, "A3", buyer="ben")

    (after,) = seat_changes(show_for_sale(show.pk), "", 0)

    assert (after.gap, after.bend) == (before.gap, before.bend) == (2, before.bend)


def test_the_live_state_has_the_revision_and_expired_holds(show):
    assert live_state(show.pk) == (0, True, False)

    hold = held(show, "A1")
    assert live_state(show.pk) == (1, True, False)

    lapsed(hold)
    assert live_state(show.pk) == (1, True, True)

    release_expired(show_id=show.pk)
    assert live_state(show.pk) == (2, True, False)


def test_a_show_that_does_not_exist_has_no_live_state(show):
    assert live_state(show.pk + 1) is None


def test_the_whole_map_is_one_statement_for_any_hall(django_assert_num_queries):
    for rows, columns in [(3, 8), (8, 12), (10, 30)]:
        show = show_for_sale(ShowFactory(screen__rows=rows, screen__columns=columns).pk)
        held(show, "A1 A2 A3", buyer="ben")
        with django_assert_num_queries(1):
            assert len([view for row in seat_map(show, "asha").rows for view in row.seats]) == rows * columns
