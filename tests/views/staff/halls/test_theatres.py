"""Owners set up theatres."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cinema.models import AuditEvent, Show, Theatre
from tests.factories import (
    MANAGER,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    cancelled,
    owner,
    private_hire,
    staff,
    starting_in,
)
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

LIST, ADD = reverse("staff-theatres"), reverse("staff-theatres-add")
GALAXY = {
    "name": "Galaxy",
    "city": "Mumbai",
    "address": "1 Marine Drive",
    "time_zone": "Asia/Kolkata",
    "cancel_cutoff": "120",
    "refund_percent": "90",
    "sales_cutoff": "0",
    "single_seats": "WARN",
    "companion_release": "60",
    "trailers": "15",
    "turnaround": "20",
    "film_week": "3",
    "doors": "20",
    "reminder_hours": "0",
}


@pytest.fixture
def client():
    client = browser()
    client.force_login(owner(name="Olga"))
    return client


def edit(theatre: Theatre) -> str:
    return reverse("staff-theatres-edit", args=[theatre.slug])


def test_an_owner_opens_a_theatre_and_is_led_on(client):
    response = client.post(ADD, GALAXY)

    theatre = Theatre.objects.get()
    assert (response.status_code, response.url) == (303, reverse("staff"))
    assert (theatre.slug, theatre.refund_percent, theatre.turnaround, theatre.carer_free) == ("galaxy", 90, 20, False)
    assert AuditEvent.objects.get().theatre == theatre


@pytest.mark.parametrize(
    ("name", "slug"), [("Galaxy", "galaxy-2"), ("आकाश", "theatre"), ("<b>Galaxy", "bgalaxy"), ("x" * 100, "x" * 90)]
)
def test_the_address_is_made_of_the_name_and_its_own(client, name, slug):
    TheatreFactory(slug="galaxy")

    client.post(ADD, GALAXY | {"name": name})

    assert Theatre.objects.exclude(slug="galaxy").get().slug == slug


def test_settings_are_changed_and_the_address_stays(client):
    client.post(ADD, GALAXY)
    theatre = Theatre.objects.get()

    response = client.post(edit(theatre), GALAXY | {"name": "Orion", "carer_free": "on", "version": "0"})

    assert response.status_code == 303
    theatre.refresh_from_db()
    assert (theatre.name, theatre.slug, theatre.carer_free) == ("Orion", "galaxy", True)
    assert AuditEvent.objects.first().details["changes"] == {"name": ["Galaxy", "Orion"], "carer_free": [False, True]}


def test_the_second_to_save_sees_what_was_changed(client):
    client.post(ADD, GALAXY)
    theatre = Theatre.objects.get()
    client.post(edit(theatre), GALAXY | {"city": "Pune", "version": "0"})

    second = client.post(edit(theatre), GALAXY | {"name": "Orion", "version": "0"})

    assert second.status_code == 409
    assert "Olga changed this" in text(second)
    assert "city from “Mumbai” to “Pune”" in text(second)
    assert 'value="Orion"' in second.content.decode()
    assert client.post(edit(theatre), GALAXY | {"name": "Orion", "version": "1"}).status_code == 303


def test_saving_what_is_there_is_no_change(client):
    client.post(ADD, GALAXY)

    client.post(edit(Theatre.objects.get()), GALAXY | {"version": "0"})

    assert AuditEvent.objects.count() == 1


def test_the_time_zone_stays_while_shows_are_planned(client):
    show = ShowFactory(screen=ScreenFactory(theatre=TheatreFactory(name="Galaxy")))
    Show.objects.update(status=Show.Status.DRAFT)

    response = client.post(edit(show.screen.theatre), GALAXY | {"time_zone": "Europe/Paris", "version": "0"})

    assert response.status_code == 409
    assert "cannot be changed while 1 show is planned" in text(response)
    assert Theatre.objects.get().time_zone == "Asia/Kolkata"


def test_the_time_zone_stays_while_a_screen_is_hired(client):
    theatre = private_hire(ScreenFactory()).screen.theatre

    response = client.post(edit(theatre), GALAXY | {"time_zone": "Europe/Paris", "version": "0"})

    assert response.status_code == 409
    assert Theatre.objects.get().time_zone == theatre.time_zone


def test_the_time_zone_may_change_when_all_shows_are_past_or_cancelled(client):
    show = starting_in(ShowFactory(), timedelta(hours=-5))
    cancelled(ShowFactory(screen=show.screen))

    client.post(edit(show.screen.theatre), GALAXY | {"time_zone": "Europe/Paris", "version": "0"})

    assert Theatre.objects.get().time_zone == "Europe/Paris"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Berlin, Germany", "Europe/Berlin"),
        ("europe/paris", "Europe/Paris"),
        ("Asia/Calcutta", "Asia/Calcutta"),  # an older name
    ],
)
def test_a_time_zone_is_known_by_its_city(client, typed, meant):
    client.post(ADD, GALAXY | {"time_zone": typed})
    assert Theatre.objects.get().time_zone == meant


def test_an_unknown_time_zone_is_refused_with_the_way_on(client):
    answer = client.post(ADD, GALAXY | {"time_zone": "Gotham"})
    assert answer.status_code == 400
    assert "“Gotham” is not a time zone we know. Please choose one from the list" in text(answer)


def test_the_list_of_time_zones_names_cities_and_countries(client):
    assert '<option value="Europe/Berlin">Berlin, Germany</option>' in client.get(ADD).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\0b"},
        {"name": "x" * 101},
        {"city": ""},
        {"address": "x" * 201},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "a\0b"},
        {"refund_percent": "101"},
        {"refund_percent": "-1"},
        {"cancel_cutoff": "9" * 30},
        {"cancel_cutoff": "-1"},
        {"sales_cutoff": "1441"},
        {"trailers": "121"},
        {"turnaround": "x"},
        {"film_week": "7"},
        {"doors": "241"},
        {"reminder_hours": "169"},
        {"single_seats": "MAYBE"},
    ],
)
def test_bad_input_is_rejected_and_saves_nothing(client, wrong):
    response = client.post(ADD, GALAXY | wrong)

    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not Theatre.objects.exists()


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
def test_an_invalid_version_is_rejected(client, version):
    assert client.post(edit(TheatreFactory()), GALAXY | {"version": version}).status_code == 400


def test_html_in_a_name_is_text(client):
    client.post(ADD, GALAXY | {"name": "<script>alert(1)</script>"})

    for url in (LIST, edit(Theatre.objects.get()), reverse("staff")):
        assert "<script>alert" not in client.get(url).content.decode()


def test_the_time_zones_can_be_searched(client):
    page = client.get(ADD).content.decode()

    assert '<option value="Asia/Kolkata">' in page
    assert 'list="time-zones"' in page


def test_an_unknown_theatre_is_404(client):
    assert client.get(reverse("staff-theatres-edit", args=["nowhere"])).status_code == 404


def test_a_manager_does_not_set_up_theatres():
    theatre = TheatreFactory()
    client = browser()
    client.force_login(staff(theatre, MANAGER))

    assert client.post(edit(theatre), GALAXY | {"version": "0"}).status_code == 404


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_takes_the_same_few_statements_whatever_its_length(client, statements, number):
    for _ in range(number):
        ScreenFactory(rows=1, columns=1)

    with statements() as seen:
        assert client.get(LIST).status_code == 200

    assert len(seen) == 4  # session, person, where they work, theatres
