"""A manager imports films from a table, and uploads a poster that is too large."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cinema.models import Movie
from tests.factories import MANAGER, PASSWORD, MovieFactory, TheatreFactory, staff

TABLE = "Title,Year,Runtime\nUp,2009,96\nLost,2001,\n"


@pytest.fixture
def manager(transactional_db):
    return staff(TheatreFactory(), MANAGER)


def sign_in(page: Page, user) -> None:
    page.goto("/account/sign-in/?next=/staff/films/")
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Films", exact=True)).to_be_visible()


def test_films_are_imported_after_a_preview_without_javascript(js_off_page, manager):
    page = js_off_page
    sign_in(page, manager)
    page.get_by_role("link", name="Import a table").first.click()
    page.locator("[name=table]").set_input_files(
        {"name": "films.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview of films.csv")).to_be_visible()
    assert not Movie.objects.exists()

    page.get_by_role("button", name="Import").click()

    expect(page.get_by_role("heading", name="films.csv is imported")).to_be_visible()
    assert Movie.objects.get().slug == "up-2009"


@pytest.mark.nightly
def test_a_poster_that_is_too_large_is_refused_before_it_travels(page, manager, tmp_path: Path):
    movie = MovieFactory()
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    sign_in(page, manager)
    page.get_by_role("link", name=movie.title).click()
    page.wait_for_load_state()
    posted = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)

    page.locator("#id_poster").set_input_files(large)
    page.locator("form:has(#id_poster)").get_by_role("button", name="Upload").click()

    said = page.locator("#id_poster").evaluate("input => input.validationMessage")
    assert "larger than 10 MB" in said
    assert not posted


@pytest.mark.nightly
def test_unknown_columns_are_mapped_by_hand_without_javascript(js_off_page, manager):
    page = js_off_page
    sign_in(page, manager)
    page.goto("/staff/films/import/")
    table = b"Werk;Meter\nUp;96\n"
    page.locator("[name=table]").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": table})
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("No column was recognised for: title, runtime")

    page.get_by_label("Werk").select_option("title")
    page.get_by_label("Meter").select_option("runtime")
    page.get_by_role("button", name="Read it like this").click()
    expect(page.get_by_role("heading", name="Up")).to_be_visible()
    page.get_by_role("button", name="Import").click()

    expect(page.get_by_role("heading", name="a.csv is imported")).to_be_visible()
    assert Movie.objects.get().runtime == 96
