"""The page of takings, and its files."""

import pytest
from django.urls import reverse

from tests.factories import MANAGER, ShowFactory, sold_at_till, staff, till_session
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre(client):
    show = ShowFactory()
    theatre = show.screen.theatre
    manager = staff(theatre, MANAGER, name="Mira")
    sold_at_till(till_session(theatre, manager, name="Bar"), show, "A1 A2")
    client.force_login(manager)
    return theatre


def test_takings_are_shown_and_said_to_be_provisional(client, theatre):
    url = reverse("staff-figures-takings", args=[theatre.slug])
    page = text(client.get(url, {"period": "today"}))
    assert "Bar Mira Cash" in page
    assert "Bar is open since" in page
    assert client.get(url, {"start": "2026-02-30"}).status_code == 400


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_takings_are_exported(client, theatre, kind):
    url = reverse("staff-figures-export", args=[theatre.slug, "takings", kind])
    answer = client.get(url, {"period": "today"})
    body = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert kind == "xlsx" or b"Bar,Mira,Cash,1,500" in body.replace(b";", b",")
