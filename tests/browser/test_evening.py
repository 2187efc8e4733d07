"""An evening at the counter, from signing on to the Z report: drawer, takings, ledger and figures agree to the cent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cinema.domain.periods import Period
from cinema.models import CounterAction, MoneyEntry, Show, TillSession, User
from cinema.selectors.figures.ledger import ledger_faults
from cinema.selectors.figures.takings import takings
from cinema.selectors.money.tills import report_of, till_faults
from cinema.services.people.pins import set_pin
from tests.browser.staff import enter
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    ScreenFactory,
    coupon,
    gift_card,
    on_card,
    price_card,
    staff,
    till_session,
    vouchers,
)

pytestmark = pytest.mark.django_db(transaction=True)

PINS = {"Ana": "1111", "Ben": "2222", "Mira": "3333"}


@pytest.fixture
def show() -> Show:
    screen = ScreenFactory(plan="aaaaaaaaaaaaaaaaaaaaaaaa")
    found = on_card(card=price_card(screen.theatre, adult=250, child=150), screen=screen)
    found.trading_day = screen.theatre.trading_day(timezone.now())
    found.starts_at = found.sales_end_at = timezone.now() + timedelta(minutes=30)
    found.ends_at = found.starts_at + timedelta(hours=2)
    found.save()
    return found


@pytest.fixture
def session(show: Show) -> TillSession:
    """A till with a float of 500, two sellers and a manager with PINs."""
    theatre = show.screen.theatre
    for name, pin in PINS.items():
        user = staff(theatre, MANAGER if name == "Mira" else BOX_OFFICE, name=name)
        set_pin(theatre=theatre, user=user, pin=pin, by=user)
    return till_session(theatre, User.objects.get(name="Ana"), float=500, name="Box office")


class Till:
    """The screen of a till that sellers share."""

    def __init__(self, page: Page, show: Show) -> None:
        self.page, self.show, self.url = page, show, f"/staff/theatres/{show.screen.theatre.slug}/sell/"
        enter(page, User.objects.get(name="Ana"), self.url)
        page.get_by_role("button", name="Change sellers by PIN").click()
        self.sign_on("Ana")

    def sign_on(self, name: str) -> None:
        self.page.get_by_label(name).check()
        self.page.get_by_role("textbox", name="PIN").fill(PINS[name])
        self.press("Enter")
        expect(self.page.locator("#seller")).to_have_text(name)

    def change_to(self, name: str) -> None:
        self.page.get_by_role("button", name="Change seller").click()
        self.sign_on(name)

    def press(self, keys: str) -> None:
        for key in keys.split():
            self.page.keyboard.press(key)

    def take(self, keys: str, due: str) -> None:
        """Take the best seats by keys."""
        self.page.wait_for_load_state()  # keys are read by a script
        self.press(f"{keys} Enter")
        expect(self.page.locator(".sell-due")).to_have_text(due)

    def code(self, label: str, code: str, due: str) -> None:
        self.page.get_by_text("Coupon, voucher, gift card, email").click()
        self.page.get_by_label(label).fill(code)
        self.page.get_by_role("button", name="Use the code").click()
        expect(self.page.locator(".sell-due")).to_have_text(due)

    @contextmanager
    def sold(self) -> Iterator[None]:
        """The sale is finished, and its tickets print themselves."""
        with self.page.expect_popup() as paper:
            yield
        expect(self.page.get_by_text("Sold:")).to_be_visible()
        paper.value.close()

    def cash(self) -> None:
        with self.sold():
            self.page.get_by_role("button", name="Cash", exact=True).click()

    def allow(self, seats: int, price: str, reason: str) -> None:
        """Have the manager allow free or cheaper tickets by PIN."""
        self.page.get_by_role("link", name="Free tickets, lower price").click()
        for number in range(seats):
            self.page.locator("input[name=seats]").nth(number).check()
        self.page.get_by_label("Price of each").fill(price)
        self.permit(reason, "Allow")

    def permit(self, reason: str, button: str) -> None:
        self.page.get_by_label("Reason").select_option(label=reason)
        self.pin(button)

    def pin(self, button: str) -> None:
        self.page.get_by_label("Supervisor").select_option(label="Mira")
        self.page.get_by_role("textbox", name="Their PIN").fill(PINS["Mira"])
        self.page.get_by_role("button", name=button).click()


def sell(till: Till) -> None:
    """Nine sales of all tenders, by keys and by touch, by two sellers."""
    page, theatre = till.page, till.show.screen.theatre
    card, [voucher] = gift_card(theatre, 100), vouchers(theatre, face_value=250)
    coupon(theatre, code="TEN")
    till.take("1 1", "₹500")
    with till.sold():
        till.press("Enter")
    till.take("2", "₹150")
    with till.sold():
        till.press("c T 1 Enter")
    page.get_by_label(re.compile("Adult")).fill("2")
    page.get_by_role("button", name="Best seats").click()
    with till.sold():
        page.get_by_role("button", name="₹600").click()
    till.change_to("Ben")
    till.take("1", "₹250")
    till.code("Gift card or voucher", card.code, "₹150")
    till.cash()
    till.take("1", "₹250")
    till.code("Gift card or voucher", voucher.code, "₹0")
    with till.sold():
        page.get_by_role("button", name="Finish").click()
    till.take("1", "₹250")
    till.code("Coupon code", "TEN", "₹225")
    till.cash()
    till.take("1 1", "₹500")
    page.get_by_label("Handed over").fill("300")
    page.get_by_label("Reference of the card terminal").fill("T 2")
    page.get_by_role("button", name="Card", exact=True).click()
    expect(page.locator(".sell-due")).to_have_text("₹200")
    till.cash()


def permit(till: Till, session: TillSession) -> None:
    """Two free tickets, a cheaper one, a void and a refund, each with the PIN of the manager."""
    page = till.page
    till.take("1 1", "₹500")
    till.allow(2, "", "guest of the house")
    with till.sold():
        page.get_by_role("button", name="Finish").click()
    till.take("1", "₹250")
    till.allow(1, "100", "complaint")
    till.cash()
    till.take("1", "₹250")
    till.cash()
    page.get_by_role("link", name="Void", exact=True).click()
    till.permit("wrong show or seats", "Void this sale")
    expect(page.get_by_text("Please refund ₹250: Cash.")).to_be_visible()
    till.take("1", "₹250")
    till.cash()
    page.get_by_role("link", name="Order", exact=True).click()
    page.locator("details:has(input[name=back]) summary").click()
    page.locator("input[name=back][value=all]").check()
    page.locator("form[action$='/cancel/'] input[name=reason]").fill("ill")
    page.locator("form[action$='/cancel/'] button[type=submit]").click()
    page.get_by_role("link", name="Pay out").click()
    till.pin("Pay out")
    expect(page.get_by_text("Please refund ₹250: Cash.")).to_be_visible()


def close(till: Till, session: TillSession) -> None:
    """Bring 400 to the safe, count the drawer blindly, and close it."""
    page = till.page
    page.goto(f"{till.url}../tills/{session.till_id}/")
    page.get_by_label("taken to the safe").check()
    page.get_by_label("Amount").fill("400")
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_text("₹400 is booked.")).to_be_visible()
    page.get_by_role("link", name="Count and close").click()
    expect(page.get_by_text("Expected")).to_have_count(0)
    for note, number in (("₹500", 3), ("₹100", 2), ("₹50", 1), ("₹20", 1), ("₹5", 1)):
        page.get_by_label(note, exact=True).fill(str(number))
    page.get_by_role("button", name="This is what I have counted").click()
    page.get_by_role("button", name="Close the till").click()
    expect(page.get_by_role("heading", name=re.compile("Z report"))).to_be_visible()


def test_an_evening_agrees_to_the_cent(page: Page, show: Show, session: TillSession):
    till = Till(page, show)
    sell(till)
    permit(till, session)
    close(till, session)

    session.refresh_from_db()
    assert (session.z_number, session.counted, session.expected, session.variance) == (1, 1775, 1775, 0)
    report = report_of(session)
    assert {line.mode: line.net for line in report.tenders} == {
        "CASH": 1675,
        "TERMINAL": 450,
        "GIFT_CARD": 100,
        "VOUCHER": 250,
    }
    show.refresh_from_db()
    assert (show.admissions, show.revenue) == (13, 2475)
    of_day = takings(show.screen.theatre, Period(show.trading_day, show.trading_day))
    at_till = sum(line.net for line in of_day.lines if line.till)  # not the gift card, which was bought before
    assert (at_till, of_day.shows) == (2475, 2475)
    by_seller = {str(line.seller): line.net for line in of_day.lines if line.mode == "CASH"}
    assert by_seller == {"Ana": 1000, "Ben": 675}
    assert not [*ledger_faults(), *till_faults()]
    assert MoneyEntry.objects.filter(till_session=session, kind="DROP").get().amount == 400


def test_what_needed_a_permission_is_counted(page: Page, show: Show, session: TillSession):
    till = Till(page, show)
    till.change_to("Ben")
    permit(till, session)

    sums = {(one.kind, one.reason): (str(one.seller), one.seats, one.amount) for one in report_of(session).actions}
    assert sums == {
        ("COMP", "GUEST"): ("Ben", 2, 500),
        ("PRICE", "COMPLAINT"): ("Ben", 1, 150),
        ("VOID", "WRONG_SHOW"): ("Ben", 1, 250),
    }
    mira = User.objects.get(name="Mira").pk
    assert set(CounterAction.objects.values_list("allowed_by", flat=True)) == {mira}
