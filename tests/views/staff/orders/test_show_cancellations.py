"""Cancelling a show in the back office, and what its buyers then see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import Refund, Show, ShowCancellation, Ticket
from cinema.views.staff.orders import show_cancellations
from tests.factories import CONTACT, MANAGER, ScreenFactory, ShowFactory, sold, staff, waiting
from tests.mails import forget_mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    show = ShowFactory(movie__title="The Lunchbox", screen__plan="aaaa", screen__theatre__slug="here")
    sold(show, "A1 A2", buyer="asha")
    sold(show, "A3", buyer="ben")
    waiting(show)
    forget_mails()
    return show


@pytest.fixture
def manager(client, show):
    user = staff(show.screen.theatre, MANAGER, name="Mana", email="mana@example.org")
    client.force_login(user)
    return user


def address(show, name=""):
    return reverse(f"staff-shows-cancel{name}", args=["here", show.pk])


def content(response):
    return " ".join(response.content.decode().split())


def until(hours):
    return (
        (timezone.now() + timedelta(hours=hours))
        .astimezone(timezone.get_fixed_timezone(330))
        .strftime("%Y-%m-%dT%H:%M")
    )


def cancel(client, show, **said):
    return client.post(address(show), {"reason": "no light", "remedy": "REFUND"} | said)


def test_first_one_sees_what_it_means(client, manager, show):
    page = content(client.get(address(show)))

    for fact in ("<dd>2</dd>", "<dd>3</dd>", "₹750", "1 party is taken off the list", "can’t be undone"):
        assert fact in page
    show.refresh_from_db()
    assert show.status == Show.Status.SCHEDULED


@pytest.mark.django_db(transaction=True)
def test_then_the_page_goes_on_until_every_buyer_is_refunded(client, manager, show, monkeypatch):
    monkeypatch.setattr(show_cancellations, "AT_A_TIME", 1)
    assert cancel(client, show).url == address(show)
    page = content(client.get(address(show)))
    assert "0 of 2 tickets settled" in page
    assert "<dt>Still to be refunded</dt><dd>₹750</dd>" in page
    assert "Cancelled by Mana" in page

    for count in (1, 2):
        page = content(client.post(address(show, "-progress"), headers={"HX-Request": "true"}))
        assert f"{count} of 2 tickets settled" in page

    assert "hx-post" not in page
    assert "Still to be refunded" not in page
    assert "Done" in page
    assert sum(refund.amount for refund in Refund.objects.all()) == 750


@pytest.mark.django_db(transaction=True)
def test_without_scripts_a_button_goes_on(client, manager, show):
    cancel(client, show)

    response = client.post(address(show, "-progress"))

    assert (response.status_code, response.url) == (303, address(show))
    assert ShowCancellation.objects.get().done_at


def test_the_same_click_twice_calls_it_off_once(client, manager, show):
    cancel(client, show)

    response = cancel(client, show)

    assert response.status_code == 303
    assert "has already cancelled this show" in content(client.get(response.url))


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"reason": ""}, "Reason"),
        ({"remedy": "NOTHING"}, "Select a valid choice"),
        ({"remedy": "EXCHANGE"}, "Please enter a day and a time"),
        (
            {"remedy": "EXCHANGE", "choose_until": "2026-02-30T10:00"},
            "such as 27/11/2026 18:30.",
        ),
        ({"remedy": "EXCHANGE", "choose_until": "2020-01-01T10:00"}, "at least an hour"),
        ({"remedy": "EXCHANGE", "choose_until": "9999-12-31T23:59"}, "at most 60 days"),
    ],
)
def test_invalid_input_is_rejected_and_nothing_is_cancelled(client, manager, show, said, complaint):
    response = cancel(client, show, **said)

    assert response.status_code == 400
    assert complaint in content(response)
    show.refresh_from_db()
    assert show.status == Show.Status.SCHEDULED


def test_until_when_buyers_can_choose_is_said_on_the_theatres_clock(client, manager, show):
    cancel(client, show, remedy="EXCHANGE", choose_until=until(5))

    left = ShowCancellation.objects.get().choose_until - timezone.now()
    assert timedelta(hours=4, minutes=58) < left <= timedelta(hours=5)


def test_a_show_of_another_theatre_or_a_draft_is_not_found(client, manager, show):
    assert client.get(address(ShowFactory())).status_code == 404
    Show.objects.filter(pk=show.pk).update(status=Show.Status.DRAFT)
    assert client.get(address(show)).status_code == 404


def test_the_pages_take_few_statements(client, manager, show, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        client.get(address(show))
    cancel(client, show)
    with django_assert_max_num_queries(16):
        client.get(address(show))


# --- What buyers see -----------------------------------------------------------------------------------------


@pytest.fixture
def other(show):
    return ShowFactory(movie=show.movie, screen=ScreenFactory(theatre=show.screen.theatre, plan="aaaa"), price=200)


@pytest.fixture
def ticket(client, manager, show):
    """Asha's ticket, after the show was cancelled with the offer of another."""
    cancel(client, show, remedy="EXCHANGE", choose_until=until(5))
    client.logout()
    return Ticket.objects.get(hold__buyer="asha")


def test_the_ticket_says_that_the_show_is_off_and_what_one_can_do(client, ticket):
    page = content(client.get(ticket.get_absolute_url()))

    for fact in ("This show was cancelled.", "no light", "Choose another show", "Get a refund"):
        assert fact in page
    assert "Show this at the door" not in page


def test_the_buyer_chooses_another_show(client, ticket, other):
    assert "Take this show" in content(client.get(ticket.exchange_path))

    response = client.post(ticket.exchange_path, {"show": other.pk, "email": CONTACT.email})

    assert response.status_code == 303
    ticket.refresh_from_db()
    assert ticket.show == other
    assert "Show this at the door" in content(client.get(ticket.get_absolute_url()))
    assert client.get(ticket.exchange_path).status_code == 302  # chosen


def test_the_buyer_has_the_money_back(client, ticket):
    page = content(client.get(reverse("ticket-cancellation", args=[ticket.code])))
    assert "a full refund of <strong>₹500</strong>" in page

    client.post(reverse("ticket-cancellation", args=[ticket.code]), {"email": CONTACT.email})

    assert (Refund.objects.get().amount, Refund.objects.get().reason) == (500, "SHOW_CANCELLED")
    assert "no light" in content(client.get(ticket.get_absolute_url()))


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"email": "wrong@example.org"}, 400),
        ({"show": "x"}, 400),
        ({"show": ""}, 400),
        ({"show": str(10**15)}, 404),
    ],
)
def test_a_choice_that_does_not_go_changes_nothing(client, ticket, other, said, status):
    response = client.post(ticket.exchange_path, {"show": other.pk, "email": CONTACT.email} | said)

    assert response.status_code == status
    ticket.refresh_from_db()
    assert ticket.show != other


def test_a_ticket_that_is_not_concerned_has_no_such_choice(client, other):
    ticket = sold(other, "A1")

    assert client.get(ticket.exchange_path).url == ticket.get_absolute_url()


def test_a_refund_without_a_choice_is_mailed(client, manager, show):
    cancel(client, show)

    page = content(client.get(Ticket.objects.get(hold__buyer="asha").get_absolute_url()))

    assert "We’re refunding ₹500. It goes back to your UPI account." in page
    assert "Choose another show" not in page
