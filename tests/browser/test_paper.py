"""Printed pages: nothing important is missing, and text is black."""

import pytest
from playwright.sync_api import Page

from tests.conftest import nightly
from tests.factories import ShowFactory, TheatreFactory, listed, sold

pytestmark = pytest.mark.django_db(transaction=True)

BLACK = "rgb(0, 0, 0)"


@pytest.fixture
def paper(new_page) -> Page:
    """An A4 sheet, printed from a dark page."""
    page = new_page(viewport={"width": 734, "height": 1000}, color_scheme="dark")
    page.emulate_media(media="print")
    return page


def ink(page: Page, selector: str) -> set[str]:
    return set(page.locator(selector).evaluate_all("parts => parts.map(part => getComputedStyle(part).color)"))


@pytest.mark.nightly
def test_a_printed_programme_has_the_place_and_the_day(paper):
    show = listed(theatre=TheatreFactory(city="Pune"))
    paper.goto("/?city=Pune")

    heading = paper.locator("h1").inner_text().lower()

    assert "in pune" in heading
    assert f"{show.trading_day:%A} {show.trading_day.day} {show.trading_day:%B %Y}".lower() in heading
    assert ink(paper, "h1, .film-title a, .chip strong, .film-showing-place a") == {BLACK}


@pytest.mark.parametrize("width", [734, nightly(340)], ids=["A4", "roll"])
def test_a_printed_ticket_has_an_edge_all_round_both_pieces(paper, width):
    paper.set_viewport_size({"width": width, "height": 1000})
    paper.goto(sold(ShowFactory(), "A1").get_absolute_url())

    edges = paper.locator(".ticket-main, .ticket-stub").evaluate_all(
        """pieces => pieces.map(piece => {
            const look = getComputedStyle(piece);
            return ["top", "right", "bottom", "left"].map(side => parseFloat(look[`border-${side}-width`]) > 0);
        })"""
    )

    main, stub = edges
    assert stub == [True, True, True, True]
    assert main == [True, width < 700, True, True]  # beside one another they share one
    assert ink(paper, ".ticket-head h1, .ticket-time, .ticket-screen, .ticket-seats strong") == {BLACK}
