"""The planner by mouse and by keyboard."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from cinema.models import Show
from tests.factories import MANAGER, LanguageFactory, MovieFactory, ScreenFactory, TheatreFactory, draft, staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def theatre(transactional_db):
    return TheatreFactory(slug="here")


@pytest.fixture
def screens(theatre):
    return [ScreenFactory(theatre=theatre, name=name, plan="aa") for name in ("One", "Two")]


@pytest.fixture
def show(screens):
    """A draft at 17:30 on the first screen."""
    return draft(screens[0], movie=MovieFactory(title="Sholay", runtime=90))


def signed_in(page: Page, theatre) -> Page:
    client = Client()
    client.force_login(staff(theatre, MANAGER))
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "domain": "localhost", "path": "/"}])
    return page


def open_planner(page: Page, show: Show) -> None:
    address = reverse("staff-schedule", args=["here"])
    signed_in(page, show.screen.theatre).goto(f"{address}?day={show.trading_day}&view=day")
    expect(page.locator(".is-laid")).to_be_visible()


def news(page: Page):
    return page.locator("#planner-news")


def test_a_show_is_dragged_to_another_time_and_screen(page, show, screens):
    open_planner(page, show)
    lane = page.locator(f'[data-screen="{screens[1].pk}"]')
    hour = lane.bounding_box()["width"] / 16
    box = page.locator(f"#show-{show.pk}").bounding_box()

    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 20, steps=3)
    page.mouse.move(box["x"] + 20 + hour * 1.52, lane.bounding_box()["y"] + 10, steps=5)
    expect(news(page)).to_contain_text("19:00 until 21:30, Two")
    page.mouse.up()

    expect(news(page)).to_contain_text("“Sholay” is on Two at 19:00")
    expect(lane.get_by_role("link", name=re.compile("19:00 Sholay"))).to_be_visible()
    show.refresh_from_db()
    assert (show.screen, show.starts_at.hour, show.starts_at.minute) == (screens[1], 13, 30)
    expect(page).to_have_url(re.compile("schedule/"))


def test_a_show_walks_with_the_arrow_keys_and_keeps_the_focus(page, show, screens):
    open_planner(page, show)
    link = page.locator(f"#show-{show.pk}")
    link.focus()

    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)

    expect(news(page)).to_contain_text("“Sholay” is on Two at 18:35")
    expect(page.locator(f'[data-screen="{screens[1].pk}"] #show-{show.pk}')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sholay")).to_be_visible()


@pytest.mark.nightly
def test_a_rejected_move_shows_the_reason_and_puts_the_show_back(page, show, screens):
    draft(screens[1], starts_at=show.starts_at, movie=MovieFactory(title="Himalaya"))
    open_planner(page, show)

    page.locator(f"#show-{show.pk}").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator(f"#show-{show.pk}")).to_contain_text("17:30")
    page.keyboard.press("ArrowDown")

    expect(news(page)).to_contain_text("“Himalaya” is already on Two from 17:30")
    expect(page.locator(f'[data-screen="{screens[0].pk}"] #show-{show.pk}')).to_be_focused()


def test_shows_are_planned_by_keys_alone_and_appear_at_once(page, show, screens):
    movie = MovieFactory(title="Aparajito")
    movie.languages.add(LanguageFactory())
    open_planner(page, show)
    page.get_by_text("Add shows").click()
    page.get_by_label("Film*", exact=True).focus()
    page.keyboard.type("Apa")
    page.get_by_label("Screen*", exact=True).focus()
    page.keyboard.type("Two")
    page.get_by_label("Times").fill("12:00, 0:30")
    page.get_by_label("From*", exact=True).fill(f"{show.trading_day}")
    page.keyboard.press("Enter")

    expect(page.locator("#messages")).to_contain_text("2 drafts have been planned.")
    night = show.trading_day + timedelta(days=1)
    expect(page.get_by_role("link", name=re.compile("00:30 Aparajito"))).to_contain_text(f"to {night:%a}")


@pytest.mark.nightly
def test_the_errors_of_new_shows_disappear_once_they_are_planned(page, show):
    show.movie.languages.add(LanguageFactory())
    open_planner(page, show)
    page.locator("#add-box summary").first.click()
    form = page.locator("#add")
    form.get_by_label("Film*", exact=True).select_option(f"{show.movie_id}")
    form.get_by_label("Screen*", exact=True).select_option(f"{show.screen_id}")
    form.get_by_label("Times").fill("17:00, 18:00")
    form.get_by_role("button", name="Plan", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("Nothing is planned yet.")

    form.get_by_label("Times").fill("12:00")
    form.get_by_role("button", name="Plan", exact=True).click()

    expect(page.locator("#messages")).to_contain_text("1 draft has been planned.")
    expect(form.get_by_role("alert")).to_have_count(0)
    expect(form.get_by_label("Times")).to_have_value("12:00")


@pytest.mark.nightly
def test_a_click_on_a_free_time_opens_the_form_for_it(page, show, screens):
    open_planner(page, show)
    lane = page.locator(f'[data-screen="{screens[1].pk}"]')
    hour = lane.bounding_box()["width"] / 16  # from 10:00 to 02:00
    lane.click(position={"x": hour * 10.3, "y": 10})

    expect(page.get_by_label("Film*", exact=True)).to_be_focused()
    expect(page.get_by_label("Times")).to_have_value("20:15")
    expect(page.get_by_label("Screen*", exact=True)).to_have_value(f"{screens[1].pk}")
    expect(page.locator("[name=first_day]")).to_have_value(f"{show.trading_day}")
    expect(page.locator("[name=last_day]")).to_have_value(f"{show.trading_day}")


@pytest.mark.nightly
def test_the_form_for_new_shows_is_as_open_as_it_was_left(page, show):
    open_planner(page, show)
    expect(page.locator("#add-box")).not_to_have_attribute("open", "")
    page.get_by_text("Add shows").click()
    page.get_by_role("link", name="Next day").click()
    page.get_by_role("link", name="Previous day").click()
    expect(page.locator("#add-box")).to_have_attribute("open", "")


@pytest.mark.nightly
def test_a_week_without_shows_is_not_taller_than_two_screens(page, screens):
    signed_in(page, screens[0].theatre).goto(f"{reverse('staff-schedule', args=['here'])}?day=2084-03-01")
    expect(page.locator(".is-laid")).to_be_visible()
    days = page.locator(".plan-day")
    assert sum(day.bounding_box()["height"] for day in days.all()) < 900
