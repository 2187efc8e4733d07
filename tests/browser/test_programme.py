"""The programme and a film's page in a browser: choices that fail, and titles that fit and follow."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import Page, expect

from cinema.templatetags.cinema import duration
from tests.conftest import nightly
from tests.factories import MovieFactory, TheatreFactory, listed

pytestmark = pytest.mark.django_db(transaction=True)

LINES = """title => {
    const range = document.createRange();
    range.selectNodeContents(title);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
}"""


def choose_city(page: Page, city: str) -> None:
    with page.expect_event("requestfinished" if city == "Pune" else "requestfailed"):
        page.get_by_label("City").select_option(city)


def test_a_choice_that_did_not_reach_us_is_taken_back(page):
    for city in ("Agra", "Pune"):
        listed(theatre=TheatreFactory(city=city), movie=MovieFactory(title=f"A film in {city}"))
    page.goto("/")
    choose_city(page, "Pune")
    expect(page.get_by_role("link", name="A film in Agra")).to_have_count(0)

    page.context.set_offline(True)
    choose_city(page, "Agra")

    expect(page.get_by_text("We couldn’t connect.")).to_be_visible()
    expect(page.get_by_label("City")).to_have_value("Pune")
    page.context.set_offline(False)
    expect(page.get_by_text("We couldn’t connect.")).to_have_count(0)


def test_the_title_of_the_window_follows_what_was_chosen(page):
    for city in ("Agra", "Pune"):
        listed(theatre=TheatreFactory(city=city))
    page.goto("/")
    expect(page).to_have_title("What’s on · Cinema")

    choose_city(page, "Pune")

    expect(page).to_have_title("What’s on in Pune · Cinema")


def test_on_a_telephone_the_first_film_is_in_the_first_third_and_filters_are_folded(phone_page):
    listed(movie=MovieFactory(title="Ikiru"))
    listed(movie=MovieFactory(title="Ran"))
    phone_page.goto("/")
    poster = phone_page.locator("article img").first.bounding_box()
    assert poster["y"] <= 844 / 3
    expect(phone_page.get_by_label("City")).to_be_visible()
    expect(phone_page.get_by_role("searchbox")).to_be_hidden()

    phone_page.get_by_text("Filter", exact=True).click()
    phone_page.get_by_role("searchbox").fill("ikiru")

    expect(phone_page.get_by_role("heading", level=1)).to_have_text("“ikiru”")
    expect(phone_page.locator("summary")).to_have_text("Filter 1")


@pytest.mark.parametrize("width", [320, nightly(390), nightly(820), nightly(1440)])
def test_a_long_word_of_a_title_stays_whole(new_page, width):
    movie = MovieFactory(title="Metropolis")
    page = new_page(viewport={"width": width, "height": 800})
    page.goto(movie.get_absolute_url())

    assert page.get_by_role("heading", name="Metropolis").evaluate(LINES) == 1


@pytest.mark.nightly
def test_on_letters_twice_as_large_a_title_stands_below_its_poster(new_page):
    """As many of them fit beside each other on a telephone of 390 pixels."""
    movie = MovieFactory(title="Metropolis")
    page = new_page(viewport={"width": 195, "height": 422})
    page.goto(movie.get_absolute_url())

    poster, title = page.locator(".movie-poster").bounding_box(), page.get_by_role("heading", level=1).bounding_box()
    assert poster["y"] + poster["height"] <= title["y"]
    assert title["width"] >= 0.8 * (195 - 2 * title["x"])


# Whether the first letter of a text stands left of its last one.
FROM_THE_LEFT = """part => {
    const letters = document.createTreeWalker(part, NodeFilter.SHOW_TEXT).nextNode();
    const left = (at) => {
        const range = document.createRange();
        range.setStart(letters, at);
        range.setEnd(letters, at + 1);
        return range.getBoundingClientRect().left;
    };
    return left(0) < left(letters.length - 1);
}"""


@pytest.mark.nightly
def test_a_certificate_reads_from_the_left_and_a_runtime_as_its_language_does(page):
    movie = MovieFactory(certificate="UA 13+", runtime=129)
    with override("ar"):
        runtime = duration(movie.runtime)
        page.goto(movie.get_absolute_url())

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    for part, from_the_left in ((movie.certificate, True), (runtime, runtime.isascii())):
        assert page.locator(".movie-meta").get_by_text(part, exact=True).evaluate(FROM_THE_LEFT) == from_the_left, part


@pytest.mark.nightly
def test_no_film_leaves_a_hole_below_it_beside_one_with_many_times(new_page):
    theatre, noon = TheatreFactory(), timezone.now().replace(hour=12) + timedelta(days=2)
    for title, times in (("Alien", 1), ("Brazil", 9), ("Casino", 1), ("Diva", 1)):
        movie = MovieFactory(title=title)
        for more in range(times):
            listed(theatre=theatre, movie=movie, starts_at=noon + timedelta(minutes=10 * more))
    page = new_page(viewport={"width": 1440, "height": 900})
    page.goto("/")
    boxes = [film.bounding_box() for film in page.locator("article.film").all()]

    columns = {left: [box for box in boxes if box["x"] == left] for left in sorted({box["x"] for box in boxes})}
    assert len(columns) == 2
    assert [box for column in columns.values() for box in column] == boxes  # tabbed as they are read
    for column in columns.values():
        for film, following in pairwise(column):
            assert abs(film["y"] + film["height"] - following["y"]) < 2
