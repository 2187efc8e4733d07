"""Changing the seats of a paid ticket: the page."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from cinema.models import Order, Theatre, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    CONTACT,
    ScreenFactory,
    ShowFactory,
    UserFactory,
    booked,
    held,
    seat,
    seat_ids,
    sold,
    starting_in,
    ticket_of,
)
from tests.views.browsers import browser, checked, inputs, is_kept_nowhere, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaaaaww\nbbbbbbbb")


@pytest.fixture
def ticket(show):
    return sold(show, "A1 A2")


def address(ticket: Ticket) -> str:
    return reverse("ticket-seats", args=[ticket.code])


def move(ticket: Ticket, names: str, email: str = CONTACT.email, **more: str):
    return browser().post(address(ticket), {"seats": seat_ids(ticket.show, names), "email": email} | more)


def offers(response) -> list[str]:
    return re.findall(r'name="instead" value="([^"]+)"', response.content.decode())


def seats(response) -> dict[str, bool]:
    """The accessible names of the seats, and whether each can be chosen."""
    return {field["aria-label"]: "disabled" not in field for field in inputs(response) if field.get("name") == "seats"}


def test_the_ticket_leads_to_the_map_on_which_its_own_seats_are_ticked(show, ticket):
    held(show, "A4", buyer="ben")

    assert address(ticket) in browser().get(ticket.get_absolute_url()).content.decode()
    page = browser().get(address(ticket))

    assert checked(page) == ["A1", "A2"]
    said = seats(page)
    assert said["Row A, seat 1, Classic, ₹250, yours"]
    assert said["Row A, seat 3, Classic, ₹250, available"]
    assert not said["Row A, seat 4, Classic, ₹250, held by someone else"]
    assert not said["Row B, seat 1, Premium, ₹350, another price"]
    assert not said["Row A, seat 7, wheelchair space, Classic, ₹250, another kind of seat"]
    assert is_kept_nowhere(page)


def test_the_map_does_not_ask_for_changes_as_another_buyer_would_see_them(ticket):
    assert "seat-map-updates" not in browser().get(address(ticket)).content.decode()


def test_posting_other_seats_moves_there_and_leads_to_the_ticket(show, ticket):
    response = move(ticket, "A2 A3")

    assert (response.status_code, response["Location"]) == (303, ticket.get_absolute_url())
    page = text(browser().get(ticket.get_absolute_url()))
    assert "Row A, seat 3" in page
    assert "Row A, seat 1" not in page
    assert unexplained_seats(show) == []


def test_the_same_click_twice_is_a_success_twice(ticket):
    assert [move(ticket, "A2 A3").status_code for _click in range(2)] == [303, 303]


def test_a_seat_that_was_just_taken_is_named_with_what_is_free_beside_it(show, ticket):
    held(show, "A4", buyer="ben")

    page = move(ticket, "A2 A4")

    assert page.status_code == 409
    assert "Row A, seat 4 was just taken. Seats 3 and 5 beside it are free." in text(page)
    assert checked(page) == ["A2"]


@pytest.mark.parametrize(
    ("names", "status", "sentence"),
    [
        ("A1", 400, "Choose 2 seats – the same number you booked."),
        ("", 400, "Please choose at least one seat."),
        ("A1 B1", 409, "Row B, seat 1 costs ₹350; you can only move to seats at ₹250."),
        ("A1 A7", 409, "Row A, seat 7 is a different kind of seat (wheelchair space) from yours (standard)."),
    ],
)
def test_a_rejected_choice_shows_the_reason_and_moves_nothing(ticket, names, status, sentence):
    page = move(ticket, names)

    assert page.status_code == status
    assert sentence in text(page)
    assert seat(ticket.show, "A2").status == "BOOKED"


@pytest.mark.parametrize("email", ["ben@example.org", "", "nonsense"])
def test_whoever_does_not_know_the_address_cannot_move(ticket, email):
    page = move(ticket, "A2 A3", email)

    assert page.status_code == 400
    assert checked(page) == ["A2", "A3"]
    assert seat(ticket.show, "A3").status == "AVAILABLE"


def test_the_owner_moves_without_typing_the_address(client, ticket):
    owner = UserFactory()
    Order.objects.update(user=owner)
    client.force_login(owner)

    assert client.post(address(ticket), {"seats": seat_ids(ticket.show, "A2 A3")}).status_code == 303


@pytest.mark.parametrize("ask", ["get", "post"])
def test_after_the_cut_off_the_answer_is_a_refusal_in_a_sentence(client, show, ticket, ask):
    starting_in(show, timedelta(minutes=119))

    response = getattr(client, ask)(address(ticket), {"email": CONTACT.email, "seats": seat_ids(show, "A2 A3")})

    assert response.status_code == 409
    assert "until 120 minutes before the show" in text(response)
    assert not seats(response)
    assert address(ticket) not in client.get(ticket.get_absolute_url()).content.decode()


def test_tickets_that_are_cancelled_or_not_paid_have_no_seats_to_change(show, ticket):
    cancel_ticket(code=ticket.code)

    assert "is cancelled" in text(browser().get(address(ticket)))
    assert "once it is paid" in text(browser().get(address(ticket_of(booked(show, "A3")))))


def test_an_unknown_code_is_not_found(client):
    assert client.get(reverse("ticket-seats", args=["nobody"])).status_code == 404


@pytest.mark.parametrize(("columns", "names"), [(4, "A1"), (12, "A1 A2 A3 A4")])
def test_the_page_asks_the_database_as_often_for_a_large_hall_as_for_a_small_one(
    client, columns, names, django_assert_num_queries
):
    ticket = sold(ShowFactory(screen=ScreenFactory(rows=3, columns=columns)), names)

    with django_assert_num_queries(5):
        client.get(address(ticket))


@pytest.mark.parametrize(("rule", "insisting"), [("REFUSE", 409), ("WARN", 303)])
def test_a_change_that_leaves_a_single_seat_is_refused_or_only_warned_of(rule, insisting):
    show = ShowFactory(screen__plan="aaaa\naaaa", screen__theatre__single_seats=Theatre.SingleSeats(rule))
    ticket = sold(show, "A1 A2")

    page = move(ticket, "B2 B3")
    assert page.status_code == 409
    assert "Please don’t leave" in text(page)
    assert offers(page)
    assert move(ticket, "B2 B3", insist="1").status_code == insisting
    assert unexplained_seats(show) == []


def test_the_seats_a_ticket_leaves_are_free_when_its_move_is_judged():
    show = ShowFactory(screen__plan="aaaa", screen__theatre__single_seats=Theatre.SingleSeats.REFUSE)
    ticket = sold(show, "A1 A2")

    assert move(ticket, "A3 A4").status_code == 303


def test_only_seats_the_ticket_can_have_are_offered():
    show = ShowFactory(screen__plan="aaaaaa\nbbbbbb")
    ticket = sold(show, "A1 B1")
    held(show, "A3", buyer="ben")

    page = move(ticket, "A3 B3")

    assert page.status_code == 409
    assert offers(page) == []
