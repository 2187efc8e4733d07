"""Owners change how the site and their theatres present themselves."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cinema.models import Appearance
from tests.factories import MANAGER, TheatreFactory, owner, staff
from tests.pictures import picture
from tests.views.browsers import browser, inputs, text

pytestmark = pytest.mark.django_db
SITE = reverse("staff-appearance")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client():
    client = browser()
    client.force_login(owner(name="Olga"))
    return client


def logo() -> SimpleUploadedFile:
    return SimpleUploadedFile("logo.png", picture(300, 100).read())


def test_an_owner_gives_the_site_a_name_a_colour_and_a_logo(client):
    response = client.post(SITE, {"version": 0, "name": " Rex ", "accent": "00695C", "logo": logo()})

    assert (response.status_code, response.url) == (303, reverse("staff-theatres"))
    saved = Appearance.objects.get()
    assert (saved.theatre, saved.name, saved.accent, bool(saved.logo)) == (None, "Rex", "#00695c", True)
    assert text(client.get(SITE)).count("Remove the logo") == 1


def test_a_theatre_has_an_appearance_of_its_own(client):
    theatre = TheatreFactory(name="Galaxy")
    page = reverse("staff-theatres-appearance", args=[theatre.slug])

    assert "How the pages and mails about Galaxy present themselves." in text(client.get(page))
    client.post(page, {"version": 0, "announcement": "Closed on Monday."})

    assert Appearance.objects.get().theatre == theatre


def test_a_logo_is_removed_only_when_that_is_ticked(client):
    client.post(SITE, {"version": 0, "logo": logo()})
    client.post(SITE, {"version": 1, "name": "Rex"})
    assert Appearance.objects.get().logo

    client.post(SITE, {"version": 2, "name": "Rex", "remove_logo": "on"})

    assert not Appearance.objects.get().logo


def test_a_colour_that_cannot_be_read_is_corrected_and_that_is_said(client):
    response = client.post(SITE, {"version": 0, "accent": "#ffd400"}, follow=True)

    assert "Saved. On light pages the colour is shown as #806a00, so that it can be read." in text(response)
    assert "On dark pages" not in text(response)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("accent", "red", "Please enter a colour as #b8290f."),
        ("accent", "#b82;}", "Please enter a colour as #b8290f."),
        ("links", "javascript://alert(1)", "is no address of a page"),
        ("links", "https://a.example not-a-page", "“https://not-a-page” is no address of a page"),
        ("links", "https://a.example\n" * 9, "Please give at most 8 links."),
        ("email", "box office", "email"),
        ("name", "x" * 61, "60"),
        ("introduction", "x" * 5001, "5000"),
        ("announced_until", "tomorrow", "Please enter a day, such as 27/11/2026."),
        ("logo", SimpleUploadedFile("logo.svg", b"<svg/>"), "This is not a picture we can read."),
    ],
)
def test_what_cannot_be_shown_is_refused_and_nothing_is_lost(client, field, value, said):
    response = client.post(SITE, {"version": 0, "phone": "+91 22 1234", field: value})

    assert response.status_code in (400, 409, 422)
    assert said in text(response)
    assert "+91 22 1234" in [field.get("value") for field in inputs(response)]
    assert not Appearance.objects.exists()


def test_a_link_may_be_typed_without_its_scheme(client):
    client.post(SITE, {"version": 0, "links": "instagram.com/rex"})

    assert Appearance.objects.get().links == "https://instagram.com/rex"


def test_a_second_editor_sees_what_the_first_changed_and_may_overwrite_it(client):
    client.post(SITE, {"version": 0, "name": "Rex"})
    page = client.post(SITE, {"version": 0, "name": "Roxy"})

    assert page.status_code == 409
    assert "Rex" in text(page)
    [version] = [field["value"] for field in inputs(page) if field.get("name") == "version"]
    client.post(SITE, {"version": version, "name": "Roxy"})
    assert Appearance.objects.get().name == "Roxy"


def test_only_owners_change_an_appearance():
    theatre = TheatreFactory(slug="here")
    client = browser()
    client.force_login(staff(theatre, MANAGER))

    for url in (SITE, reverse("staff-theatres-appearance", args=["here"])):
        assert client.post(url, {"version": 0, "name": "Rex"}).status_code in (403, 404)
    assert not Appearance.objects.exists()
