"""Exchanging a ticket for another show: the pages."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from cinema.gateways.base import Result
from cinema.models import Order, Payment, Refund, Theatre, Ticket
from cinema.services.money.settlement import settle_payment
from tests.factories import (
    CONTACT,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    UserFactory,
    admitted,
    cancelled,
    held,
    report,
    seat_ids,
    sold,
    starting_in,
)
from tests.services.booking.prepaid import is_sound
from tests.views.browsers import answers, browser, checked, inputs, is_kept_nowhere, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(
        screen__plan="aaaa\nbbbb", screen__theatre__refund_percent=80, screen__theatre__buyer_exchanges=True
    )


@pytest.fixture
def other(show):
    """Another show of the film: 200 and 300 instead of 250 and 350."""
    screen = ScreenFactory(theatre=show.screen.theatre, name="Blue", plan="aaaa\nbbbb")
    return ShowFactory(movie=show.movie, screen=screen, price=200)


@pytest.fixture
def ticket(show):
    return sold(show, "A1 A2")


def shows(ticket: Ticket) -> str:
    return reverse("ticket-other-shows", args=[ticket.code])


def url_of(ticket: Ticket, show) -> str:
    return reverse("ticket-other-show", args=[ticket.code, show.pk])


def choose(ticket: Ticket, show, names: str = "", client=None, **more: str):
    asked = {"step": "confirm", "seats": seat_ids(show, names)} | more
    return (client or browser()).get(url_of(ticket, show), asked)


def confirm(ticket: Ticket, show, page, email: str = CONTACT.email, **more: object):
    return browser().post(url_of(ticket, show), answers(page) | {"email": email} | more)


def show_of(ticket: Ticket) -> int:
    return Ticket.objects.values_list("show", flat=True).get(pk=ticket.pk)


def test_the_ticket_leads_to_the_other_shows_of_the_film(show, other, ticket):
    ShowFactory(movie=MovieFactory(), screen__theatre=show.screen.theatre)
    assert shows(ticket) in browser().get(ticket.get_absolute_url()).content.decode()

    page = browser().get(shows(ticket))

    assert re.findall(r'href="(/tickets/\S+/other-shows/\S+)"', page.content.decode()) == [url_of(ticket, other)]
    assert "You can exchange your ticket until" in text(page)
    assert is_kept_nowhere(page)


def test_the_map_shows_which_seats_are_free_and_changes_nothing(other, ticket):
    held(other, "A4", buyer="ben")

    page = browser().get(url_of(ticket, other))

    free = {one["aria-label"]: "disabled" not in one for one in inputs(page) if one.get("name") == "seats"}
    assert len(free) == 8 and sum(free.values()) == 7
    assert "Choose 2 seats. If they cost less than yours" in text(page)


def test_the_difference_is_shown_before_the_exchange(show, other, ticket):
    page = choose(ticket, other, "A1 A2")

    said = text(page)
    assert "Exchange your ticket?" in said
    assert "The new seats cost ₹100 less. You’ll get ₹80 of it (80%) back." in said
    assert "It goes back to your UPI account. Your QR code stays the same." in said
    assert "Blue, A 1–2" in said
    assert show_of(ticket) == show.pk


def test_confirming_exchanges_the_ticket(other, ticket):
    answer = confirm(ticket, other, choose(ticket, other, "A1 A2"))

    assert (answer.status_code, answer.url) == (303, ticket.get_absolute_url())
    assert show_of(ticket) == other.pk
    assert Refund.objects.get().amount == 80
    assert is_sound()
    assert "QR code of this ticket" in browser().get(ticket.get_absolute_url()).content.decode()


def test_the_best_seats_are_chosen_on_request_and_shown_first(other, ticket):
    page = choose(ticket, other, best="1")

    assert "Blue, A 2–3" in text(page)
    assert confirm(ticket, other, page).status_code == 303
    assert show_of(ticket) == other.pk


def test_a_second_click_is_no_error_and_refunds_once(other, ticket):
    page = choose(ticket, other, "A1 A2")

    first, second = (confirm(ticket, other, page) for _ in range(2))

    assert first.status_code == 303 and second.status_code in (302, 303)
    assert Refund.objects.count() == 1


def test_the_difference_of_dearer_seats_is_asked_for_and_then_paid(show, other, ticket):
    page = choose(ticket, other, "B1 B2")
    said = text(page)
    assert "The new seats cost ₹100 more, which you pay now." in said
    assert "your ticket stays as it is until your payment has arrived." in said

    answer = confirm(ticket, other, page, mode="UPI")

    payment = Payment.objects.get(status="PENDING")
    assert (answer.status_code, answer.url, payment.amount) == (303, payment.pay_url, 100)
    waiting = browser().get(payment.get_absolute_url())
    assert "Waiting for your payment" in text(waiting) and "confirm ₹100" in text(waiting)
    assert show_of(ticket) == show.pk
    settle_payment(report=report(payment))
    done = browser().get(payment.get_absolute_url(), follow=True)
    assert done.redirect_chain[-1][0] == ticket.get_absolute_url()
    assert "You have your new seats." in text(done)
    assert show_of(ticket) == other.pk
    assert is_sound()


def test_dearer_seats_of_the_same_show_are_bought_from_the_page_that_changes_seats(show, ticket):
    change = browser().get(reverse("ticket-seats", args=[ticket.code]))
    assert url_of(ticket, show) in change.content.decode()
    page = browser().get(url_of(ticket, show))
    assert checked(page) == ["A1", "A2"]

    page = choose(ticket, show, "A1 B1")
    assert "A 1 · B 1" in text(page).partition("Your ticket then")[2]
    assert "It goes back" not in text(page)
    confirm(ticket, show, page, mode="UPI")
    again = browser().get(url_of(ticket, show))  # not paid yet: the seat that is held for it can be chosen again
    assert checked(again) == ["A1", "A2"]
    assert choose(ticket, show, "A1 B1").status_code == 200
    settle_payment(report=report(Payment.objects.get(status="PENDING")))

    assert set(ticket.seats.filter(active=True).values_list("show_seat", flat=True)) == set(seat_ids(show, "A1 B1"))
    cheap = choose(ticket, show, "A1 A2")
    assert (cheap.status_code, "already for this show" in text(cheap)) == (400, True)


@pytest.mark.parametrize("before", ["declined", "late"])
def test_an_unsuccessful_payment_leads_back_to_the_seats(show, ticket, before):
    confirm(ticket, show, choose(ticket, show, "A1 B1"), mode="UPI")
    payment = Payment.objects.get(status="PENDING")
    if before == "declined":
        settle_payment(report=report(payment, Result.DECLINED))
    else:
        admitted(ticket, "A1")
        settle_payment(report=report(payment))

    page = browser().get(payment.get_absolute_url())

    assert {"declined": "The payment was declined", "late": "could not be exchanged"}[before] in text(page)
    assert ("Your refund of ₹100 is on its way" in text(page)) == (before == "late")
    assert url_of(ticket, show) in page.content.decode()
    assert browser().get(payment.get_absolute_url(), headers={"HX-Request": "true"}).status_code == 200


def test_another_difference_than_the_one_shown_is_shown_again_first(show, other, ticket):
    page = confirm(ticket, other, choose(ticket, other, "B1 B2"), mode="UPI", seen="50")

    assert (page.status_code, "changed from ₹50 to ₹100" in text(page)) == (409, True)
    assert not Payment.objects.filter(status="PENDING").exists()
    assert confirm(ticket, other, page, mode="UPI").status_code == 303


def test_an_unknown_payment_method_is_refused(show, ticket):
    page = confirm(ticket, show, choose(ticket, show, "A1 B1"), mode="CASH")

    assert page.status_code == 400
    assert not Payment.objects.filter(status="PENDING").exists()


def test_dearer_seats_at_another_rate_of_tax_are_refused_at_the_map(other, ticket):
    ticket.seats.update(tax_percent=5)

    page = choose(ticket, other, "B1 B2")

    assert page.status_code == 409
    assert "These seats cost ₹100 more than yours" in text(page)
    assert [one["value"] for one in inputs(page) if "checked" in one] == list(map(str, seat_ids(other, "B1 B2")))


@pytest.mark.parametrize(("names", "said"), [("", "at least one seat"), ("A1", "Choose 2 seats")])
def test_another_number_of_seats_is_refused_at_the_map(other, ticket, names, said):
    page = choose(ticket, other, names)

    assert page.status_code == 400
    assert said in text(page)


def test_seats_of_other_shows_are_unknown(show, other, ticket):
    page = choose(ticket, other, "A1 A2")

    answer = confirm(ticket, other, page, seats=seat_ids(show, "A3 A4"))

    assert (answer.status_code, show_of(ticket)) == (400, show.pk)
    assert browser().get(url_of(ticket, other), {"step": "confirm", "seats": ["x", "1"]}).status_code == 400


def test_a_seat_that_went_in_between_is_named_and_the_ticket_stays(show, other, ticket):
    page = choose(ticket, other, "A1 A2")
    held(other, "A1 A2", buyer="ben")

    answer = confirm(ticket, other, page)

    assert answer.status_code == 409
    assert "were just taken" in text(answer)
    assert show_of(ticket) == show.pk


def test_another_refund_than_the_one_shown_is_shown_again_first(show, other, ticket):
    page = confirm(ticket, other, choose(ticket, other, "A1 A2"), seen="100")

    assert page.status_code == 409
    assert "The refund is now ₹80." in text(page)
    assert show_of(ticket) == show.pk
    assert confirm(ticket, other, page).status_code == 303


@pytest.mark.parametrize("email", ["ben@example.org", "", "nonsense"])
def test_nothing_is_exchanged_without_the_buyers_email(show, other, ticket, email):
    page = confirm(ticket, other, choose(ticket, other, "A1 A2"), email=email)

    assert page.status_code == 400
    assert show_of(ticket) == show.pk


def test_the_owner_exchanges_without_typing_the_email(client, other, ticket):
    user = UserFactory()
    Order.objects.update(user=user)
    client.force_login(user)

    answer = client.post(url_of(ticket, other), answers(choose(ticket, other, "A1 A2", client)))

    assert answer.url == ticket.get_absolute_url()


@pytest.mark.parametrize("why", ["off", "late", "inside"])
def test_a_refused_exchange_is_explained_in_a_sentence(show, other, ticket, why):
    page = choose(ticket, other, "A1 A2")
    if why == "off":
        Theatre.objects.update(buyer_exchanges=False)
    elif why == "late":
        starting_in(show, timedelta(minutes=30))
    else:
        admitted(ticket)

    answer = browser().get(shows(ticket))

    sentences = {"off": "can’t be exchanged online", "late": "It’s too late", "inside": "has been scanned at the door"}
    assert (answer.status_code, sentences[why] in text(answer)) == (409, True)
    assert confirm(ticket, other, page).url == shows(ticket)
    assert shows(ticket) not in browser().get(ticket.get_absolute_url()).content.decode()
    assert show_of(ticket) == show.pk


def test_a_show_elsewhere_is_unknown_and_a_cancelled_ticket_leads_to_its_page(show, other, ticket):
    elsewhere = ShowFactory(movie=show.movie)
    assert browser().get(url_of(ticket, elsewhere)).status_code == 404
    assert choose(ticket, elsewhere, "A1 A2").status_code == 404

    cancelled(show)
    assert browser().get(shows(ticket)).url == ticket.get_absolute_url()
