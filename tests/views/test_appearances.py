"""A cinema's name, logo, colour and texts on its pages and in its mails."""

import pytest
from django.urls import reverse

from cinema.models import Appearance
from tests.factories import ShowFactory, TheatreFactory, owner, sold
from tests.mails import outbox
from tests.views.browsers import browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("appearances_are_read")]


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaa", screen__theatre=TheatreFactory(slug="galaxy"))


def page(url: str) -> str:
    return browser().get(url).content.decode()


def test_every_page_has_the_name_of_the_cinema(show):
    Appearance.objects.create(name="Rex & Co")

    for url in ("/", f"/movies/{show.movie.slug}/", "/tickets/", "/account/sign-in/"):
        html = page(url)
        assert "· Rex &amp; Co</title>" in html
        assert 'class="wordmark" href="/">Rex &amp; Co</a>' in html


def test_pages_about_a_theatre_have_its_own_look(show):
    Appearance.objects.create(name="Rex", accent="#00695c")
    Appearance.objects.create(theatre=show.screen.theatre, name="Galaxy", accent="#1a237e")

    for url in ("/theatres/galaxy/", f"/shows/{show.pk}/", sold(show, "A1").get_absolute_url()):
        html = page(url)
        assert "· Galaxy</title>" in html
        assert '<link rel="stylesheet" href="/accent/1a237e.css">' in html
    assert "/accent/00695c.css" in page("/")


def test_a_logo_stands_in_place_of_the_name(show):
    Appearance.objects.create(name="Rex", logo="logos/rex.png")

    html = page("/")

    assert '<img src="/media/logos/rex.png" alt="Rex">' in html
    assert "wordmark" not in html


def test_the_accent_colour_is_a_style_sheet_that_never_changes():
    response = browser().get("/accent/ffd400.css")

    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    light, dark = response.content.decode().splitlines()
    assert light.startswith("@media screen { :root { --accent: #806a00; --accent-deep: ")
    assert dark.startswith("@media screen and (prefers-color-scheme: dark) { :root { --accent: #ffd400;")


@pytest.mark.parametrize("digits", ["red", "FFD400", "ffd4000", "ffd400%0A", "b8290;"])
def test_only_colours_have_a_style_sheet(digits):
    assert browser().get(f"/accent/{digits}.css").status_code == 404


def test_an_announcement_stands_above_the_programme_and_a_text_below(show):
    Appearance.objects.create(announcement="<b>Closed</b> on Monday", introduction="Built in **1932**, <script>")

    html = page("/")

    assert "&lt;b&gt;Closed&lt;/b&gt; on Monday" in html
    assert "Built in <strong>1932</strong>, &lt;script&gt;" in html
    assert "Closed" not in page("/tickets/")
    assert "Built in" not in page("/theatres/galaxy/")


def test_the_foot_of_every_page_says_how_to_reach_the_cinema():
    Appearance.objects.create(phone="+91 22 1234", email="box@rex.example", links="https://www.instagram.com/rex")

    html = page("/tickets/")

    assert 'href="tel:+91%2022%201234"' in html
    assert 'href="mailto:box@rex.example"' in html
    assert '<a href="https://www.instagram.com/rex" rel="me noopener">instagram.com</a>' in html


def test_mails_about_a_theatre_have_its_look(show, settings):
    Appearance.objects.create(
        theatre=show.screen.theatre, name="Galaxy", logo_on_light="logos/g.png", accent="#ffd400", phone="+91 22 1234"
    )
    sold(show, "A1")

    [mail] = outbox()

    html = mail.alternatives[0][0]
    assert f'<img src="{settings.SITE_URL}/media/logos/g.png" alt="Galaxy"' in html
    assert "a { color: #806a00; }" in html
    assert "+91 22 1234" in html
    assert "+91 22 1234" in mail.body


def test_the_back_office_keeps_its_own_colour(show, client):
    Appearance.objects.create(accent="#00695c", name="Rex")
    client.force_login(owner())

    html = client.get(reverse("staff-today", args=["galaxy"])).content.decode()

    assert "· Rex</title>" in html
    assert "/accent/" not in html
