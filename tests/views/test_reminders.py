"""The page that stops reminders, behind the link in one of them."""

import re
from datetime import timedelta

import pytest
from django.conf import settings

from cinema.models import Order, ReminderStop
from cinema.services.booking.reminders import remind_of_shows
from tests.factories import ShowFactory, starting_in
from tests.mails import outbox
from tests.services.booking.test_reminders import bought_days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    show = starting_in(ShowFactory(screen__theatre__reminder_hours=24), timedelta(hours=20))
    bought_days_ago(show)
    remind_of_shows()
    return re.findall(rf"{re.escape(settings.SITE_URL)}(\S+/reminders/\S+)", outbox()[-1].body)[0]


def test_reminders_are_stopped_and_allowed_again_by_the_link_in_one(client, link):
    assert "Stop the reminders" in client.get(link).content.decode()
    assert not ReminderStop.objects.exists()

    assert client.post(link).url == link
    assert ReminderStop.objects.get().email == "asha@example.org"
    page = client.get(link).content.decode()
    assert "We no longer remind asha@example.org of coming shows." in page

    client.post(link, {"again": "yes"})
    assert not ReminderStop.objects.exists()


def test_a_forged_link_and_one_to_an_erased_buyer_stop_nothing(client, link):
    assert client.post(f"{link[:-2]}x/").status_code == 404
    Order.objects.update(email="")
    assert client.post(link).status_code == 404
    assert not ReminderStop.objects.exists()
