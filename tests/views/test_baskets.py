"""The checkout of seats at several shows, and the page of an order with several tickets."""

import pytest
from django.test import Client
from django.urls import reverse

from cinema.models import Order, Payment, SandboxCharge, Ticket
from cinema.selectors.people.staff import BOX_OFFICE
from tests.factories import ShowFactory, held, lapsed, sold, staff
from tests.views.browsers import answers, browser, text
from tests.views.checkout import ASHA, check_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def shows():
    first = ShowFactory(price=250, movie__title="Monsoon Hearts")
    return first, ShowFactory(price=300, movie__title="Night Train", screen__theatre=first.screen.theatre)


@pytest.fixture
def holds(shows):
    return held(shows[0], "A1 A2"), held(shows[1], "B1")


def paid(holds) -> Order:
    """The order of the holds, paid at the test gateway, whose buyer has come back."""
    check_out(holds[0])
    SandboxCharge.objects.update(status="PAID")
    return Payment.objects.get().order


def test_the_checkout_lists_the_seats_of_every_hold_at_the_theatre_and_their_total(holds):
    elsewhere = held(ShowFactory(movie__title="Elsewhere"), "C1")

    page = text(browser("asha").get(holds[0].get_absolute_url()))

    assert "Monsoon Hearts" in page and "Night Train" in page and "Pay ₹800" in page
    order = page.rpartition("Checkout")[2]
    assert "Elsewhere" not in order
    assert "Pay ₹250" in text(browser("asha").get(elsewhere.get_absolute_url()))


def test_one_payment_is_made_for_all_and_leads_to_the_order_with_both_tickets(holds):
    assert check_out(holds[0]).status_code == 303
    payment = Payment.objects.get()
    assert (payment.amount, payment.order.tickets.count()) == (800, 2)
    SandboxCharge.objects.update(status="PAID")

    answer = browser("asha").get(payment.get_absolute_url(), follow=True)

    assert answer.redirect_chain == [(payment.order.get_absolute_url(), 302)]
    assert all(ticket.get_absolute_url() in answer.content.decode() for ticket in Ticket.objects.all())


def test_the_order_says_which_seats_were_lost_and_what_goes_back(shows, holds):
    check_out(holds[0])
    lapsed(holds[0])
    sold(shows[0], "A2", buyer="ben")
    payment = Payment.objects.get(order__tickets__hold=holds[0])
    SandboxCharge.objects.filter(reference=payment.code).update(status="PAID")

    page = text(browser("asha").get(payment.get_absolute_url(), follow=True))

    assert "These seats could not be booked any more when your payment came." in page
    assert "Your refund of ₹500 is on its way to your UPI account." in page


def test_a_basket_that_has_changed_meanwhile_is_shown_again_before_anything_is_paid(holds):
    client = browser("asha")
    posted = answers(client.get(holds[0].get_absolute_url())) | ASHA
    lapsed(holds[1])

    again = client.post(holds[0].get_absolute_url(), posted)

    assert (again.status_code, Order.objects.exists()) == (409, False)
    assert "Pay ₹500" in text(again) and "Night Train" not in text(again)


def test_a_declined_payment_names_all_that_it_was_for(holds):
    check_out(holds[0])
    SandboxCharge.objects.update(status="DECLINED")

    page = text(browser("asha").get(Payment.objects.get().get_absolute_url()))

    assert "Monsoon Hearts" in page and "Night Train" in page and "Your seats are still held" not in page


def test_a_ticket_of_an_unpaid_order_offers_to_pay_for_all_of_it(holds):
    check_out(holds[0])
    SandboxCharge.objects.update(status="DECLINED")
    browser("asha").get(Payment.objects.get().get_absolute_url())

    page = text(browser().get(Ticket.objects.get(hold=holds[1]).get_absolute_url()))

    assert "Pay ₹800" in page


def test_the_page_of_an_order_with_one_ticket_leads_to_the_ticket(shows):
    ticket = sold(shows[0], "A1")

    assert browser().get(ticket.order.get_absolute_url()).url == ticket.get_absolute_url()


def test_an_order_is_found_by_its_whole_code_only(holds):
    order = paid(holds)

    assert browser().get(order.get_absolute_url()).status_code == 200
    assert browser().get(f"/orders/{order.code[:-1]}/").status_code == 404
    assert browser().get(f"/orders/{order.reference}/").status_code == 404


def test_staff_find_the_other_tickets_of_an_order_beside_its_seats(holds):
    order = paid(holds)
    first, second = order.tickets.order_by("pk")
    client = Client()
    client.force_login(staff(order.theatre, BOX_OFFICE))
    there, here = (reverse("staff-orders-order", args=[order.theatre.slug, one.reference]) for one in (first, second))

    assert f'"{there}"' in client.get(here).content.decode()
    assert f'"{here}"' in client.get(there).content.decode()
