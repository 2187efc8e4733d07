"""Guessing whose a ticket is, and the link that proves it: cancelling, changing seats and shows, finding a ticket."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from cinema.models import FailedTry, Order, Ticket
from cinema.services.orders import owners
from cinema.services.orders.show_cancellations import cancel_show
from cinema.services.people.failed_tries import LIMITS, Kind, forget_failed_tries
from tests.factories import CONTACT, ShowFactory, seat_ids, sold
from tests.mails import outbox
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

AT_ONE_FROM_ONE, AT_ONE, FROM_ONE, _ = LIMITS[Kind.TICKET]
WRONG = "eve@example.org"


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaaaaaa")


@pytest.fixture
def ticket(show):
    return sold(show, "A1 A2")


def cancel(ticket, email, client_ip="192.0.2.1", client=None):
    return (client or browser()).post(
        reverse("ticket-cancellation", args=[ticket.code]), {"email": email}, REMOTE_ADDR=client_ip
    )


def find(ticket, email, client_ip="192.0.2.1"):
    wanted = {"reference": ticket.reference, "email": email}
    return browser().post(reverse("find-ticket"), wanted, REMOTE_ADDR=client_ip)


def guess(ticket, times, client_ip="192.0.2.1"):
    for _n in range(times):
        assert cancel(ticket, WRONG, client_ip).status_code == 400


def is_refused(response):
    return (
        response.status_code == 429
        and 0 < int(response["Retry-After"]) <= 3600
        and "Too many wrong email addresses were entered" in text(response)
    )


def status(ticket):
    return Ticket.objects.values_list("status", flat=True).get(pk=ticket.pk)


def test_the_last_try_that_is_left_may_be_the_right_one(ticket):
    guess(ticket, AT_ONE_FROM_ONE - 1)

    assert cancel(ticket, CONTACT.email).status_code == 302
    assert status(ticket) == "CANCELLED"


def test_then_not_even_the_right_address_opens_it_from_there(ticket):
    guess(ticket, AT_ONE_FROM_ONE)

    assert is_refused(cancel(ticket, CONTACT.email))
    assert status(ticket) == "CONFIRMED"


@pytest.mark.parametrize("page", ["seats", "exchange", "find"])
def test_the_other_pages_that_ask_for_the_address_count_alike(show, ticket, page):
    if page == "exchange":
        until = timezone.now() + timedelta(hours=8)
        cancel_show(show_id=show.pk, user=None, reason="no light", remedy="EXCHANGE", choose_until=until)
        other = ShowFactory(screen=show.screen, movie=show.movie, starts_at=show.starts_at + timedelta(days=1))
        said, url = {"show": other.pk}, reverse("ticket-exchange", args=[ticket.code])
    elif page == "seats":
        said, url = {"seats": seat_ids(show, "A3 A4")}, reverse("ticket-seats", args=[ticket.code])
    else:
        said, url = {"reference": ticket.reference}, reverse("find-ticket")

    def ask(email):
        return browser().post(url, said | {"email": email}, REMOTE_ADDR="192.0.2.1")

    for _n in range(AT_ONE_FROM_ONE):
        assert ask(WRONG).status_code == 400

    assert is_refused(ask(CONTACT.email))
    assert is_refused(find(ticket, CONTACT.email))


def test_guessing_locks_out_nobody_elsewhere(ticket):
    guess(ticket, AT_ONE_FROM_ONE)

    assert cancel(ticket, CONTACT.email, "192.0.2.2").status_code == 302


def test_one_place_does_not_try_one_ticket_after_the_other(show):
    tickets = [sold(show, name, buyer=name) for name in ("A1", "A2", "A3", "A4", "A5")]
    for ticket in tickets[:4]:
        guess(ticket, FROM_ONE // 4)

    assert is_refused(cancel(tickets[4], CONTACT.email))
    assert cancel(tickets[4], CONTACT.email, "192.0.2.2").status_code == 302


def test_many_places_together_do_not_guess_on_without_end(ticket):
    for n in range(AT_ONE // AT_ONE_FROM_ONE):
        guess(ticket, AT_ONE_FROM_ONE, f"192.0.2.{n}")

    assert is_refused(cancel(ticket, CONTACT.email, "198.51.100.1"))
    assert is_refused(find(ticket, CONTACT.email, "198.51.100.1"))


def test_an_unknown_reference_is_rate_limited_like_a_known_one(ticket):
    nobodys = Ticket(reference="K7PM3WXY", order=Order(email=""))

    for each in (ticket, nobodys):
        answers = [find(each, WRONG).status_code for _n in range(AT_ONE_FROM_ONE + 1)]
        assert answers == [400] * AT_ONE_FROM_ONE + [429]


def test_after_an_hour_there_are_new_tries_and_old_ones_are_deleted(ticket):
    guess(ticket, AT_ONE_FROM_ONE)
    FailedTry.objects.update(at=timezone.now() - timedelta(hours=1, seconds=1))

    assert cancel(ticket, WRONG).status_code == 400
    assert forget_failed_tries() == AT_ONE_FROM_ONE


def link_of(ticket, client=None):
    """Ask for the link, and return where it leads."""
    (client or browser()).post(reverse("ticket-owner", args=[ticket.code]))
    message = outbox()[-1]
    assert message.to == [ticket.order.email]
    [path] = re.findall(rf"{re.escape(settings.SITE_URL)}(/tickets/\S+)", message.body)
    return path


def test_the_mailed_link_opens_the_ticket_to_its_owner_whoever_guesses(ticket):
    for n in range(AT_ONE // AT_ONE_FROM_ONE):
        guess(ticket, AT_ONE_FROM_ONE, f"192.0.2.{n}")
    owner = browser()
    assert "Email me a link instead" in text(cancel(ticket, CONTACT.email, client=owner))

    opened = owner.get(link_of(ticket, owner))

    assert opened.url == ticket.get_absolute_url()
    page = owner.get(reverse("ticket-cancellation", args=[ticket.code]))
    assert "email" not in page.context["form"].fields
    assert cancel(ticket, "", client=owner).status_code == 302
    assert status(ticket) == "CANCELLED"


def test_the_link_opens_no_other_ticket(show, ticket):
    other, owner = sold(show, "A5", buyer="ben"), browser()
    path = link_of(ticket)
    owner.get(path)

    assert cancel(other, WRONG, client=owner).status_code == 400
    assert owner.get(path.replace(ticket.code, other.code)).status_code == 410


def test_a_link_that_is_old_or_forged_or_was_sent_elsewhere_opens_nothing(ticket, monkeypatch):
    path = link_of(ticket)
    assert browser().get(path[:-3] + "xx/").status_code == 410

    Order.objects.update(email="new@example.org")
    assert browser().get(path).status_code == 410

    Order.objects.update(email=ticket.order.email)
    monkeypatch.setattr("cinema.mail.owner_links.GOOD_FOR", -1)
    late = browser().get(path)
    assert late.status_code == 410
    assert "This link has expired" in text(late)


def test_a_forged_cookie_proves_no_ownership(ticket):
    thief = browser()
    thief.cookies["owner"] = signing.get_cookie_signer(salt="buyer").sign(ticket.code)

    assert cancel(ticket, WRONG, client=thief).status_code == 400


def test_links_are_mailed_a_few_times_an_hour_only(ticket):
    sent = [message.to for message in outbox()].count([ticket.order.email])
    for _n in range(5):
        page = browser().post(reverse("ticket-owner", args=[ticket.code]), follow=True)

    assert [message.to for message in outbox()].count([ticket.order.email]) - sent == 3
    assert "We’ve already emailed this address several times" in text(page)


def test_a_ticket_booked_with_capitals_is_opened_by_its_address_in_small_letters(ticket):
    Order.objects.update(email="Asha@Example.ORG")

    owners.prove_owner(ticket=Ticket.objects.get(), email="asha@example.org", client_ip="")


# --- A buyer whose data was erased -------------------------------------------------------------------------


@pytest.fixture
def erased(ticket) -> Ticket:
    Order.objects.filter(tickets=ticket).update(name=Order.ERASED, email="", phone="", user=None)
    ticket.refresh_from_db()
    return ticket


def test_the_page_of_an_erased_buyers_ticket_names_the_box_office_for_changes(erased):
    page = browser().get(erased.get_absolute_url())

    assert "can only be changed or cancelled at the box office" in text(page)
    assert reverse("ticket-cancellation", args=[erased.code]) not in page.content.decode()
    assert "Booked by" not in text(page)


@pytest.mark.parametrize("name", ["ticket-cancellation", "ticket-seats"])
def test_no_link_is_offered_for_the_ticket_of_an_erased_buyer(erased, name):
    page = browser().get(reverse(name, args=[erased.code]))

    assert page.status_code == 200
    assert reverse("ticket-owner", args=[erased.code]) not in page.content.decode()


def test_no_address_proves_whose_the_ticket_of_an_erased_buyer_is(erased):
    page = browser().post(reverse("ticket-cancellation", args=[erased.code]), {"email": "asha@example.org"})

    assert page.status_code == 400
    assert "can only be changed or cancelled at the box office" in text(page)


def test_no_mail_is_promised_for_the_ticket_of_an_erased_buyer(erased):
    page = browser().post(reverse("ticket-owner", args=[erased.code]), follow=True)

    assert "We have emailed" not in text(page)
    assert "can only be changed or cancelled at the box office" in text(page)
