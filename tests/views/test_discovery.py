"""What search engines, link previews and home screens read of the public pages."""

import re
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cinema.models import Show
from cinema.services.core import audit
from tests.factories import MovieFactory, TheatreFactory, listed, published, season
from tests.views.browsers import text
from tests.views.schema_org import complaints, the, things

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def galaxy():
    return TheatreFactory(name="Galaxy", slug="galaxy", address="5 Marine Drive", city="Mumbai")


@pytest.fixture
def show(galaxy) -> Show:
    return listed(theatre=galaxy, movie=MovieFactory(title="Mandi & Sons", synopsis="A “full”\nhouse. <b>"))


def head(client, url: str) -> dict[str, str]:
    """The title, canonical address and named texts of a page's head."""
    page = client.get(url).content.decode()
    said = dict(re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)">', page))
    said |= dict(re.findall(r'<link rel="([\w-]+)" href="([^"]*)">', page))
    said["title"] = " ".join(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1].split())
    return {name: unescape(text) for name, text in said.items()}


def test_a_shared_link_to_a_film_has_its_title_text_and_picture(client, show):
    found = head(client, show.movie.get_absolute_url())

    assert found["og:title"] == "Mandi & Sons"
    assert found["og:description"] == found["description"] == "A “full” house. <b>"
    assert found["og:url"] == found["canonical"] == SITE + show.movie.get_absolute_url()
    assert found["og:site_name"] == "Cinema"
    assert found["og:image"] == f"{SITE}/movies/mandi-&-sons/card.png"
    assert found["twitter:card"] == "summary_large_image"
    assert head(client, show.get_absolute_url())["og:image"] == found["og:image"]


def test_a_shared_link_to_any_page_has_a_picture(client, show):
    published("imprint")
    found = season(show.movie)
    cards = {
        "/": "/card.png",
        "/?city=Mumbai": "/card.png?city=Mumbai",
        "/?theatre=galaxy": "/theatres/galaxy/card.png",
        "/theatres/galaxy/": "/theatres/galaxy/card.png",
        found.get_absolute_url(): f"{found.get_absolute_url()}card.png",
        "/coming-soon/": "/coming-soon/card.png",
        "/imprint/": "/card.png",
        "/gift-cards/": "/card.png",
        "/de/gift-cards/": "/de/card.png",
    }

    assert {url: head(client, url)["og:image"] for url in cards} == {url: SITE + card for url, card in cards.items()}


def test_a_film_without_a_synopsis_has_a_description_too(client):
    movie = MovieFactory(title="Mandi", synopsis="")

    assert head(client, movie.get_absolute_url())["description"] == "Showtimes and tickets for Mandi."


def test_a_shared_link_to_a_show_has_place_and_time(client, show):
    found = head(client, show.get_absolute_url())

    assert found["og:title"].startswith("Mandi & Sons, ")
    assert "Galaxy" in found["og:description"]
    assert show.screen.name in found["og:description"]


def test_a_shared_link_to_a_theatre_has_its_address(client, galaxy):
    found = head(client, galaxy.get_absolute_url())

    assert found["og:title"] == "Galaxy"
    assert found["description"] == "Showtimes and tickets for Galaxy, 5 Marine Drive, Mumbai."


def test_the_programme_names_its_films_for_search_engines(client, show):
    assert head(client, "/")["description"] == "Showtimes and tickets: Mandi & Sons."


def test_a_programme_without_films_still_has_a_description(client):
    assert head(client, "/")["description"] == "Showtimes and tickets."


def pages(sitemap) -> dict[str, str | None]:
    """The pages of a sitemap, and when they changed."""
    entries = ElementTree.fromstring(sitemap.content).iter(f"{SITEMAP}url")
    return {entry.findtext(f"{SITEMAP}loc"): entry.findtext(f"{SITEMAP}lastmod") for entry in entries}


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "What’s on · Cinema"),
        ("?city=Mumbai", "What’s on in Mumbai · Cinema"),
        ("?theatre=galaxy", "What’s on at Galaxy · Cinema"),
        ("?q=mandi", "“mandi” · Cinema"),
        ("?q=mandi&city=Mumbai", "“mandi” in Mumbai · Cinema"),
        ("?q=mandi&theatre=galaxy", "“mandi” at Galaxy · Cinema"),
    ],
)
def test_the_title_of_the_programme_says_what_it_shows(client, show, query, title):
    assert head(client, f"/{query}")["title"] == title


def test_another_day_stands_in_the_title_after_a_click_too(client, galaxy, show):
    later = listed(theatre=galaxy, days=3).trading_day
    title = f"<title>What’s on in Mumbai, {later:%A} {later.day} {later:%B} · Cinema</title>"

    assert title in client.get(f"/?city=Mumbai&day={later}").content.decode()
    assert title in client.get(f"/?city=Mumbai&day={later}", HTTP_HX_REQUEST="true").content.decode()


@pytest.mark.parametrize(
    ("query", "canonical"),
    [("", "/"), ("?city=Mumbai&format=2D", "/?city=Mumbai"), ("?theatre=galaxy", "/theatres/galaxy/")],
)
def test_one_address_stands_for_all_days_and_filters_of_a_place(client, show, query, canonical):
    assert head(client, f"/{query}")["canonical"] == SITE + canonical


def test_a_day_of_a_film_or_theatre_is_no_page_of_its_own(client, show):
    for page in (show.movie, show.screen.theatre):
        url = page.get_absolute_url()
        assert head(client, f"{url}?day={show.trading_day}")["canonical"] == SITE + url


def test_searches_are_kept_out_of_search_engines(client, show):
    assert client.get("/?q=mandi")["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/")


def test_the_sitemap_lists_the_programme_theatres_and_films_with_shows_to_come(client, show, galaxy):
    MovieFactory(title="In the library only")
    cancelled = listed(movie=MovieFactory(title="Cancelled"), status=Show.Status.CANCELLED)

    sitemap = client.get(reverse("sitemap"))

    assert sitemap["Content-Type"].startswith("application/xml")
    things = [show.movie, galaxy, cancelled.screen.theatre]
    paths = ["/", "/coming-soon/", *(thing.get_absolute_url() for thing in things)]
    prefixes = ["", "/de", "/fr", "/es", "/hi", "/ne", "/ar"]
    assert set(pages(sitemap)) == {f"{SITE}{prefix}{path}" for prefix in prefixes for path in paths}


def alternates(found: bytes | str) -> dict[str, str]:
    """The first page's address in each language."""
    links = re.findall(r'rel="alternate" hreflang="([\w-]+)" href="([^"]+)"', str(found))
    return dict(links[:8])


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_a_page_and_the_sitemap_name_its_address_in_every_language(client, galaxy, prefix):
    path = galaxy.get_absolute_url()
    said = alternates(client.get(f"{prefix}{path}").content)
    sitemap = client.get("/sitemap.xml").content.decode()
    entry = re.search(rf"<loc>{SITE}{prefix}{path}</loc>.*?</url>", sitemap, re.DOTALL)

    assert said == alternates(entry[0])
    assert said["x-default"] == said["en"] == f"{SITE}{path}"
    assert said["ar"] == f"{SITE}/ar{path}"


def test_a_page_is_described_in_its_own_language(client, galaxy):
    path = f"/de{galaxy.get_absolute_url()}"
    said = head(client, path)

    assert said["canonical"] == said["og:url"] == SITE + path
    assert said["og:locale"] == "de_DE"
    assert f'"@id": "{SITE}{path}"' in client.get(path).content.decode()


def test_a_cinema_with_one_language_names_no_other(client, show, settings):
    settings.LANGUAGES = [("en", "English")]
    path = show.movie.get_absolute_url()

    assert not alternates(client.get(path).content)
    assert "xhtml:link" not in client.get("/sitemap.xml").content.decode()


def test_the_sitemap_lists_each_city_if_there_are_several(client, galaxy):
    assert f"{SITE}/?city=Mumbai" not in pages(client.get(reverse("sitemap")))
    TheatreFactory(city="Köln")

    assert {f"{SITE}/?city=Mumbai", f"{SITE}/?city=K%C3%B6ln"} <= set(pages(client.get(reverse("sitemap"))))


@pytest.mark.usefixtures("seasons_are_read")
def test_every_page_of_the_sitemap_may_be_found_at_its_address(client, show):
    TheatreFactory(city="Köln")
    season(show.movie)

    urls = [url for url in pages(client.get(reverse("sitemap"))) if not re.match(rf"{SITE}/\w\w/", url)]

    assert len(urls) == len(["programme", "coming soon", "cities", "", "theatres", "", "film", "season"])
    for url in urls:
        answer = client.get(url)
        assert (answer.status_code, answer.get("X-Robots-Tag")) == (200, None), url
        assert head(client, url)["canonical"] == url


def test_the_sitemap_says_when_a_page_changed_only_where_that_is_known(client, galaxy, show):
    TheatreFactory(slug="never-touched")
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        audit.note(action=audit.Action.PUBLISH, user=None, theatre=galaxy, subject="8 shows")
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        audit.note(action=audit.Action.TILL, user=None, theatre=galaxy, subject="not seen by anybody")

    changed = pages(client.get(reverse("sitemap")))

    assert changed[f"{SITE}/theatres/galaxy/"] == changed[f"{SITE}/"] == "2026-11-20"
    assert changed[f"{SITE}/theatres/never-touched/"] is None
    assert changed[SITE + show.movie.get_absolute_url()] is None


def test_the_sitemap_names_the_sites_own_address_whatever_host_was_asked(client, show, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://cinema.example", ["*"]

    sitemap = client.get(reverse("sitemap"), HTTP_HOST="elsewhere.example").content.decode()

    assert "<loc>https://cinema.example/</loc>" in sitemap
    assert "elsewhere" not in sitemap


def test_the_sitemap_takes_the_same_queries_for_any_number_of_films(client, galaxy, django_assert_num_queries):
    for _ in range(3):
        listed(theatre=galaxy)

    with django_assert_num_queries(2):  # films and theatres
        client.get(reverse("sitemap"))


def test_robots_txt_names_the_sitemap_and_what_is_not_worth_loading(client):
    answer = client.get("/robots.txt")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /admin/", "Disallow: /staff/", "Disallow: /api/"} <= set(lines)
    assert {"Disallow: /shows/*/seats/", "Disallow: /ar/shows/*/seats/"} <= set(lines)
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"
    assert not any(
        line.startswith(("Disallow: /movies", "Disallow: /theatres", "Disallow: /tickets")) for line in lines
    )


def test_a_show_is_found_until_it_begins(client, show):
    answer = client.get(show.get_absolute_url())

    assert answer["X-Robots-Tag"] == f"unavailable_after: {show.starts_at.isoformat()}"


def test_a_show_that_is_over_is_gone(client, galaxy):
    over = listed(theatre=galaxy, days=-1)

    answer = client.get(over.get_absolute_url())

    assert answer.status_code == 410
    assert "This show has already started" in text(answer)


def test_a_deleted_show_is_gone_but_a_draft_was_never_there(client, galaxy):
    deleted, draft = listed(theatre=galaxy), listed(theatre=galaxy, status=Show.Status.DRAFT)
    listed(theatre=galaxy)
    deleted_url = deleted.get_absolute_url()
    deleted.delete()

    gone = client.get(deleted_url)

    assert (gone.status_code, client.get(draft.get_absolute_url()).status_code) == (410, 404)
    assert "This show is no longer in the programme." in text(gone)


def test_a_retired_film_is_gone_once_its_last_show_has_begun(client, show):
    show.movie.retired_at = timezone.now()
    show.movie.save()
    assert client.get(show.movie.get_absolute_url()).status_code == 200
    show.delete()

    gone = client.get(show.movie.get_absolute_url())

    assert gone.status_code == 410
    assert "Mandi & Sons" in text(gone)


def test_every_public_page_says_where_it_is_to_people_and_to_search_engines(client, show, galaxy):
    published("imprint", "terms")
    MovieFactory(title="Dune", release_date=show.trading_day + timedelta(days=99))
    film = show.movie.get_absolute_url()
    trails = {film: ["/"], galaxy.get_absolute_url(): ["/", "/?city=Mumbai"], show.get_absolute_url(): ["/", film]}
    below = ("/coming-soon/", season(show.movie).get_absolute_url(), "/gift-cards/", "/imprint/", "/terms/")

    for url, links in [*trails.items(), *((url, ["/"]) for url in below)]:
        page = client.get(url).content.decode()
        shown = re.search(r'<ol class="trail">.*?</ol>', page, re.DOTALL)[0]
        assert shown.count("<a ") == shown.count("<bdi>") == len(links)  # names of any direction
        items = the("BreadcrumbList", things(page))["itemListElement"]
        assert re.findall(r'href="([^"]*)"', unescape(shown)) == links, url
        assert [item["item"] for item in items] == [f"{SITE}{link}" for link in (*links, url)]
        assert complaints(things(page)) == []


def test_gift_cards_and_legal_texts_are_described(client):
    published("imprint")

    assert head(client, reverse("gift-cards"))["description"].startswith("A gift card pays for tickets")
    assert head(client, reverse("legal-imprint"))["canonical"] == f"{SITE}/imprint/"


@pytest.mark.parametrize("url", ["/favicon.ico", "/apple-touch-icon.png"])
def test_the_icons_browsers_ask_for_by_themselves_are_there(client, url):
    answer = client.get(url)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/static/img/")


def test_the_site_can_be_put_on_a_home_screen(client, show):
    found = head(client, "/")
    manifest = client.get(found["manifest"])

    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["name"] == "Cinema"
    assert manifest.json()["start_url"] == "/"
    assert {icon["sizes"] for icon in manifest.json()["icons"]} == {"192x192", "512x512"}
    assert [icon["purpose"] for icon in manifest.json()["icons"]] == ["any", "any", "maskable"]
    assert [client.get(each["url"]).status_code for each in manifest.json()["shortcuts"]] == [200, 200]
    assert found["apple-touch-icon"].startswith("/static/img/icon-180")
    assert "manifest-src 'self'" in client.get("/")["Content-Security-Policy"]
