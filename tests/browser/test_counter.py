"""The counter in a browser: by the keys of a till, by touch, and what is printed."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from cinema.models import GiftCard, Hold, Order, Payment, SharedBrowser, Show, Theatre, User
from cinema.services.booking.holds import hold_seats
from cinema.services.people.pins import set_pin
from tests.browser.staff import enter
from tests.factories import BOX_OFFICE, ScreenFactory, on_card, price_card, seat_ids, staff, till_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    screen = ScreenFactory(plan="aaaaaaaa")
    found = on_card(card=price_card(screen.theatre, adult=250, child=150), screen=screen)
    found.trading_day = screen.theatre.trading_day(timezone.now())
    found.starts_at = found.sales_end_at = timezone.now() + timedelta(minutes=30)
    found.ends_at = found.starts_at + timedelta(hours=2)
    found.save()
    return found


@pytest.fixture
def theatre(show: Show) -> Theatre:
    return show.screen.theatre


@pytest.fixture
def at_till(page: Page, theatre: Theatre) -> Page:
    """A page of a seller at an open till."""
    seller = staff(theatre, BOX_OFFICE)
    till_session(theatre, seller, float=500)
    enter(page, seller, f"/staff/theatres/{theatre.slug}/sell/")
    return page


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def test_two_adults_pay_cash_in_four_keys(at_till: Page):
    expect(at_till.locator(".sell-tile .sell-key").first).to_have_text("a")
    press(at_till, "1 1 Enter")
    expect(at_till.get_by_text("2 × Adult")).to_be_visible()
    expect(at_till.get_by_label("Handed over")).to_be_focused()
    with at_till.expect_popup() as paper:
        press(at_till, "Enter")
    expect(at_till.get_by_text("Sold:")).to_be_visible()
    expect(paper.value.locator(".slip")).to_have_count(1)
    assert Order.objects.get().status == "PAID"


@pytest.mark.nightly
def test_change_is_said_for_what_is_handed_over_in_seven_keys(at_till: Page):
    press(at_till, "1 1 Enter")
    expect(at_till.get_by_label("Handed over")).to_be_focused()
    with at_till.expect_popup():
        press(at_till, "6 0 0 Enter")
    expect(at_till.get_by_text("Change ₹100")).to_be_visible()


@pytest.mark.nightly
def test_a_card_is_taken_by_keys(at_till: Page):
    press(at_till, "2 Enter")
    expect(at_till.get_by_label("Handed over")).to_be_focused()
    press(at_till, "c")
    expect(at_till.get_by_label("Reference of the card terminal")).to_be_focused()
    with at_till.expect_popup():
        press(at_till, "T 7 Enter")
    expect(at_till.get_by_text("Sold:")).to_be_visible()
    assert Payment.objects.get().capture_id == "T7"


def test_a_gift_card_is_sold_with_tickets_by_keys(at_till: Page, settings):
    settings.GIFT_CARD_AMOUNTS = [Decimal(50), Decimal(100)]
    at_till.reload()
    press(at_till, "1 Enter")
    expect(at_till.get_by_label("Handed over")).to_be_focused()
    press(at_till, "g 7 5 Enter")
    expect(at_till.locator(".sell-due")).to_have_text("₹325")
    expect(at_till.get_by_label("Handed over")).to_be_focused()
    with at_till.expect_popup() as paper:
        press(at_till, "Enter")
    expect(paper.value.locator(".slip")).to_have_count(2)
    expect(paper.value.get_by_text(GiftCard.objects.get().groups)).to_be_visible()


@pytest.mark.nightly
def test_a_sale_is_dropped_by_a_key(at_till: Page):
    press(at_till, "1 Enter")
    expect(at_till.get_by_text("1 × Adult")).to_be_visible()
    press(at_till, "Escape")
    expect(at_till.get_by_text("1 × Adult")).to_have_count(0)


@pytest.mark.nightly
def test_a_sale_by_touch_takes_a_quick_amount(at_till: Page):
    at_till.get_by_label(re.compile("Adult")).fill("2")
    at_till.get_by_role("button", name="Best seats").click()
    with at_till.expect_popup():
        at_till.get_by_role("button", name="₹600").click()
    expect(at_till.get_by_text("Change ₹100")).to_be_visible()


def test_seats_are_chosen_on_the_map_which_others_change(at_till: Page, show: Show):
    at_till.get_by_label(re.compile("Adult")).fill("1")
    at_till.get_by_role("button", name="Choose on the map").click()
    at_till.get_by_role("checkbox", name=re.compile("Row A, seat 5,")).press("Space")
    hold_seats(show_id=show.pk, seat_ids=seat_ids(show, "A7"), buyer="asha")
    expect(at_till.get_by_role("checkbox", name=re.compile("Row A, seat 7,"))).to_be_disabled()
    expect(at_till.get_by_role("checkbox", name=re.compile("Row A, seat 5,"))).to_be_checked()
    at_till.get_by_role("button", name="Take these seats").click()
    expect(at_till.get_by_text("A5")).to_be_visible()


@pytest.fixture
def shared(page: Page, theatre: Theatre) -> Page:
    """A page of a till that Ana set up, and where she has signed on by PIN."""
    ana, ben = (staff(theatre, BOX_OFFICE, name=name) for name in ("Ana", "Ben"))
    for seller, pin in ((ana, "1111"), (ben, "2222")):
        set_pin(theatre=theatre, user=seller, pin=pin, by=seller)
    till_session(theatre, ana, float=500)
    page.clock.install()
    # Else a clock that is set forward takes an answer under way for a lost connection.
    page.add_init_script("AbortSignal.timeout = () => new AbortController().signal")
    enter(page, ana, f"/staff/theatres/{theatre.slug}/sell/")
    page.get_by_role("button", name="Change sellers by PIN").click()
    page.get_by_label("Ana").check()
    page.get_by_role("textbox", name="PIN").fill("1111")
    press(page, "Enter")
    expect(page.locator("#seller")).to_have_text("Ana")
    page.wait_for_load_state()  # keys are read by a script
    return page


def test_an_idle_screen_locks_and_keeps_what_was_typed(shared: Page):
    shared.clock.pause_at(timezone.now() + timedelta(minutes=1))
    shared.evaluate("htmx.config.defaultSettleDelay = 60_000")  # a form that waits for it is sent without htmx
    press(shared, "1 1 Enter")
    shared.get_by_label("Handed over").fill("600")
    shared.clock.run_for(119_000)
    expect(shared.locator("#lock")).not_to_be_visible()
    shared.clock.run_for(3_000)
    expect(shared.locator("#lock")).to_be_visible()
    expect(shared.get_by_label("Ana")).to_be_checked()
    press(shared, "Escape")
    expect(shared.locator("#lock")).to_be_visible()
    shared.get_by_label("Ben").check()
    shared.get_by_role("textbox", name="PIN").fill("1111")
    press(shared, "Enter")
    expect(shared.get_by_text("This PIN is wrong.")).to_be_visible()
    shared.get_by_role("textbox", name="PIN").fill("2222")
    press(shared, "Enter")
    expect(shared.locator("#lock")).not_to_be_visible()
    expect(shared.locator("#seller")).to_have_text("Ben")
    expect(shared.get_by_label("Handed over")).to_have_value("600")
    with shared.expect_popup():
        shared.get_by_label("Handed over").press("Enter")
    expect(shared.get_by_text("Change ₹100")).to_be_visible()
    assert Payment.objects.get().taken_by == User.objects.get(name="Ben")


@pytest.mark.nightly
def test_a_screen_locked_by_the_server_asks_for_a_pin(shared: Page):
    press(shared, "1 Enter")
    expect(shared.get_by_label("Handed over")).to_be_focused()
    SharedBrowser.objects.update(seller=None)
    press(shared, "Enter")
    expect(shared.locator("#lock")).to_be_visible()
    shared.get_by_role("textbox", name="PIN").fill("1111")
    press(shared, "Enter")
    expect(shared.locator("#lock")).not_to_be_visible()
    with shared.expect_popup():
        shared.get_by_label("Handed over").press("Enter")
    expect(shared.get_by_text("Sold:")).to_be_visible()


@pytest.mark.nightly
def test_a_lock_whose_form_does_not_come_says_so_and_asks_again(shared: Page):
    form = re.compile("/sell/sign-on/$")
    shared.route(form, lambda route: route.abort("internetdisconnected") if failing else route.fallback())
    failing = True
    shared.get_by_role("button", name="Change seller").click()
    failure = shared.locator("#lock").get_by_role("alert")
    expect(failure).to_contain_text("Nobody can sign on at the moment")
    expect(shared.get_by_role("button", name="Try again")).to_be_focused()

    failing = False
    press(shared, "Enter")
    expect(shared.get_by_label("Ben")).to_be_visible()
    expect(failure).not_to_be_visible()
    shared.get_by_role("textbox", name="PIN").fill("1111")
    press(shared, "Enter")
    expect(shared.locator("#lock")).not_to_be_visible()


@pytest.mark.nightly
def test_the_seller_changes_without_leaving_the_page(shared: Page):
    shared.get_by_role("button", name="Change seller").click()
    expect(shared.get_by_label("Ben")).to_be_visible()
    shared.get_by_label("Ben").check()
    shared.get_by_role("textbox", name="PIN").fill("2222")
    press(shared, "Enter")
    expect(shared.locator("#seller")).to_have_text("Ben")


def lost(page: Page) -> None:
    """Wait until the page says that the connection is lost; tests/js/heartbeat.test.mjs knows how long that takes."""
    expect(page.get_by_text("No connection.")).to_be_visible()


@pytest.mark.nightly
def test_a_break_is_said_and_nothing_typed_is_lost(at_till: Page):
    press(at_till, "1 1")
    at_till.context.set_offline(True)
    lost(at_till)
    at_till.get_by_label(re.compile("Child")).fill("3")
    at_till.get_by_role("button", name="Best seats").click(force=True)
    press(at_till, "Escape")
    assert not Hold.objects.exists()
    at_till.context.set_offline(False)
    expect(at_till.get_by_text("The connection is back.")).to_be_visible()
    expect(at_till.get_by_label(re.compile("Adult"))).to_have_value("2")
    expect(at_till.get_by_label(re.compile("Child"))).to_have_value("3")
    at_till.get_by_role("button", name="Best seats").click()
    expect(at_till.get_by_text("2 × Adult")).to_be_visible()


@pytest.mark.nightly
def test_a_server_that_does_not_answer_is_no_connection(at_till: Page):
    at_till.route("**/healthz", lambda _route: None)
    lost(at_till)
    at_till.unroute_all(behavior="ignoreErrors")
    expect(at_till.get_by_text("The connection is back.")).to_be_visible()


def test_a_payment_whose_answer_was_lost_is_found_by_its_key(at_till: Page):
    press(at_till, "1 1 Enter")
    expect(at_till.get_by_label("Handed over")).to_be_focused()

    def book_and_hang_up(route: Route) -> None:
        route.fetch()
        at_till.context.set_offline(True)
        route.abort("internetdisconnected")

    at_till.route("**/sell/pay/", book_and_hang_up)
    press(at_till, "5 0 0 Enter")
    lost(at_till)
    expect(at_till.get_by_label("Handed over")).to_have_value("500")
    with at_till.expect_popup():
        at_till.context.set_offline(False)
    expect(at_till.get_by_text("The last payment had been booked.")).to_be_visible()
    expect(at_till.get_by_text("Sold:")).to_be_visible()
    assert Payment.objects.get().amount == 500


@pytest.mark.nightly
def test_a_payment_that_never_arrived_is_taken_again(at_till: Page):
    press(at_till, "1 1 Enter")
    expect(at_till.get_by_label("Handed over")).to_be_focused()

    def hang_up(route: Route) -> None:
        at_till.context.set_offline(True)
        route.abort("internetdisconnected")

    at_till.route("**/sell/pay/", hang_up)
    press(at_till, "6 0 0 Enter")
    lost(at_till)
    at_till.unroute("**/sell/pay/")
    at_till.context.set_offline(False)
    expect(at_till.get_by_text("The last payment was not booked.")).to_be_visible()
    expect(at_till.get_by_label("Handed over")).to_have_value("600")
    assert not Payment.objects.exists()
    with at_till.expect_popup():
        press(at_till, "Enter")
    expect(at_till.get_by_text("Change ₹100")).to_be_visible()


@pytest.mark.nightly
def test_a_page_that_was_closed_during_a_payment_is_told_what_became_of_it(at_till: Page):
    press(at_till, "1 1 Enter")
    expect(at_till.get_by_label("Handed over")).to_be_focused()

    def book_and_hang_up(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    at_till.route("**/sell/pay/", book_and_hang_up)
    at_till.route("**/healthz", lambda route: route.abort("internetdisconnected"))
    press(at_till, "Enter")
    lost(at_till)
    with at_till.expect_popup():
        at_till.reload()
    expect(at_till.get_by_text("Sold:")).to_be_visible()
    assert Payment.objects.count() == 1


@pytest.mark.nightly
def test_a_sale_is_parked_counts_down_and_is_taken_up_again(at_till: Page):
    press(at_till, "1 1 Enter")
    expect(at_till.get_by_text(re.compile(r"9:5\d left"))).to_be_visible()
    at_till.get_by_text("Park or reserve").click()
    at_till.get_by_label("Name, email or word").fill("red hat")
    at_till.get_by_role("button", name="Park", exact=True).click()
    expect(at_till.get_by_text("The sale is parked: red hat.")).to_be_visible()
    expect(at_till.get_by_text(re.compile(r"9:\d\d left"))).to_be_visible()
    at_till.get_by_role("button", name="Take up").click()
    expect(at_till.get_by_text("2 × Adult")).to_be_visible()


@pytest.mark.nightly
def test_seats_that_are_no_longer_held_are_said_to_be_without_a_reload(at_till: Page):
    press(at_till, "1 1 Enter")
    left = at_till.locator("[data-left]")
    expect(left).to_be_visible()
    left.evaluate("element => { element.dataset.left = '1'; }")
    expect(at_till.get_by_text("The seats are no longer held.")).to_be_visible()


@pytest.mark.nightly
def test_the_customer_display_follows_the_sale(at_till: Page):
    with at_till.expect_popup() as opened:
        at_till.get_by_role("link", name="Customer display").click()
    shown = opened.value
    expect(shown.get_by_text("Welcome to")).to_be_visible()
    press(at_till, "1 1 Enter")
    expect(shown.get_by_text("2 × Adult")).to_be_visible()
    expect(shown.locator(".display-due")).to_have_text(re.compile("To pay ₹500"))
    expect(shown.locator(".display-map .chosen")).to_have_count(2)
    with at_till.expect_popup():
        press(at_till, "6 0 0 Enter")
    expect(shown.get_by_text("Thank you")).to_be_visible()
    expect(shown.locator(".display-due")).to_have_text("Change ₹100")
