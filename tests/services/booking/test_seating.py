"""The seating rules of a theatre, for holds and bookings: services.booking.seating."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import (
    CompanionOnlyWithWheelchair,
    LoveSeatsArePairs,
    NoBlockLeft,
    NoSeats,
    PaymentsUnavailable,
    PriceChanged,
    SeatsUnavailable,
    ShowNotOnSale,
    StrandsSeats,
    TooManySeats,
    UnknownCategory,
    UnknownShow,
)
from cinema.models import Hold, PaymentMode, Show, ShowSeat, Theatre
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.holds import hold_best, hold_seats
from cinema.services.booking.seat_requests import BestSeats
from tests.factories import (
    CONTACT,
    ShowFactory,
    cancelled,
    held,
    lapsed,
    order_hold,
    order_seats,
    past,
    seat,
    seat_ids,
    starting_in,
    ticket_of,
)
from tests.services.statements import on

pytestmark = pytest.mark.django_db

REFUSE, WARN, ALLOW = Theatre.SingleSeats.REFUSE, Theatre.SingleSeats.WARN, Theatre.SingleSeats.ALLOW


def show_where(single_seats: str, plan: str = "aaaaaaaa\naaaaaaaa", **fields) -> Show:
    return ShowFactory(screen__plan=plan, screen__theatre__single_seats=single_seats, **fields)


def hold(show: Show, names: str, buyer: str = "asha", **how) -> Hold:
    return hold_seats(show_id=show.pk, seat_ids=seat_ids(show, names), buyer=buyer, **how)


def book(show: Show, names: str, **how):
    return order_seats(
        show_id=show.pk,
        seat_ids=seat_ids(show, names),
        buyer="kiosk",
        contact=CONTACT,
        mode=PaymentMode.UPI,
        key=names,
        **how,
    )


def names(seats) -> list[str]:
    return sorted(f"{place.row}{place.number}" for place in seats)


def held_by(buyer: str) -> list[str]:
    return names(show_seat.seat for show_seat in ShowSeat.objects.filter(hold__buyer=buyer).select_related("seat"))


def block(show: Show, name: str) -> None:
    ShowSeat.objects.filter(pk=seat(show, name).pk).update(status=ShowSeat.Status.BLOCKED)


# A seat on its own


@pytest.mark.parametrize("single_seats", [REFUSE, WARN])
def test_a_choice_that_leaves_a_seat_alone_is_refused_and_nothing_is_held(single_seats):
    show = show_where(single_seats)

    with pytest.raises(StrandsSeats, match=r"single seat \(A 1\) empty") as refusal:
        hold(show, "A2 A3")

    assert names(refusal.value.seats) == ["A1"]
    assert refusal.value.may_insist == (single_seats == WARN)
    assert ["A1", "A2"] in map(names, refusal.value.choices)
    assert not Hold.objects.exists()


def test_several_seats_left_alone_are_all_named():
    with pytest.raises(StrandsSeats, match=r"single seats \(A 1, 6\) empty"):
        hold(show_where(REFUSE, plan="aaaaaa\naaaaaaaaa"), "A2 A3 A4 A5")


def test_every_choice_offered_is_accepted():
    show = show_where(REFUSE)
    with pytest.raises(StrandsSeats) as refusal:
        hold(show, "A2 A3 B2")

    for choice in refusal.value.choices:
        hold_seats(show_id=show.pk, seat_ids=[place.pk for place in choice], buyer="asha")
    assert unexplained_seats(show) == []


@pytest.mark.parametrize(
    ("choose", "single_seats", "how"),
    [
        (hold, ALLOW, {}),
        (book, ALLOW, {}),
        (hold, WARN, {"insist": True}),
        (book, WARN, {"insist": True}),
        (book, REFUSE, {"staff": True}),
        (book, WARN, {"staff": True}),
    ],
)
def test_a_single_seat_may_be_left_after_a_warning_and_by_staff(choose, single_seats, how):
    show = show_where(single_seats)

    choose(show, "A2 A3", **how)

    assert seat(show, "A2").status == ShowSeat.Status.HELD


@pytest.mark.parametrize("choose", [hold, book])
def test_insisting_does_not_help_where_the_theatre_refuses(choose):
    with pytest.raises(StrandsSeats):
        choose(show_where(REFUSE), "A2 A3", insist=True)


def test_what_cannot_be_avoided_is_held():
    show = show_where(REFUSE, plan="aaa\nbbbbbb")

    hold(show, "A1 A2")

    assert held_by("asha") == ["A1", "A2"]


def test_in_a_hall_that_is_nearly_full_anything_goes():
    show = show_where(REFUSE, plan="a" * 30 + "\n" + "a" * 30)
    ids = list(show.seats.filter(seat__row="A").values_list("pk", flat=True)) + list(
        show.seats.filter(seat__row="B", seat__number__gt=6).values_list("pk", flat=True)
    )
    ShowSeat.objects.filter(pk__in=ids).update(status=ShowSeat.Status.BLOCKED)

    hold(show, "B2 B3")

    assert held_by("asha") == ["B2", "B3"]


def test_the_buyers_own_seats_count_as_free_so_they_can_move_along_the_row():
    show = show_where(REFUSE)
    hold(show, "A1 A2")

    with pytest.raises(StrandsSeats, match=r"single seat \(A 1\) empty"):
        hold(show, "A2 A3")
    hold(show, "A3 A4")
    hold(show, "A1 A2 A3 A4")

    assert held_by("asha") == ["A1", "A2", "A3", "A4"]


def test_the_same_seats_are_held_again_whatever_the_rule_says_by_now():
    show = show_where(ALLOW)
    first = hold(show, "A2 A3")
    Theatre.objects.update(single_seats=REFUSE)

    assert hold(show, "A2 A3") == first
    with pytest.raises(StrandsSeats):
        hold(show, "A2 A3 B2")


def test_seats_of_a_hold_that_ran_out_count_as_free():
    show = show_where(REFUSE, plan="aaaaa\naaaaaaa")
    old = hold(show, "A3 A4 A5", buyer="ben")

    lapsed(old)

    hold(show, "A1 A2 A3")
    assert held_by("asha") == ["A1", "A2", "A3"]


def test_a_taken_seat_is_named_rather_than_one_left_alone():
    show = show_where(REFUSE)
    hold(show, "A3 A4", buyer="ben")

    with pytest.raises(SeatsUnavailable):
        hold(show, "A2 A3")


@pytest.mark.parametrize("rows", [2, 10])
def test_the_rule_takes_one_statement_and_a_refusal_two(rows, django_assert_num_queries):
    show = ShowFactory(screen__rows=rows, screen__columns=12)
    ids, others = seat_ids(show, "A1 A2"), seat_ids(show, "B2 B3")

    for single_seats, more in [(ALLOW, 0), (REFUSE, 1)]:
        Theatre.objects.update(single_seats=single_seats)
        with django_assert_num_queries(on(sqlite=10, postgresql=8) + more):
            hold_seats(show_id=show.pk, seat_ids=ids, buyer=single_seats)
        ShowSeat.objects.update(status=ShowSeat.Status.AVAILABLE, hold=None)
    with django_assert_num_queries(8), pytest.raises(StrandsSeats):  # show, hold, seats, row, hall; savepoint
        hold_seats(show_id=show.pk, seat_ids=others, buyer="asha")


# Wheelchair spaces and companion seats


@pytest.mark.parametrize("chosen", ["A1", "A1 A2 A4", "A1 A5"])
@pytest.mark.parametrize(("choose", "how"), [(hold, {}), (hold, {"insist": True}), (book, {"staff": True})])
def test_a_companion_seat_is_not_sold_without_a_wheelchair_place(choose, chosen, how):
    show = show_where(ALLOW, plan="kwak.aa")

    with pytest.raises(CompanionOnlyWithWheelchair, match="60 minutes before the film") as refusal:
        choose(show, chosen, **how)

    assert names(refusal.value.seats) == (["A4"] if "A2" in chosen else ["A1"])
    assert not Hold.objects.exists()


def test_a_companion_seat_is_sold_with_its_wheelchair_place():
    hold(show_where(REFUSE, plan="kwaaaa"), "A1 A2")

    assert held_by("asha") == ["A1", "A2"]


def test_shortly_before_the_show_a_companion_seat_is_sold_to_anybody():
    show = show_where(ALLOW, plan="kwaa", screen__theatre__companion_release=45)
    starting_in(show, timedelta(minutes=50))
    with pytest.raises(CompanionOnlyWithWheelchair):
        hold(show, "A1")

    starting_in(show, timedelta(minutes=40))
    hold(show, "A1")

    assert held_by("asha") == ["A1"]


@pytest.mark.parametrize(("carer_free", "amount"), [(True, 500), (False, 750)])
def test_the_price_agreed_is_the_price_on_the_ticket(carer_free, amount):
    show = show_where(ALLOW, plan="kwaa", screen__theatre__carer_free=carer_free)

    payment = book(show, "A1 A2 A3")

    ticket = ticket_of(payment)
    assert payment.amount == ticket.amount == amount
    assert sum(line.price for line in ticket.seats.all()) == amount


def test_a_checkout_charges_what_the_seats_cost_together():
    show = show_where(ALLOW, plan="kwaa", screen__theatre__carer_free=True)
    checkout = {"code": hold(show, "A1 A2").code, "buyer": "asha", "contact": CONTACT, "mode": PaymentMode.UPI}

    with pytest.raises(PriceChanged):
        order_hold(**checkout, key="a", seen=Decimal(500))
    payment = order_hold(**checkout, key="b", seen=Decimal(250))

    assert [line.price for line in ticket_of(payment).seats.order_by("price")] == [0, 250]


# Love seats


def test_half_a_love_seat_is_refused_with_its_other_half():
    show = show_where(ALLOW, plan="AAAAaa")

    with pytest.raises(LoveSeatsArePairs, match=r"the other halves \(A 1, 4\) too") as refusal:
        hold(show, "A2 A3 A5")

    assert names(refusal.value.others) == ["A1", "A4"]
    (choice,) = refusal.value.choices
    hold_seats(show_id=show.pk, seat_ids=[place.pk for place in choice], buyer="asha")
    assert held_by("asha") == ["A1", "A2", "A3", "A4", "A5"]


def test_half_a_love_seat_is_sold_when_nobody_can_have_the_other():
    show = show_where(ALLOW, plan="AA")
    block(show, "A1")

    hold(show, "A2")

    assert held_by("asha") == ["A2"]


def test_love_seats_beyond_the_limit_are_not_offered(settings):
    settings.MAX_SEATS = 1

    with pytest.raises(LoveSeatsArePairs) as refusal:
        hold(show_where(ALLOW, plan="AA"), "A1")

    assert refusal.value.choices == []


# The best seats


def best(show: Show, party: int, buyer: str = "asha", **wish):
    return hold_best(show_id=show.pk, best=BestSeats(party, **wish), buyer=buyer)


def test_the_best_seats_are_held_in_one_step():
    show = show_where(REFUSE, plan="aaaaaaa\naaaaaaa\naaaaaaa\naaaaaaa")

    found, places = best(show, 3)

    assert names(places) == held_by("asha") == ["C3", "C4", "C5"]
    assert found.buyer == "asha"
    assert unexplained_seats(show) == []


def test_the_best_seats_are_of_the_category_and_no_dearer_than_asked_for():
    show = show_where(ALLOW, plan="aaaa\nbbbb\nbbbb")
    classic, premium = (seat(show, name).seat.category_id for name in ("A1", "B1"))

    wishes = [{"category_id": classic}, {"category_id": premium}, {"ceiling": Decimal(250)}, {"ceiling": Decimal(350)}]
    for wish, row in zip(wishes, "ABAB", strict=True):
        _, found = best(show, 2, **wish)
        assert names(found) == [f"{row}2", f"{row}3"]


def test_asking_again_for_more_changes_the_hold():
    show = show_where(REFUSE)
    first, _ = best(show, 2)

    second, _ = best(show, 4)

    assert second == first
    assert len(held_by("asha")) == 4


@pytest.mark.parametrize("single_seats", [REFUSE, WARN, ALLOW])
def test_every_party_finds_a_place_until_the_hall_is_sold_out(single_seats):
    show = show_where(single_seats, plan="aaaaa.aaa\naaaa.aaaa\n,aaaaaaa")
    left, buyers = show.seats_total, 0
    for party in [3, 2, 4, 1, 2, 5, 3, 2, 1]:
        best(show, party, buyer=f"buyer {buyers}")
        left, buyers = left - party, buyers + 1

    assert left == 0
    with pytest.raises(NoBlockLeft, match="We can’t find"):
        best(show, 1)
    assert unexplained_seats(show) == []


def test_the_house_keeps_its_own_rule_as_long_as_it_can():
    show = show_where(REFUSE, plan="aaaaa\naaaaa")

    _, places = best(show, 2)

    with_the_same = [place.pk for place in places]
    assert hold_seats(show_id=show.pk, seat_ids=with_the_same, buyer="asha")
    ShowSeat.objects.update(status=ShowSeat.Status.AVAILABLE, hold=None)
    assert hold_seats(show_id=show.pk, seat_ids=with_the_same, buyer="ben")


@pytest.mark.parametrize(
    ("party", "wish", "refusal", "words"),
    [
        (0, {}, NoSeats, "at least one"),
        (11, {}, TooManySeats, "at most 10"),
        (5, {}, NoBlockLeft, "We can’t find 5 free seats to pick for you. Try fewer seats."),
        (
            2,
            {"ceiling": Decimal(10)},
            NoBlockLeft,
            "We can’t find 2 seats at that price. Try fewer seats, another area or a higher price.",
        ),
        (2, {"category_id": 0}, UnknownCategory, "no seats of that category"),
    ],
)
def test_what_cannot_be_found_is_said(party, wish, refusal, words):
    with pytest.raises(refusal, match=words):
        best(show_where(ALLOW, plan="aaaa"), party, **wish)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("over", [past, cancelled])
@pytest.mark.parametrize("party", [2, 5])
def test_at_a_show_that_is_not_on_sale_there_is_nothing_to_find(over, party):
    with pytest.raises(ShowNotOnSale):
        best(over(show_where(ALLOW, plan="aaaa")), party)


def test_at_no_show_there_is_nothing_to_find():
    with pytest.raises(UnknownShow):
        hold_best(show_id=4711, best=BestSeats(2), buyer="asha")


def test_where_nothing_is_sold_there_is_nothing_to_find(settings):
    settings.PAYMENT_GATEWAYS = {}
    with pytest.raises(PaymentsUnavailable):
        best(show_where(ALLOW), 2)


def test_finding_the_best_takes_over_what_ran_out():
    show = show_where(ALLOW, plan="aa")
    lapsed(held(show, "A1 A2", buyer="ben"))

    best(show, 2)

    assert held_by("asha") == ["A1", "A2"]
    assert unexplained_seats(show) == []


@pytest.mark.parametrize(("rows", "party"), [(2, 1), (5, 3), (20, 10)])
def test_finding_takes_the_same_number_of_statements_in_any_hall(rows, party, django_assert_num_queries):
    show = ShowFactory(screen__rows=rows, screen__columns=20)

    with django_assert_num_queries(on(sqlite=13, postgresql=11)):
        best(show, party)
