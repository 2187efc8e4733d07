"""Holding seats over a slow or failing network: there is always a way on."""

import pytest
from playwright.sync_api import Page, Route, expect

from cinema.models import Hold, Show
from tests.browser.seats import box, expect_chosen, message, open_map, touch
from tests.factories import PASSWORD, ShowFactory, UserFactory, held

FAILED = "We couldn’t connect. Your seats are still selected – please try again."


@pytest.fixture
def show(transactional_db) -> Show:
    return ShowFactory(screen__rows=2, screen__columns=6)


def hold(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def expect_checkout(page: Page) -> None:
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()


@pytest.mark.nightly
def test_progress_is_announced_at_once_and_again_after_a_while(page, show):
    waiting: list[Route] = []
    page.clock.install()
    open_map(page, show)
    page.route("**/hold/", lambda route: waiting.append(route))
    touch(page, "A1")

    hold(page)
    expect(message(page)).to_have_text("Holding your seats…")
    page.clock.fast_forward(5000)
    expect(message(page)).to_have_text("Still trying…")

    hold(page)  # a second click changes nothing
    assert len(waiting) == 1
    waiting[0].continue_()
    expect_checkout(page)
    assert Hold.objects.count() == 1


def test_without_a_network_the_choice_stands_and_the_button_works_again(page, show):
    open_map(page, show)
    touch(page, "A1")
    touch(page, "A2")
    page.context.set_offline(True)
    hold(page)
    expect(message(page)).to_have_text(FAILED)
    expect_chosen(page, "A1 A2")

    page.context.set_offline(False)
    hold(page)
    expect_checkout(page)


@pytest.mark.nightly
def test_once_the_connection_is_back_its_failure_is_no_longer_shown(page, show):
    open_map(page, show)
    touch(page, "A1")
    page.context.set_offline(True)
    hold(page)
    expect(message(page)).to_have_text(FAILED)

    page.context.set_offline(False)

    expect(message(page)).to_have_text("")


@pytest.mark.nightly
def test_a_request_without_a_response_times_out_and_is_repeated(page, show):
    open_map(page, show)
    form = page.locator("#seat-map-form")
    assert form.get_attribute("hx-request") == '{"timeout": 15000}'
    form.evaluate("""form => form.setAttribute("hx-request", '{"timeout": 300}')""")
    page.route("**/hold/", lambda route: None)
    touch(page, "A1")
    hold(page)
    expect(message(page)).to_have_text(FAILED)

    page.unroute("**/hold/")
    form.evaluate("""form => form.setAttribute("hx-request", '{"timeout": 15000}')""")
    hold(page)
    expect_checkout(page)


def test_a_lost_response_does_not_lose_the_held_seats(page, show):
    open_map(page, show)
    touch(page, "A1")

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)  # the cinema holds the seat
        page.context.set_offline(True)
        route.continue_()

    page.route("**/hold/", lose)
    hold(page)
    expect(message(page)).to_have_text(FAILED)
    assert Hold.objects.count() == 1

    page.unroute("**/hold/")
    page.context.set_offline(False)
    page.locator("[type=submit][form=seat-map-form]").click()
    expect_checkout(page)
    assert Hold.objects.filter(status=Hold.Status.ACTIVE).count() == 1


def test_what_is_not_our_own_answer_stays_out_of_the_page(page, show):
    open_map(page, show)
    page.route("**/hold/", lambda route: route.fulfill(status=429, body="<h1>Slow down</h1>"))
    touch(page, "A1")
    hold(page)
    expect(message(page)).to_have_text(FAILED)
    expect(page.get_by_text("Slow down")).to_have_count(0)
    expect_chosen(page, "A1")


def test_a_refusal_is_read_out_and_the_map_is_brought_up_to_date(page, show):
    open_map(page, show)
    page.route("**/seats/**", lambda route: route.fulfill(status=204))  # a line too slow to see it coming
    touch(page, "A2")
    touch(page, "A3")
    held(show, "A2", buyer="ben")

    hold(page)

    expect(page.get_by_role("alert")).to_contain_text("Row A, seat 2 was just taken.")
    expect(page.locator("#seat-map-refusal [role=alert]")).to_be_focused()
    page.unroute("**/seats/**")
    expect(box(page, "A2")).to_be_disabled()
    expect_chosen(page, "A3")
    hold(page)
    expect_checkout(page)


@pytest.mark.nightly
def test_what_is_offered_instead_is_one_click_away(page, show):
    open_map(page, show)
    page.evaluate("document.getElementById('seat-map-updates').remove()")
    touch(page, "A2")
    touch(page, "A3")
    held(show, "A2", buyer="ben")
    hold(page)
    page.get_by_role("alert").get_by_role("button", name="Take").first.click()
    expect_checkout(page)


@pytest.mark.nightly
def test_the_best_seats_are_asked_for_as_patiently(page, show):
    open_map(page, show)
    page.get_by_text("Pick for me").click()
    find = page.get_by_role("button", name="Find the best seats")
    page.context.set_offline(True)
    find.click()
    expect(message(page)).to_have_text(FAILED)
    page.context.set_offline(False)
    find.click()
    expect_checkout(page)


@pytest.mark.nightly
def test_signing_in_in_another_tab_costs_no_choice(page, show):
    UserFactory(email="asha@example.org")
    open_map(page, show)
    touch(page, "A1")
    tab = page.context.new_page()
    tab.goto("/account/sign-in/")
    tab.get_by_label("Email address").fill("asha@example.org")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", name="My tickets")).to_be_visible()

    hold(page)

    expect_checkout(page)
    assert Hold.objects.count() == 1
