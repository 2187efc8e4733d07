"""The layout that all pages of the back office share."""

import re

import pytest
from playwright.sync_api import expect

from cinema.models import Show
from cinema.templatetags.staff import AT_A_THEATRE, FOR_ALL
from tests.browser.staff import enter
from tests.conftest import nightly
from tests.factories import MovieFactory, ScreenFactory, TheatreFactory, draft, owner, price_card

CUT_OFF = """links => links.filter((link) => {
  const { left, right } = link.getBoundingClientRect();
  const list = link.closest("ul");
  return left < 0 || right > document.documentElement.clientWidth || list.scrollWidth > list.clientWidth;
}).map((link) => link.textContent)"""
# The select elements with a choice that does not fit into them. A film's title may be of any length.
CUT_CHOICES = """selects => selects.filter(({ name }) => name !== "movie").flatMap((select) => {
  const style = getComputedStyle(select), pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return [...select.options].map(({ text }) => text).filter((text) => pen.measureText(text).width > room + 1);
})"""
MARGINS = """box => {
  const { left, right } = box.getBoundingClientRect(), style = getComputedStyle(box);
  const room = innerWidth - 15;
  return [left + parseFloat(style.paddingLeft), room - right + parseFloat(style.paddingRight)].map(Math.round);
}"""
LEFT = "box => Math.round(box.getBoundingClientRect().left + parseFloat(getComputedStyle(box).paddingLeft))"


def test_every_section_of_the_back_office_is_in_sight_or_on_a_telephone_in_its_menu(page):
    TheatreFactory(slug="here")
    enter(page, owner(), "/staff/theatres/here/")
    links = page.get_by_role("navigation", name="Back office").get_by_role("link")
    for width in (1440, 1200, 820, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if width == 390:
            assert page.locator(".staff-header").bounding_box()["height"] <= 150
            page.get_by_text("Menu · Today").click()
        expect(links).to_have_count(len(AT_A_THEATRE) + len(FOR_ALL))
        assert links.evaluate_all(CUT_OFF) == [], width


@pytest.mark.nightly
def test_head_page_and_foot_stand_on_one_grid(page):
    TheatreFactory(slug="here")
    enter(page, owner(), "/staff/theatres/here/")
    lefts = [page.locator(part).first.evaluate(LEFT) for part in ("header > .page", "main", "footer > .page")]
    assert len(set(lefts)) == 1


@pytest.mark.nightly
def test_no_choice_is_cut(page):
    show = draft(ScreenFactory(theatre=TheatreFactory(slug="here")))
    here = "/staff/theatres/here/"
    enter(page, owner(), f"{here}settings/")
    for path in ("settings/", f"screens/{show.screen_id}/", f"schedule/shows/{show.pk}/"):
        page.goto(here + path)
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        page.locator(".form-select").first.wait_for()
        for width in (390, 820, 1024, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.locator(".form-select:visible").evaluate_all(CUT_CHOICES) == [], (path, width)


@pytest.mark.nightly
def test_margins_are_equal_beside_a_scroll_bar(page):
    TheatreFactory(slug="here")
    enter(page, owner(), "/staff/theatres/here/")
    # Chromium hides its scroll bars here, so something as wide takes the room: what counts by the window is too wide.
    page.locator("html").evaluate("html => { html.style.paddingRight = '15px' }")
    for part in ("header > .page", "main", "footer > .page"):
        left, right = page.locator(part).first.evaluate(MARGINS)
        assert left == right, part


@pytest.mark.nightly
def test_the_public_pages_are_one_click_away(page):
    theatre = TheatreFactory(slug="here")
    enter(page, owner(), "/staff/theatres/here/")
    page.get_by_role("link", name="View site").click()
    expect(page).to_have_url(f"{page.url.split('/theatres')[0]}{theatre.get_absolute_url()}")


@pytest.mark.parametrize("options", [{}, nightly({"java_script_enabled": False})], ids=["scripts", "no scripts"])
def test_nothing_is_retired_at_one_click(new_page, options):
    movie = MovieFactory(title="Sholay")
    page = new_page(**options)
    enter(page, owner(), f"/staff/films/{movie.pk}/")
    retire = page.locator(".confirm")
    retire.locator("summary").click()
    expect(retire).to_contain_text("A retired film can no longer be planned.")
    movie.refresh_from_db()
    assert movie.retired_at is None

    retire.get_by_role("button", name="Retire : Sholay").click()
    expect(page.get_by_role("button", name="Bring back")).to_be_visible()


def test_a_show_is_not_deleted_at_one_click(page):
    show = draft(ScreenFactory(theatre=TheatreFactory(slug="here")), movie=MovieFactory(title="Sholay"))
    enter(page, owner(), f"/staff/theatres/here/schedule/shows/{show.pk}/")
    page.locator("summary", has_text="Delete this show").click()
    expect(page.get_by_text("Nobody has booked it. It will be deleted for good.")).to_be_visible()
    assert Show.objects.exists()

    page.get_by_role("button", name="Delete this show : Sholay").click()
    expect(page.get_by_text("“Sholay” has been deleted from the schedule.")).to_be_visible()
    assert not Show.objects.exists()


@pytest.mark.nightly
def test_a_date_field_says_the_day_in_words(page):
    show = draft(ScreenFactory(theatre=TheatreFactory(slug="here")))
    enter(page, owner(), f"/staff/theatres/here/schedule/shows/{show.pk}/")
    page.get_by_label("Day").fill("2083-01-08")
    expect(page.locator("#div_id_day")).to_contain_text(re.compile("Friday,? 8 January 2083"))


@pytest.mark.nightly
def test_a_price_is_copied_to_ticket_types_that_have_none(page):
    theatre = TheatreFactory(slug="here")
    ScreenFactory(theatre=theatre)
    card = price_card(theatre, adult=250, child=150)
    enter(page, owner(), f"/staff/theatres/here/prices/{card.pk}/")
    prices = page.locator(".price-grid tbody tr").first.locator("input")
    prices.nth(0).fill("280")
    prices.nth(1).fill("")
    page.get_by_role("button", name=re.compile("Copy to the right.*Classic")).click()
    expect(prices.nth(1)).to_have_value("280")
