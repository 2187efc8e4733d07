"""Live seat maps in a real browser, updated by the event stream of the production server."""

import pytest
from playwright.sync_api import Page, expect

from cinema.live import application
from cinema.live.channel import Watched
from cinema.live.limits import Limit
from cinema.models import Show
from cinema.selectors.halls.hall_changes import spot_of, standing_seats
from cinema.services.halls.hall_changes import HallPlan, change_hall
from tests.factories import ShowFactory, UserFactory, held, lapsed, past


@pytest.fixture
def site(streaming_site: str) -> str:
    return streaming_site


@pytest.fixture
def show(transactional_db: None) -> Show:
    return ShowFactory()


def open_map(page: Page, show: Show) -> None:
    """Open the map and wait until its stream is open."""
    before = application.hub.watchers
    page.goto(f"/shows/{show.pk}/")
    while application.hub.watchers == before:
        page.wait_for_timeout(20)


def seat(page: Page, name: str):
    return page.get_by_role("checkbox", name=f"Row {name[0]}, seat {name[1:]},")


def no_polls(page: Page) -> list[str]:
    polls: list[str] = []
    page.on("request", lambda request: polls.append(request.url) if "/seats/" in request.url else None)
    return polls


@pytest.mark.nightly
def test_what_others_hold_and_let_go_comes_without_asking(page, show):
    open_map(page, show)
    polls = no_polls(page)
    seat(page, "A1").check()

    hold = held(show, "A2", buyer="ben")
    expect(seat(page, "A2")).to_be_disabled()
    expect(seat(page, "A1")).to_be_checked()

    lapsed(hold)
    expect(seat(page, "A2")).to_be_enabled()
    assert polls == []


def test_two_browsers_see_each_others_seats(page, other_page, show):
    open_map(page, show)
    open_map(other_page, show)
    seat(other_page, "A1").check()

    seat(page, "A1").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()

    expect(other_page.locator("[data-seat-map=message]")).to_have_text("Row A, seat 1 was just taken.")
    page.go_back()
    expect(seat(page, "A1")).to_have_accessible_name("Row A, seat 1, Classic, ₹250, held for you")


@pytest.mark.nightly
def test_ones_own_seats_held_in_another_tab_are_ones_own(page, show):
    page.goto(f"/shows/{show.pk}/")
    seat(page, "A1").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Change seats").click()
    tab = page.context.new_page()
    open_map(tab, show)

    seat(page, "A2").check()
    page.get_by_role("button", name="Continue with these seats").click()

    expect(seat(tab, "A2")).to_have_accessible_name("Row A, seat 2, Classic, ₹250, held for you")
    expect(seat(tab, "A2")).to_be_checked()


@pytest.mark.nightly
def test_the_begin_of_the_show_replaces_the_map(page, show):
    open_map(page, show)

    past(show)

    expect(page.get_by_text("This show has already started")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(0)


def test_a_line_that_was_cut_comes_back_and_misses_nothing(page, show):
    open_map(page, show)

    with page.expect_request("**/live/*"):
        cut(show)
        held(show, "A2", buyer="ben")
    expect(seat(page, "A2")).to_be_disabled()

    held(show, "A3", buyer="cleo")
    expect(seat(page, "A3")).to_be_disabled()


@pytest.mark.nightly
def test_a_map_too_many_is_kept_true_by_asking(page, other_page, show, monkeypatch):
    monkeypatch.setattr(application, "open_maps", Limit(each=1, all=1))
    open_map(page, show)
    with other_page.expect_response("**/live/*") as refused:
        other_page.goto(f"/shows/{show.pk}/")
    assert refused.value.status == 503

    held(show, "A1", buyer="ben")

    for each in (page, other_page):
        expect(seat(each, "A1")).to_be_disabled()


def cut(show: Show) -> None:
    """Cut the streams of all open maps of the show."""
    channel = application.hub._channels.pop(Watched(show.pk, "en"))
    application.hub._task.get_loop().call_soon_threadsafe(channel.end, b":\n\n")


@pytest.mark.nightly
def test_a_hall_that_is_rebuilt_comes_as_a_whole_and_keeps_what_was_chosen(page, show):
    open_map(page, show)
    seat(page, "A1").check()
    seat(page, "C8").check()
    spots = [spot_of(each) for each in standing_seats(show.screen).values()]
    renamed = [spot._replace(number=9 - spot.number) for spot in spots if (spot.row, spot.number) != ("C", 8)]

    change_hall(
        screen=show.screen,
        plan=HallPlan(0, "Renewed", "STRAIGHT", renamed),
        follow=[show.pk],
        seen=[show.pk],
        user=UserFactory(),
    )

    expect(seat(page, "A8")).to_be_checked()
    expect(seat(page, "A1")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Row C")).to_have_count(7)
    expect(page.locator("[data-seat-map=message]")).to_contain_text("Row C, seat 8 was just taken")
    held(show, "B2", buyer="ben")  # and what changes from now on comes by the stream again
    expect(seat(page, "B2")).to_be_disabled()
