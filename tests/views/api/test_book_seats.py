"""Bookings by JSON of seats and shows that cannot be had."""

import pytest

from cinema.models import ShowSeat, Theatre
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    USHER,
    ShowFactory,
    TheatreFactory,
    UserFactory,
    cancelled,
    held,
    owner,
    past,
    seat,
    seat_ids,
    sold,
    staff,
)
from tests.views.api.programs import Program, nothing_is_booked, sentences

pytestmark = pytest.mark.django_db


def test_seats_that_are_gone_are_named(show, kiosk):
    held(show, "A2", buyer="ben")
    sold(show, "A3", buyer="chitra")

    answer = kiosk.book(show, "A1 A2 A3")

    assert answer.status_code == 409
    assert answer.json() == {
        "error": "Row A, seats 2 and 3 were just taken.",
        "code": "seats_unavailable",
        "seats": [
            {"id": seat(show, "A2").pk, "label": "Row A, seat 2"},
            {"id": seat(show, "A3").pk, "label": "Row A, seat 3"},
        ],
    }
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_seats_the_same_program_booked_before_are_gone(show, kiosk):
    kiosk.book(show, "A1")

    assert kiosk.book(show, "A1").status_code == 409


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        (past, "This show has already started, so it can no longer be booked."),
        (cancelled, "This show was cancelled, so no seats can be booked."),
    ],
)
def test_a_past_or_cancelled_show_is_rejected(show, kiosk, over, sentence):
    over(show)

    answer = kiosk.book(show, "A1")

    assert answer.status_code == 409
    assert answer.json() == {"error": sentence, "code": "not_on_sale", "seats": []}
    assert nothing_is_booked()


def test_a_choice_that_leaves_a_seat_alone_is_refused_with_what_can_be_had_instead(kiosk):
    show = ShowFactory(screen__plan="aaaa\naaaaaaaa", screen__theatre__single_seats=Theatre.SingleSeats.WARN)

    answer = kiosk.book(show, "A1 A2 A3")

    said = answer.json()
    assert (answer.status_code, said["code"], said["may_insist"]) == (409, "strands_seats", True)
    assert said["error"] == "Please don’t leave a single seat (A 4) empty."
    assert said["seats"] == [{"id": seat(show, "A4").pk, "label": "Row A, seat 4"}]
    assert kiosk.book(show, "", seat_ids=said["choices"][0]).status_code == 201


@pytest.mark.parametrize(
    ("single_seats", "insist", "status"),
    [("WARN", True, 201), ("WARN", False, 409), ("WARN", None, 409), ("REFUSE", True, 409)],
)
def test_a_buyer_may_insist_on_leaving_a_single_seat_after_a_warning(single_seats, insist, status):
    show = ShowFactory(screen__plan="aaaa\naaaaaaaa", screen__theatre__single_seats=single_seats)

    assert Program(UserFactory()).book(show, "A1 A2 A3", insist=insist).status_code == status


@pytest.mark.parametrize(
    ("seller", "status"),
    [
        (lambda theatre: owner(), 201),
        (lambda theatre: staff(theatre, MANAGER), 201),
        (lambda theatre: staff(theatre, BOX_OFFICE), 201),
        (lambda theatre: staff(theatre, USHER), 409),
        (lambda theatre: staff(TheatreFactory(slug="elsewhere"), MANAGER), 409),
    ],
)
def test_and_by_staff_who_sell_there(seller, status):
    show = ShowFactory(screen__plan="aaaa\naaaaaaaa", screen__theatre__single_seats="REFUSE")

    assert Program(seller(show.screen.theatre)).book(show, "A1 A2 A3").status_code == status


@pytest.mark.parametrize("insist", ["yes", "true", 1, 0, 1.0, [True], {}, ""])
def test_insisting_is_true_or_false(show, kiosk, insist):
    assert sentences(kiosk.book(show, "A1", insist=insist), "insist") == ["This should be true or false."]


def test_half_a_love_seat_and_a_lone_companion_seat_are_refused(kiosk):
    show = ShowFactory(screen__plan="AA.kw")

    half, lone = kiosk.book(show, "A1").json(), kiosk.book(show, "A3").json()

    assert (half["code"], half["choices"]) == ("love_seats_are_pairs", [seat_ids(show, "A1 A2")])
    assert (lone["code"], lone["choices"], lone["may_insist"]) == ("companion_only", [], False)
    assert nothing_is_booked()


def test_a_free_carer_costs_nothing(kiosk):
    show = ShowFactory(screen__plan="kwaa", screen__theatre__carer_free=True)

    said = kiosk.book(show, "A1 A2").json()["ticket"]

    assert said["amount"] == "250.00"
    assert [line["price"] for line in said["seats"]] == ["0.00", "250.00"]
