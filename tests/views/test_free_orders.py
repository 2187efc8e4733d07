"""Orders that cost nothing: booked for free, with no word of paying."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import Payment, Theatre, Ticket, TicketType
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.show_cancellations import cancel_show
from tests.factories import BOX_OFFICE, UserFactory, held, on_card, report, seat, sold, staff, ticket_of
from tests.mails import forget_mails, outbox
from tests.views.api.programs import Program
from tests.views.browsers import answers, browser, text

pytestmark = pytest.mark.django_db

ASHA = {"name": "Asha Rao", "email": "asha@example.org"}
MEDIA = "payment method", "payment provider", "secure page", "UPI", "refund", "back if you cancel", "₹0"


@pytest.fixture
def show():
    show = on_card(plan="aaaa", adult=250, member=0)
    Theatre.objects.update(slug="here", refund_percent=80, cancel_cutoff=60)
    return show


@pytest.fixture
def hold(show):
    return held(show, "A1")


@pytest.fixture
def member(show):
    """The choice of a ticket that costs nothing."""
    return {f"type-{seat(show, 'A1').pk}": TicketType.objects.get(name="Member").pk}


@pytest.fixture
def ticket(hold, member):
    """What costs nothing is booked at once."""
    page = chosen(hold, member)
    browser("asha").post(hold.get_absolute_url(), answers(page) | ASHA | member, follow=True)
    return Ticket.objects.get()


def chosen(hold, types):
    """The checkout after a choice of ticket types."""
    client = browser("asha")
    return client.post(hold.get_absolute_url(), answers(client.get(hold.get_absolute_url())) | types | {"update": "1"})


def says_nothing_of_money(page, total="Total Updating… ₹0"):
    said = text(page).replace(total, "")
    return not [word for word in MEDIA if word in said]


def test_the_checkout_books_for_free_and_asks_for_no_payment_method(hold, member):
    page = chosen(hold, member)

    assert "Book for free" in text(page)
    assert "You can cancel until" in text(page)
    assert says_nothing_of_money(page)
    assert 'name="mode"' not in page.content.decode()


def test_choosing_a_paid_ticket_type_needs_a_payment_mode_again(hold, member):
    page = chosen(hold, {name: TicketType.objects.get(name="Adult").pk for name in member})

    assert "Pay ₹250" in text(page)
    assert answers(page)["mode"] == "UPI"


def test_what_costs_nothing_is_booked_at_once_and_paid_in_no_way(ticket):
    assert ticket.status == Ticket.Status.CONFIRMED
    assert (Payment.objects.get().mode, Payment.objects.get().status) == ("", Payment.Status.SUCCESS)


def test_a_total_that_is_no_longer_free_needs_a_payment_mode(hold):
    client = browser("asha")
    page = client.get(hold.get_absolute_url())
    form = {name: value for name, value in answers(page).items() if name != "mode"}

    refused = client.post(hold.get_absolute_url(), form | ASHA | {"total": "0"})

    assert "The total has changed from ₹0 to ₹250." in text(refused)
    assert "This field is required" not in text(refused)
    assert answers(refused)["mode"] == "UPI"
    assert client.post(hold.get_absolute_url(), answers(refused)).status_code == 303


def test_the_map_says_which_tickets_are_free(show):
    assert "Adult prices shown. Member (free): choose at checkout." in text(browser().get(show.get_absolute_url()))


def test_the_ticket_and_its_mail_say_free(ticket):
    shown = browser().get(ticket.get_absolute_url())

    assert "Member free" in text(shown)
    assert "You can cancel until" in text(shown)
    assert says_nothing_of_money(shown, "Total ₹0")
    [mail] = outbox()
    assert "Row A, seat 1 · Classic · Member: free" in mail.body


def test_so_they_do_of_a_free_carer():
    show = on_card(plan="wka", adult=250)
    Theatre.objects.update(carer_free=True)
    ticket = sold(show, "A1 A2")

    assert "free" in text(browser().get(ticket.get_absolute_url()))
    assert "₹0" not in text(browser().get(ticket.get_absolute_url()))
    assert "₹0" not in outbox()[0].body


def test_cancelling_it_mentions_no_refund(ticket):
    asked = browser().get(reverse("ticket-cancellation", args=[ticket.code]))
    assert says_nothing_of_money(asked)

    forget_mails()
    cancel_ticket(code=ticket.code)
    shown = browser().get(ticket.get_absolute_url())
    assert "Nothing was charged." in text(shown)
    assert says_nothing_of_money(shown, "Total ₹0")
    assert not [word for word in ("refund", "refunded") if word in outbox()[0].body]


def test_nor_does_the_ticket_of_a_show_that_is_cancelled_or_its_mail(show, ticket):
    forget_mails()
    until = timezone.now() + timedelta(hours=5)
    cancel_show(show_id=show.pk, user=None, reason="no light", remedy="EXCHANGE", choose_until=until)

    assert "Choose another show by" in outbox()[0].body
    assert "refund" not in outbox()[0].body
    assert says_nothing_of_money(browser().get(ticket.get_absolute_url()), "Total ₹0")


def test_staff_read_that_it_was_free(client, show, ticket):
    client.force_login(staff(show.screen.theatre, BOX_OFFICE))

    order = text(client.get(reverse("staff-orders-order", args=["here", ticket.reference])))

    assert "Free of charge" in order
    assert "booked for free" in order
    assert "UPI" not in order


def test_a_program_reads_no_payment_mode(show):
    said = Program(UserFactory()).book(show, "A1", types={str(seat(show, "A1").pk): TicketType.objects.last().pk})

    assert (said.json()["ticket"]["status"], said.json()["ticket"]["payment_mode"]) == ("CONFIRMED", None)


def test_what_was_paid_by_card_still_says_so(client, show, hold):
    client.force_login(staff(show.screen.theatre, BOX_OFFICE))
    page = browser("asha").get(hold.get_absolute_url())
    browser("asha").post(hold.get_absolute_url(), answers(page) | ASHA | {"mode": "CARD"})
    ticket = ticket_of(settle_payment(report=report(Payment.objects.get())))

    assert "Card ₹250 · paid" in text(client.get(reverse("staff-orders-order", args=["here", ticket.reference])))
