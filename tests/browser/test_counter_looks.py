"""The pages of the counter: axe finds nothing on a dark phone and on a light tablet."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from cinema.models import Show, Theatre, User
from cinema.services.figures.days import close_day
from cinema.services.money.invoices import MoneyReceived, pay_invoice
from cinema.services.money.printers import save_printer
from cinema.services.money.tills import Closing, close_till, count_drawer
from cinema.services.people.pins import set_pin
from tests.browser.conftest import NewPage
from tests.browser.staff import enter
from tests.browser.test_accessibility import is_clean, visit
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    ScreenFactory,
    counter_sale,
    on_card,
    on_invoice,
    parked,
    price_card,
    staff,
    till_session,
)

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = [
    pytest.param({"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}, id="phone-dark"),
    pytest.param(
        {"viewport": {"width": 820, "height": 1180}, "color_scheme": "light"},
        id="tablet-light",
        marks=pytest.mark.nightly,
    ),
]


@pytest.fixture
def show() -> Show:
    screen = ScreenFactory(plan="aaaaaaaa")
    return on_card(card=price_card(screen.theatre, adult=250, child=150), screen=screen)


def seller_at(theatre: Theatre) -> User:
    """Ana, who sells, with the PIN 1111. Zoe, who manages, has 2222."""
    seller, manager = staff(theatre, BOX_OFFICE, name="Ana"), staff(theatre, MANAGER, name="Zoe")
    for user, pin in ((seller, "1111"), (manager, "2222")):
        set_pin(theatre=theatre, user=user, pin=pin, by=user)
    return seller


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_at_the_counter(new_page: NewPage, show: Show, look, settings):
    settings.GIFT_CARD_AMOUNTS = [Decimal(500), Decimal(1000)]
    theatre, page = show.screen.theatre, new_page(**look)
    seller = seller_at(theatre)
    session = till_session(theatre, seller, float=500)
    parked(session, show, "A1 A2", "asha.rao@example.org", before=timedelta(minutes=5))
    parked(session, show, "A3", "red hat")
    save_printer(till=session.till, name="Star", by=seller)
    sell = f"/staff/theatres/{theatre.slug}/sell/"
    enter(page, seller, sell)
    visit(page, sell, f"/staff/theatres/{theatre.slug}/orders/?q=asha")

    page.goto(sell)
    page.get_by_role("button", name="Take up").last.click()
    expect(page.get_by_text("Park or reserve")).to_be_visible()
    page.get_by_text("Park or reserve").click()
    page.get_by_role("button", name="₹500").last.click()
    expect(page.get_by_role("button", name="Remove the gift card of ₹500")).to_be_visible()
    is_clean(page)
    visit(page, f"{sell}display/", f"{sell}allow/", f"{sell}drawer/", f"{sell}printer/")

    page.goto(sell)
    page.get_by_role("button", name="Change sellers by PIN").click()
    expect(page.get_by_role("heading", name="Who is selling?")).to_be_visible()
    is_clean(page)
    page.get_by_label("Ana", exact=True).check()
    page.get_by_role("textbox", name="PIN").fill("1111")
    page.get_by_role("button", name="Sign on").click()
    page.wait_for_load_state()
    page.get_by_role("button", name="Change seller").click()
    expect(page.locator("#lock").get_by_label("Ana", exact=True)).to_be_visible()
    page.evaluate("document.querySelector('[data-failed]').hidden = false")
    is_clean(page)


@pytest.mark.nightly
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_invoices_printers_and_reports(new_page: NewPage, show: Show, look):
    theatre, page = show.screen.theatre, new_page(**look)
    boss = staff(theatre, MANAGER)
    bar, session = till_session(theatre, boss, name="Bar"), till_session(theatre, boss)
    save_printer(till=bar.till, name="Star", by=boss)
    invoice = on_invoice(bar, counter_sale(bar, show, "A1 A2"))
    paid = MoneyReceived("TRANSFER", Decimal(200), "a key of 16 chars", "T 4711")
    wrong = pay_invoice(theatre=theatre, code=invoice.code, paid=paid, by=boss)
    count_drawer(theatre=theatre, code=bar.code, counts={"50": 2}, by=boss)
    close_till(theatre=theatre, code=bar.code, closing=Closing(boss))
    close_day(theatre=theatre, day=theatre.trading_day(bar.opened_at) - timedelta(days=1), by=boss)
    parked(session, show, "A3", "red hat")
    here = f"/staff/theatres/{theatre.slug}/"
    enter(page, boss, f"{here}sell/")
    page.get_by_role("button", name="Take up").click()
    expect(page.get_by_role("heading", name="This sale")).to_be_visible()
    of_invoice, tills = f"{here}payments/invoices/{invoice.code}/", f"{here}tills/"
    visit(page, f"{here}sell/invoice/", of_invoice, f"{of_invoice}payments/{wrong.pk}/reverse/")
    visit(page, f"{tills}{bar.till_id}/printer/", f"{tills}sessions/{bar.code}/", f"{tills}days/", f"{tills}days/1/")
    order = invoice.payment.order.reference
    visit(page, f"{here}orders/{order}/", f"{here}sell/{order}/print-again/")
    visit(page, f"{here}figures/distributor/{show.movie_id}/")


def test_without_scripts_prices_are_allowed_and_sellers_change(js_off_page: Page, show: Show):
    """No key is offered that nothing would read."""
    theatre, page = show.screen.theatre, js_off_page
    seller = seller_at(theatre)
    parked(till_session(theatre, seller, float=500), show, "A1 A2", "red hat")
    sell = f"/staff/theatres/{theatre.slug}/sell/"
    enter(page, seller, sell)
    page.get_by_role("button", name="Take up").click()
    expect(page.locator("kbd")).not_to_have_count(0)
    expect(page.locator("kbd").filter(visible=True)).to_have_count(0)

    page.get_by_role("link", name="Free tickets, lower price").click()
    page.get_by_role("checkbox", name="A1").check()
    page.get_by_label("Reason").select_option(index=1)
    page.get_by_label("Supervisor").select_option("Zoe")
    page.get_by_label("Their PIN").fill("2222")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name="This sale")).to_be_visible()
    expect(page.get_by_text("₹250").first).to_be_visible()

    page.get_by_role("button", name="Change sellers by PIN").click()
    page.get_by_label("Ana", exact=True).check()
    page.get_by_role("textbox", name="PIN").fill("1111")
    page.get_by_role("button", name="Sign on").click()
    expect(page.locator("#seller")).to_have_text("Ana")
