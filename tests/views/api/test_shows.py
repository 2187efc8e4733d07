"""A show and its seats as JSON: views.api.shows."""

import pytest
from django.urls import reverse

from tests.factories import LanguageFactory, ShowFactory, cancelled, held, lapsed, past, seat, sold
from tests.views.api.programs import Statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aab", movie__title="Mughal-e-Azam", format="IMAX")


def ask(client, show) -> dict:
    answer = client.get(reverse("api-show", args=[show.pk]))
    assert answer.status_code == 200
    return answer.json()


def test_a_show_page_has_film_time_and_place(client, show):
    said = ask(client, show)

    assert said["movie"]["title"] == "Mughal-e-Azam"
    assert said["starts_at"].endswith("T18:00:00+05:30")
    assert said["theatre"] == {
        "name": show.screen.theatre.name,
        "city": "Mumbai",
        "slug": show.screen.theatre.slug,
        "time_zone": "Asia/Kolkata",
    }
    assert (said["screen"], said["format"]) == (show.screen.name, "IMAX")
    assert (said["language"], said["subtitles"]) == ({"code": "hi", "name": "Hindi"}, None)
    assert said["url"] == f"http://testserver/shows/{show.pk}/"
    assert (said["status"], said["on_sale"], said["max_seats"], said["currency"]) == ("SCHEDULED", True, 10, "INR")


def test_a_show_names_its_subtitles(client):
    show = ShowFactory(subtitles=LanguageFactory(code="en", name="English"))

    assert ask(client, show)["subtitles"] == {"code": "en", "name": "English"}


def test_a_seat_names_the_seats_it_goes_with(client):
    show = ShowFactory(screen__plan="AA.wk", screen__theatre__carer_free=True)

    left, right, wheelchair, companion = ask(client, show)["seats"]

    assert (left["kind"], left["partner"], right["partner"]) == ("LOVE", right["id"], left["id"])
    assert (wheelchair["free_with"], companion["free_with"]) == ([], [wheelchair["id"]])


def test_every_seat_has_the_id_a_booking_takes_its_place_and_price(client, show):
    seats = ask(client, show)["seats"]

    assert len(seats) == 3
    last = seat(show, "A3")
    assert seats[2] == {
        "id": last.pk,
        "row": "A",
        "number": 3,
        "category": "Premium",
        "kind": "STANDARD",
        "price": "350.00",
        "state": "free",
        "x": last.seat.x,
        "y": last.seat.y,
        "partner": None,
        "free_with": [],
    }


def test_every_category_has_its_price(client, show):
    assert ask(client, show)["prices"] == [
        {"category": "Classic", "lowest": "250.00", "highest": "250.00"},
        {"category": "Premium", "lowest": "350.00", "highest": "350.00"},
    ]


def test_seats_are_free_held_or_sold(client, show):
    held(show, "A2")
    sold(show, "A3", buyer="ben")

    said = ask(client, show)

    assert [seat["state"] for seat in said["seats"]] == ["free", "held", "sold"]
    assert (said["seats_free"], said["seats_total"]) == (1, 3)


def test_a_hold_that_ran_out_leaves_its_seats_free(client, show):
    lapsed(held(show, "A2"))

    said = ask(client, show)

    assert said["seats"][1]["state"] == "free"
    assert said["seats_free"] == 3


def test_the_revision_tells_that_something_changed(client, show):
    before = ask(client, show)["revision"]
    held(show, "A2")

    assert ask(client, show)["revision"] == before + 1


@pytest.mark.parametrize(("over", "status"), [(past, "SCHEDULED"), (cancelled, "CANCELLED")])
def test_a_past_or_cancelled_show_is_not_on_sale(client, show, over, status):
    over(show)

    said = ask(client, show)

    assert (said["status"], said["on_sale"]) == (status, False)


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30, "9" * 5000])
def test_an_unknown_show_is_404(client, number):
    answer = client.get(f"/api/shows/{number}/")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["error"]


def test_a_show_can_only_be_read(client, show):
    answer = client.post(reverse("api-show", args=[show.pk]))

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["error"]


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 3), (10, 30)])
def test_a_show_takes_two_statements_for_any_number_of_seats(client, rows, columns):
    show = ShowFactory(screen__rows=rows, screen__columns=columns)

    with Statements() as statements:
        assert len(ask(client, show)["seats"]) == rows * columns

    assert len(statements) == 2
