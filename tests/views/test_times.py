"""The night and the hour of a show, told on every page a buyer sees of it."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tests.factories import ShowFactory, TheatreFactory, UserFactory, held, sold
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

NIGHT = "Saturday 27 November, 00:30 (night from Friday to Saturday)"


@pytest.fixture
def show():
    return ShowFactory(starts_at=datetime(2100, 11, 26, 19, 0, tzinfo=UTC))  # 00:30 in India


def pages(show):
    """The pages on which the show is chosen, paid for and changed."""
    ticket = sold(show, "A1 A2")
    addresses = [show.get_absolute_url(), held(show, "A3 A4", buyer="ben").get_absolute_url()]
    return addresses + [reverse(name, args=[ticket.code]) for name in ("ticket-seats", "ticket-cancellation")]


def test_a_show_after_midnight_is_listed_with_its_night(show):
    for address in pages(show):
        assert NIGHT in text(browser("ben").get(address)), address


def test_the_ticket_and_its_line_in_the_list_say_which_night_it_is_for(show):
    ticket = sold(show, "A1")
    ticket.order.user = UserFactory()
    ticket.order.save()
    client = browser()
    client.force_login(ticket.order.user)

    for address in (ticket.get_absolute_url(), reverse("my-tickets")):
        assert "Night from Friday to Saturday" in text(client.get(address))


@pytest.mark.parametrize(("hour", "which"), [(0, "before"), (1, "after")])
def test_the_first_and_the_second_half_past_one_are_distinguished(hour, which):
    london = TheatreFactory(time_zone="Europe/London")
    show = ShowFactory(screen__theatre=london, starts_at=datetime(2099, 10, 25, hour, 30, tzinfo=UTC))
    ticket = sold(show, "A8")

    for address in [*pages(show), ticket.get_absolute_url()]:
        assert f"{which} the clocks go back" in text(browser("ben").get(address)), address
