"""Price changes during a booking, in a real browser."""

import pytest
from playwright.sync_api import Page, Route, expect

from cinema.models import PriceAdjustment, Show, TicketSeat
from cinema.services.prices.repricing import reprice_coming
from tests.browser.seats import open_map
from tests.factories import on_card


@pytest.fixture
def show(transactional_db) -> Show:
    return on_card(plan="aaaa", adult=250, child=150)


def raise_prices(show: Show) -> None:
    card = show.price_card
    PriceAdjustment.objects.create(card=card, name="More", amount=50)
    reprice_coming(theatre=card.theatre, card_id=card.pk, version=card.version, user=None)


def test_an_open_map_gets_new_prices_and_keeps_the_selection(page: Page, show):
    open_map(page, show)
    page.get_by_role("checkbox", name="Row A, seat 1,").check()

    raise_prices(show)

    expect(page.get_by_role("checkbox", name="Row A, seat 2, Classic, ₹300, available")).to_be_visible()
    expect(page.get_by_role("list", name="Prices")).to_contain_text("Classic ₹300")
    expect(page.get_by_role("checkbox", name="Row A, seat 1, Classic, ₹300")).to_be_checked()
    expect(page.locator("[data-seat-map=total]")).to_contain_text("₹300")


def buy(page: Page, show: Show) -> None:
    page.goto(f"/shows/{show.pk}/")
    for number in (1, 2):
        page.get_by_role("checkbox", name=f"Row A, seat {number},").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("Asha Rao")
    page.get_by_label("Ticket type for Row A, seat 2").select_option(label="Child · ₹150")


def finish(page: Page) -> None:
    page.get_by_label("Email address").fill("asha@example.org")
    page.get_by_label("Phone").fill("+91 98200 12345")
    page.get_by_role("button", name="Pay ₹400").click()
    expect(page.get_by_text("Test gateway.")).to_be_visible()
    assert sorted(str(line.ticket_type) for line in TicketSeat.objects.all()) == ["Adult", "Child"]


def test_the_total_follows_the_kinds_of_tickets_and_nothing_typed_is_lost(page: Page, show):
    buy(page, show)

    expect(page.get_by_role("button", name="Pay ₹400")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Asha Rao")
    finish(page)


@pytest.mark.nightly
def test_on_a_slow_connection_the_total_is_marked_as_loading(page: Page, show):
    waiting: list[Route] = []
    line_is_slow = True

    def hold_back(route: Route) -> None:
        if route.request.method == "POST" and line_is_slow:
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/holds/*/", hold_back)
    buy(page, show)

    expect(page.get_by_text("Updating…")).to_be_visible()
    line_is_slow = False
    for route in waiting:  # two, if the type was chosen before the scripts had come
        route.continue_()
    expect(page.get_by_role("button", name="Pay ₹400")).to_be_visible()
    expect(page.get_by_text("Updating…")).to_be_hidden()


@pytest.mark.nightly
def test_a_type_chosen_before_the_scripts_have_come_counts(page: Page, show):
    page.goto(f"/shows/{show.pk}/")
    page.get_by_role("checkbox", name="Row A, seat 1,").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    waiting: list[Route] = []
    page.route("**/htmx*.js", lambda route: waiting.append(route))
    page.reload(wait_until="commit")

    page.get_by_label("Ticket type for Row A, seat 1").select_option(label="Child · ₹150")
    waiting[0].continue_()

    expect(page.get_by_role("button", name="Pay ₹150")).to_be_visible()


@pytest.mark.nightly
def test_two_changes_in_quick_succession_end_in_the_right_total(page: Page, show):
    buy(page, show)
    page.get_by_label("Ticket type for Row A, seat 1").select_option(label="Child · ₹150")
    page.get_by_label("Ticket type for Row A, seat 2").select_option(label="Adult · ₹250")
    page.get_by_label("Ticket type for Row A, seat 2").select_option(label="Child · ₹150")

    expect(page.get_by_role("button", name="Pay ₹300")).to_be_visible()


@pytest.mark.nightly
def test_a_free_order_is_booked_and_others_need_a_payment_mode(page: Page):
    show = on_card(plan="aaaa", adult=250, member=0)
    page.goto(f"/shows/{show.pk}/")
    page.get_by_role("checkbox", name="Row A, seat 1,").check()
    page.get_by_role("button", name="Continue").click()
    kind, way = page.get_by_label("Ticket type for Row A, seat 1"), page.get_by_role("group", name="Payment method")
    page.get_by_label("Name").fill("Asha Rao")

    kind.select_option(label="Member · free")
    expect(page.get_by_role("button", name="Book for free")).to_be_visible()
    expect(way).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text("payment provider")

    kind.select_option(label="Adult · ₹250")
    expect(page.get_by_role("button", name="Pay ₹250")).to_be_visible()
    expect(way.get_by_label("UPI")).to_be_checked()

    kind.select_option(label="Member · free")
    page.get_by_label("Email address").fill("asha@example.org")
    page.get_by_role("button", name="Book for free").click()
    expect(page.get_by_text("You’re booked!")).to_be_visible()


@pytest.mark.nightly
def test_without_javascript_a_button_updates_the_total(js_off_page: Page, show):
    buy(js_off_page, show)
    js_off_page.get_by_role("button", name="Update the total").click()

    expect(js_off_page.get_by_label("Name")).to_have_value("Asha Rao")
    finish(js_off_page)
