"""A cinema's name, logo, colour and texts on its pages and in its mails."""

import io
import re
from urllib.parse import quote, unquote

import pytest
from django.urls import reverse
from PIL import Image

from cinema.models import Appearance
from cinema.services.core import pictures
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


def icons(url: str) -> list[str]:
    """The addresses of the icons in the head of a page."""
    return [
        unquote(href) for href in re.findall(r'<link rel="(?:icon|apple-touch-icon)"[^>]* href="([^"]+)"', page(url))
    ]


def drawn(url: str) -> Image.Image:
    response = browser().get(url)
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    return Image.open(io.BytesIO(response.content))


def test_without_an_appearance_the_icon_is_that_of_the_project(show):
    assert [re.sub(r"\.\w{12}\.", ".", icon) for icon in icons("/")] == [
        "/static/img/icon.svg",
        "/static/img/icon-180.png",
    ]


def test_the_icon_is_the_initial_of_the_cinema_on_its_colour(show):
    Appearance.objects.create(name="“éden”", accent="#00695c")
    Appearance.objects.create(theatre=show.screen.theatre, name="मंडी")

    assert icons("/") == ["/icons/00695c/É/192.png", "/icons/00695c/É/180.png"]
    assert icons("/theatres/galaxy/") == ["/icons/00695c/म/192.png", "/icons/00695c/म/180.png"]
    assert browser().get("/favicon.ico").headers["Location"] == quote(icons("/")[0])
    assert browser().get("/apple-touch-icon.png").headers["Location"] == quote(icons("/")[1])
    manifest = [icon["src"] for icon in browser().get("/manifest.webmanifest").json()["icons"]]
    assert [unquote(src) for src in manifest] == [f"/icons/00695c/É/{name}.png" for name in ("192", "512", "maskable")]
    large, masked = (drawn(src) for src in manifest[1:])
    assert large.size == masked.size == (512, 512)
    assert large.getpixel((0, 0)) == masked.getpixel((256, 90)) == (0, 0x69, 0x5C)
    assert large.tobytes() != drawn("/icons/00695c/म/512.png").tobytes() != drawn("/icons/00695c/E/512.png").tobytes()


@pytest.mark.parametrize("name", ["b8290f/AB/192", "b8290f/_/192", "red/A/192", "b8290f/A/191", "logos/none/192"])
def test_there_is_no_other_icon(name):
    assert browser().get(f"/icons/{name}.png").status_code == 404


@pytest.mark.parametrize(("size", "is_icon"), [((240, 200), True), ((400, 100), False)])
def test_a_logo_about_as_high_as_wide_is_the_icon(show, size, is_icon):
    file = io.BytesIO()
    Image.new("RGBA", size, "#00ff00").save(file, "png")
    logo = pictures.store(picture=file.getvalue(), folder="logos", ending="png")
    Appearance.objects.create(name="Rex", logo=logo)

    assert icons("/")[0] == f"/icons/{logo.replace('.png', '') if is_icon else 'b8290f/R'}/192.png"
    assert drawn(icons("/")[0]).getpixel((96, 30)) == ((0, 255, 0) if is_icon else (0xB8, 0x29, 0x0F))


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
