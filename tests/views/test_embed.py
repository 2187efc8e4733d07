"""The programme as a part of other websites."""

import pytest

from tests.factories import ShowFactory, TheatreFactory
from tests.starts import run
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db
REX = "https://www.rex.example"


@pytest.fixture
def show():
    return ShowFactory(screen__theatre=TheatreFactory(slug="rex", name="Rex"))


def test_only_the_named_websites_may_show_it_in_a_frame(show, settings):
    settings.EMBED_ORIGINS = [REX, "https://rex.example"]

    policy = browser().get("/embed/programme/rex/")["Content-Security-Policy"]

    assert f"frame-ancestors {REX} https://rex.example" in policy
    assert "script-src 'self'" in policy
    for url in ("/", "/theatres/rex/", f"/shows/{show.pk}/"):
        assert "frame-ancestors 'none'" in browser().get(url)["Content-Security-Policy"]


def test_without_any_website_nobody_may(show):
    assert "frame-ancestors 'none'" in browser().get("/embed/programme/")["Content-Security-Policy"]


def test_it_sets_no_cookie_and_every_show_leads_out_of_the_frame(show):
    response = browser().get("/embed/programme/rex/")

    html = response.content.decode()
    assert not response.cookies
    assert '<base target="_top">' in html
    assert f'href="/shows/{show.pk}/"' in html
    assert 'target="_self"' in html  # another day stays within
    assert "<form" not in html


def test_it_stays_in_the_language_of_its_address(show, settings):
    settings.EMBED_ORIGINS = [REX]
    response = browser().get("/de/embed/programme/rex/", headers={"accept": "text/html", "accept-language": "fr"})

    assert f"frame-ancestors {REX}" in response["Content-Security-Policy"]
    assert not response.cookies
    assert f'href="/de/shows/{show.pk}/"' in response.content.decode()


def test_it_is_the_programme_of_one_theatre_or_of_all(show):
    other = ShowFactory(screen__theatre=TheatreFactory(name="Roxy"))

    assert str(other.movie) not in text(browser().get("/embed/programme/rex/"))
    assert str(other.movie) in text(browser().get("/embed/programme/"))
    assert browser().get("/embed/programme/nowhere/").status_code == 404


def test_a_theatre_without_shows_says_so():
    TheatreFactory(slug="rex")

    assert "No shows are on sale at the moment." in text(browser().get("/embed/programme/rex/"))


def test_other_websites_may_load_the_script():
    response = browser().get("/embed.js")

    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert b"embed/programme/" in response.content


@pytest.mark.parametrize("origin", ["rex.example", "https://rex.example/", "https://rex.example; script-src *", "*"])
def test_a_website_is_named_by_scheme_and_host_alone(origin):
    done = run("import cinema.settings", {"DEBUG": "true", "EMBED_ORIGINS": origin})

    assert done.returncode == 1
    assert "EMBED_ORIGINS names websites by scheme and host alone" in done.stderr
