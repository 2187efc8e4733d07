"""A show's page in the back office: who sits where."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cinema.services.orders.orders import cancel_order
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    BOX_OFFICE,
    CONTACT,
    MANAGER,
    USHER,
    ScreenFactory,
    ShowFactory,
    booked,
    cancelled,
    draft,
    held,
    lapsed,
    put_off_sale,
    seat,
    sold,
    staff,
    starting_in,
    ticket_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theatre):
    return ShowFactory(screen=ScreenFactory(theatre=theatre, name="Grand", rows=4, columns=10))


@pytest.fixture
def clerk(client, theatre):
    client.force_login(staff(theatre, BOX_OFFICE))
    return client


def page_of(show) -> str:
    return reverse("staff-shows-show", args=["here", show.pk])


def words(page: str) -> str:
    return " ".join(page.split())


def test_a_seat_leads_to_its_party_and_the_party_to_its_order(clerk, show):
    ticket = sold(show, "A1 A2")
    page = clerk.get(page_of(show)).text

    assert f'href="#order-{ticket.reference}" title="{CONTACT.name}"' in page
    assert f'aria-label="Row A, seat 1, {CONTACT.name}"' in page
    assert f'id="order-{ticket.reference}"' in page
    assert reverse("staff-orders-order", args=["here", ticket.reference]) in page


def test_it_counts_the_seats_by_how_they_stand(clerk, show):
    sold(show, "A1 A2")
    held(show, "A3", buyer="ben")
    lapsed(held(show, "A4", buyer="cleo"))
    put_off_sale(screen=show.screen, seat_ids=[seat(show, "B1").seat_id], kind="HOUSE", from_day=show.trading_day)
    page = words(clerk.get(page_of(show)).text)

    assert "<span>2 sold</span> <span>1 held</span> <span>36 free</span> <span>1 blocked</span>" in page


def test_a_party_that_has_not_paid_yet_is_named_as_such(clerk, show):
    booked(show, "A1")
    page = clerk.get(page_of(show)).text
    assert "not paid yet" in page
    assert "1 held" in page


def test_an_order_whose_time_to_pay_is_over_has_no_seats(clerk, show):
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    assert "Nobody has booked this show yet." in clerk.get(page_of(show)).text


def test_seats_that_were_refunded_are_nobodys(clerk, show, theatre):
    ticket = sold(show, "A1")
    cancel_order(code=ticket.code, requested=RequestedAction(staff(theatre, MANAGER), "ill", 0, "key"), amount=None)
    page = clerk.get(page_of(show)).text
    assert ticket.reference not in page
    assert "Nobody has booked this show yet." in page


def test_an_usher_sees_references_and_no_names(client, theatre, show):
    ticket = sold(show, "A1")
    client.force_login(staff(theatre, USHER))
    page = client.get(page_of(show)).text

    assert f"{ticket.reference[:4]}-{ticket.reference[4:]}" in page
    assert CONTACT.name not in page
    assert reverse("staff-orders-order", args=["here", ticket.reference]) not in page


def test_only_a_manager_is_led_to_its_plan(client, theatre, show):
    edit = reverse("staff-schedule-show", args=["here", show.pk])
    for role, sees in ((MANAGER, True), (BOX_OFFICE, False)):
        client.force_login(staff(theatre, role))
        assert (edit in client.get(page_of(show)).text) is sees


def test_a_manager_can_cancel_a_show_from_its_page_until_it_is_over(client, theatre, show):
    cancel = reverse("staff-shows-cancel", args=["here", show.pk])
    for role, sees in ((MANAGER, True), (BOX_OFFICE, False)):
        client.force_login(staff(theatre, role))
        assert (cancel in client.get(page_of(show)).text) is sees
    client.force_login(staff(theatre, MANAGER))
    for other in (starting_in(show, -timedelta(hours=4)), draft(show.screen), cancelled(show)):
        assert "Cancel this show" not in client.get(page_of(other)).text


def test_drafts_and_cancelled_shows_are_labelled(clerk, theatre, screen, card, show):
    assert "Draft: its seats go on sale" in clerk.get(page_of(draft(screen, card))).text
    assert "This show is cancelled." in clerk.get(page_of(cancelled(show))).text


def test_a_name_is_written_as_text(clerk, show):
    ticket = sold(show, "A1")
    ticket.order.name = '<b>"Bobby'
    ticket.order.save()
    assert '"<b>"Bobby' not in clerk.get(page_of(show)).text
    assert "&lt;b&gt;&quot;Bobby" in clerk.get(page_of(show)).text


@pytest.mark.parametrize("number", [1, 3, 30])
def test_it_takes_as_many_queries_for_one_party_as_for_thirty(clerk, show, number, django_assert_num_queries):
    for n in range(number):
        sold(show, f"{'ABC'[n // 10]}{n % 10 + 1}", buyer=f"buyer {n}")
    with django_assert_num_queries(6):
        clerk.get(page_of(show))


@pytest.mark.parametrize("role", [MANAGER, BOX_OFFICE, USHER])
def test_today_leads_everybody_to_the_show(client, theatre, show, role):
    client.force_login(staff(theatre, role))
    today = client.get(reverse("staff-today", args=["here"]) + f"?day={show.trading_day}").text
    assert today.count(f'href="{page_of(show)}"') == 2  # on the line of time, and in the list
