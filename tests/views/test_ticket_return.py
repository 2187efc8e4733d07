"""Cancelling some seats of a ticket: the page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cinema.models import Order, Refund, Theatre, Ticket
from tests.factories import (
    CONTACT,
    ShowFactory,
    UserFactory,
    admitted,
    cancelled,
    held,
    seat_ids,
    sold,
    starting_in,
    ticket_of,
    vouchers,
)
from tests.services.booking.prepaid import check_out, is_sound, paid
from tests.views.browsers import answers, browser, inputs, is_kept_nowhere, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(
        screen__plan="aaaaaa\nkwAAaa",
        screen__theatre__refund_percent=80,
        screen__theatre__cancel_cutoff=120,
        screen__theatre__web_fee=20,
    )


@pytest.fixture
def ticket(show):
    return sold(show, "A1 A2 A3")


def url_of(ticket: Ticket) -> str:
    return reverse("ticket-return", args=[ticket.code])


def ask(ticket: Ticket, names: str, client=None):
    """What is refunded for these seats."""
    return (client or browser()).get(url_of(ticket), {"seats": seat_ids(ticket.show, names), "step": "confirm"})


def confirm(ticket: Ticket, page, email: str = CONTACT.email, **more: object):
    return browser().post(url_of(ticket), answers(page) | {"email": email} | more)


def active(ticket: Ticket) -> list[int]:
    return sorted(ticket.seats.filter(active=True).values_list("show_seat__seat__number", flat=True))


def test_the_ticket_leads_to_its_seats_to_choose_from(ticket):
    assert url_of(ticket) in browser().get(ticket.get_absolute_url()).content.decode()

    page = browser().get(url_of(ticket))

    assert [field["type"] for field in inputs(page) if field.get("name") == "seats"] == ["checkbox"] * 3
    assert "Row A, seat 1, ₹250" in text(page)
    assert "You’ll get 80% of their price back. The booking fee is not refunded." in text(page)
    assert is_kept_nowhere(page)


def test_what_is_refunded_and_what_stays_is_shown_before_anything_is_cancelled(ticket):
    page = ask(ticket, "A2")

    said = text(page)
    assert "Cancel this seat?" in said and "Row A, seat 2" in said
    assert "You’ll get ₹200 of ₹250 (80%) back. It goes back to your UPI account." in said
    assert "You keep A 1, 3. Your QR code stays the same." in said
    assert "This can’t be undone." in said
    assert active(ticket) == [1, 2, 3]


def test_confirming_cancels_the_seat_and_leads_to_the_ticket_of_the_others(ticket):
    answer = confirm(ticket, ask(ticket, "A2"))

    assert (answer.status_code, answer.url) == (303, ticket.get_absolute_url())
    assert active(ticket) == [1, 3]
    page = browser().get(ticket.get_absolute_url())
    assert "QR code of this ticket" in page.content.decode()
    assert "Your refund of ₹200 is on its way to your UPI account." in text(page)
    assert "Admit 2" in text(page)
    assert is_sound()


def test_a_second_click_is_no_error_and_refunds_once(ticket):
    page = ask(ticket, "A2")

    assert [confirm(ticket, page).status_code for _ in range(2)] == [303, 303]
    assert Refund.objects.count() == 1


def test_all_seats_lead_to_the_cancellation_of_the_ticket(ticket):
    whole = reverse("ticket-cancellation", args=[ticket.code])

    assert ask(ticket, "A1 A2 A3").url == whole
    assert browser().get(url_of(sold(ticket.show, "A5"))).url.endswith("/cancellation/")
    assert url_of(ticket) in browser().get(whole).content.decode()


def test_the_last_seats_are_not_cancelled_from_an_old_page(ticket):
    page = ask(ticket, "A2 A3")
    confirm(ticket, ask(ticket, "A1"))

    answer = confirm(ticket, page)

    assert (answer.status_code, active(ticket)) == (409, [2, 3])
    assert "Please cancel the whole order instead." in text(answer)
    assert confirm(ticket, page, email="ben@example.org").status_code == 400


def test_a_seat_must_be_chosen(ticket):
    page = browser().get(url_of(ticket), {"step": "confirm"})

    assert page.status_code == 400
    assert "Please choose at least one seat." in text(page)


@pytest.mark.parametrize("email", ["ben@example.org", "", "nonsense"])
def test_nothing_is_cancelled_without_the_buyers_email(ticket, email):
    page = confirm(ticket, ask(ticket, "A2"), email=email)

    assert page.status_code == 400
    assert "Cancel this seat?" in text(page)
    assert active(ticket) == [1, 2, 3]


def test_the_owner_cancels_without_typing_the_email(client, ticket):
    user = UserFactory()
    Order.objects.update(user=user)
    client.force_login(user)

    answer = client.post(url_of(ticket), answers(ask(ticket, "A2", client)))

    assert answer.url == ticket.get_absolute_url()


def test_another_refund_than_the_one_shown_is_shown_again_first(ticket):
    page = confirm(ticket, ask(ticket, "A2"), seen="250.00")

    assert page.status_code == 409
    assert "The refund is now ₹200. Nothing has changed yet" in text(page)
    assert active(ticket) == [1, 2, 3]
    assert confirm(ticket, page).status_code == 303


def test_seats_that_cannot_stay_alone_are_refused_before_confirming(show):
    ticket = sold(show, "B1 B2")

    page = ask(ticket, "B2")

    assert page.status_code == 409
    assert "You can’t keep just the other seats." in text(page)
    assert "Which seats do you want to cancel?" in text(page)


@pytest.mark.parametrize("way", ["get", "post"])
@pytest.mark.parametrize("why", ["late", "inside"])
def test_a_refused_cancellation_is_explained_in_a_sentence(show, ticket, why, way):
    page = ask(ticket, "A2")
    if why == "late":
        starting_in(show, timedelta(minutes=119))
    else:
        admitted(ticket, "A1")

    answer = browser().get(url_of(ticket)) if way == "get" else confirm(ticket, page)

    assert answer.status_code == 409
    assert {"late": "until 120 minutes before", "inside": "has been scanned at the door"}[why] in text(answer)
    assert "Which seats" not in text(answer)
    assert url_of(ticket) not in browser().get(ticket.get_absolute_url()).content.decode()


def test_tickets_without_seats_to_cancel_lead_to_their_page(show, ticket):
    off = sold(show, "A4 A5")
    Ticket.objects.filter(pk=off.pk).update(status=Ticket.Status.CANCELLED)
    assert browser().get(url_of(off)).url == off.get_absolute_url()

    cancelled(show)
    assert browser().get(url_of(ticket)).url == ticket.get_absolute_url()


def test_a_voucher_and_money_are_named_each(show):
    [voucher] = vouchers(show.screen.theatre)
    ticket = ticket_of(paid(check_out(held(show, "A1 A2 A3"), voucher)))
    number = ticket.order.payments.get(voucher=voucher).ticket_seat.show_seat.seat.number

    said = text(ask(ticket, f"A{number}"))

    assert "You’ll get the vouchers of these seats back" in said
    assert "₹" not in said.partition("You’ll get the vouchers")[0].rpartition("Cancel this seat?")[2]


def test_a_non_refundable_ticket_says_so(show):
    Theatre.objects.update(refund_percent=0)
    ticket = sold(show, "A1 A2")

    assert "This ticket is non-refundable." in text(browser().get(url_of(ticket)))
    page = ask(ticket, "A1")
    assert "This ticket is non-refundable." in text(page)
    assert confirm(ticket, page).status_code == 303
    assert active(ticket) == [2]
