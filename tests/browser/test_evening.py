"""An evening at the counter and the door, from signing on to the closed day: drawer, takings, ledger, figures and the
day report agree to the cent."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from cinema.domain.periods import Period
from cinema.gateways.base import Reader
from cinema.models import CheckIn, CounterAction, DayReport, MoneyEntry, Show, Ticket, TillSession, User
from cinema.selectors.figures.days import day_faults
from cinema.selectors.figures.ledger import ledger_faults
from cinema.selectors.figures.takings import takings
from cinema.selectors.money.tills import report_of, till_faults
from cinema.services.money.till_payments import choose_reader
from cinema.services.people.pins import set_pin
from tests.browser.camera import PHONE, looking_at, type_code
from tests.browser.conftest import NewPage
from tests.browser.staff import enter
from tests.browser.till import PINS, Providers, Till, sold_on
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    USHER,
    ScreenFactory,
    at_the_door,
    coupon,
    gift_card,
    in_the_afternoon,
    on_card,
    price_card,
    staff,
    till_session,
    vouchers,
)
from tests.fakes.razorpay import KEY_ID, KEY_SECRET, FakeRazorpay
from tests.fakes.razorpay import SECRETS as RAZORPAY_SECRETS
from tests.fakes.stripe import KEY, SECRETS, FakeStripe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    screen = ScreenFactory(plan="aaaaaaaaaaaaaaaaaaaaaaaa", theatre__time_zone=in_the_afternoon())
    return at_the_door(on_card(card=price_card(screen.theatre, adult=250, child=150), screen=screen))


@pytest.fixture
def camera(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str], Browser]]:
    """Return a function that starts a browser whose camera looks at the QR code of a text."""
    with ExitStack() as started:
        yield lambda text: started.enter_context(looking_at(browser, text, tmp_path / "ticket.y4m"))


@pytest.fixture
def session(show: Show) -> TillSession:
    """A till with a float of 500, two sellers and a manager with PINs."""
    theatre = show.screen.theatre
    for name, pin in PINS.items():
        user = staff(theatre, MANAGER if name == "Mira" else BOX_OFFICE, name=name)
        set_pin(theatre=theatre, user=user, pin=pin, by=user)
    return till_session(theatre, User.objects.get(name="Ana"), float=500, name="Box office")


def sell(till: Till) -> None:
    """Eight sales of all tenders, by keys, by touch and on the map, by two sellers."""
    page, theatre = till.page, till.show.screen.theatre
    card, large, [voucher] = gift_card(theatre, 100), gift_card(theatre, 250), vouchers(theatre, face_value=250)
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
    page.get_by_label(re.compile("Adult")).fill("1")
    page.get_by_role("button", name="Choose on the map").click()
    page.get_by_label(re.compile("Row A, seat 24")).check()
    page.get_by_role("button", name="Take these seats").click()
    till.code("Gift card or voucher", large.code, "₹0")
    with till.sold():
        page.get_by_role("button", name="Finish").click()


def invoice(till: Till) -> None:
    """A school pays later, which the manager allows."""
    till.take("2", "₹150")
    till.page.get_by_role("link", name="Invoice", exact=True).click()
    till.page.get_by_label("Payer").fill("Hill School")
    till.page.get_by_label("Address", exact=False).first.fill("1 Hill Road, Pune")
    with till.sold():
        till.permit("school or kindergarten", "Sell on invoice")


@pytest.fixture
def providers(settings: Any) -> Iterator[Providers]:
    """The site has card readers, and offers UPI codes."""
    stripe, razorpay = FakeStripe(), FakeRazorpay()
    with stripe.running(), razorpay.running():
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API = (
            KEY,
            list(SECRETS),
            stripe.url,
        )
        settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = KEY_ID, KEY_SECRET
        settings.RAZORPAY_WEBHOOK_SECRETS, settings.RAZORPAY_API = list(RAZORPAY_SECRETS), razorpay.url
        settings.COUNTER_GATEWAYS = {"READER": "stripe", "QR": "razorpay"}
        yield Providers(stripe, razorpay)


def by_provider(till: Till, session: TillSession, providers: Providers) -> None:
    """The till gets a reader, which the key “c” has ask for a card; then a UPI code."""
    reader = Reader(providers.reader, "Box office", True)
    choose_reader(theatre=session.theatre, pk=session.till_id, reader=reader, by=session.opened_by)
    till.page.goto(till.url)
    till.take("1", "₹250")
    with till.sold():
        till.press("c")
        expect(till.page.get_by_text("₹250 at the reader Box office")).to_be_visible()
        providers.present_a_card()
    till.take("2", "₹150")
    with till.sold():
        till.page.get_by_role("button", name="UPI code").click()
        expect(till.page.get_by_role("img", name="UPI code to pay")).to_be_visible()
        providers.scan_the_code()


def by_touch(page: Page, till: Till) -> None:
    """Two adults on the best seats, on a tablet without a mouse or keys."""
    enter(page, User.objects.get(name="Ana"), till.url)
    page.get_by_label(re.compile("Adult")).tap()
    page.keyboard.type("2")  # those of the screen
    page.get_by_role("button", name="Best seats").tap()
    with sold_on(page):
        page.get_by_role("button", name="Cash", exact=True).tap()


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
    page.locator("form[action$='/cancel/'] select[name=reason]").select_option(label="the buyer cannot come")
    till.pin("Cancel the order")
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
    for note, number in (("₹500", 4), ("₹100", 2), ("₹50", 1), ("₹20", 1), ("₹5", 1)):
        page.get_by_label(note, exact=True).fill(str(number))
    page.get_by_role("button", name="This is what I have counted").click()
    page.get_by_role("button", name="Close the till").click()
    expect(page.get_by_role("heading", name=re.compile("Z report"))).to_be_visible()


def let_in(new_page: NewPage, camera: Callable[[str], Browser], show: Show) -> list[Ticket]:
    """Two phones at the door: a camera scans a ticket that the other one, without a network, admits as well."""
    tickets = list(Ticket.objects.filter(show=show, status=Ticket.Status.CONFIRMED).order_by("pk")[:2])
    usher, door = staff(show.screen.theatre, USHER), f"/staff/theatres/{show.screen.theatre.slug}/door/"
    eye = camera(f"{settings.SITE_URL}{tickets[0].get_absolute_url()}")
    one, other = new_page(of=eye, permissions=["camera"], **PHONE), new_page(**PHONE)
    for page in (one, other):
        enter(page, usher, door)
        expect(page.get_by_text(re.compile(r"Tickets on it: \d"))).to_be_visible()
    other.context.set_offline(True)
    for ticket, answer in zip(tickets, ("Admit 2", "Admit 1"), strict=True):
        type_code(other, ticket.code)
        expect(other.get_by_role("heading", name=answer)).to_be_visible()
    one.get_by_role("button", name="Scan with the camera").click()
    expect(one.get_by_role("alert")).to_contain_text("Admit 2")
    one.get_by_role("button", name="Stop the camera").click()
    expect(other.locator("#door-state")).to_contain_text("Scans still to be sent: 2.")
    other.context.set_offline(False)
    expect(other.locator("#door-state")).not_to_contain_text("Scans still to be sent")
    return tickets


def close_day(page: Page, answer: str) -> None:
    page.get_by_role("button", name="Close the day").click()
    expect(page.get_by_text(answer).first).to_be_visible()


@pytest.mark.nightly
def test_an_evening_agrees_to_the_cent(
    camera: Callable[[str], Browser],
    new_page: NewPage,
    page: Page,
    show: Show,
    session: TillSession,
    providers: Providers,
):
    till, theatre = Till(page, show), show.screen.theatre
    sell(till)
    by_provider(till, session, providers)
    by_touch(new_page(viewport={"width": 820, "height": 1180}, has_touch=True), till)
    invoice(till)
    permit(till, session)
    tickets = let_in(new_page, camera, show)
    manager = new_page()
    enter(manager, User.objects.get(name="Mira"), f"/staff/theatres/{theatre.slug}/")
    expect(manager.get_by_text("Admitted twice")).to_be_visible()
    manager.goto(f"/staff/theatres/{theatre.slug}/tills/days/")
    close_day(manager, "Box office: open since")
    close(till, session)
    close_day(manager, "Day report 1")

    session.refresh_from_db()
    assert (session.z_number, session.counted, session.expected, session.variance) == (1, 2275, 2275, 0)
    report = report_of(session)
    assert {line.mode: line.net for line in report.tenders} == {
        "CASH": 2175,
        "READER": 250,
        "QR": 150,
        "TERMINAL": 450,
        "GIFT_CARD": 350,
        "VOUCHER": 250,
        "INVOICE": 150,
    }
    show.refresh_from_db()
    assert (show.admissions, show.revenue) == (19, 3775)
    of_day = takings(theatre, Period(show.trading_day, show.trading_day))
    at_till = sum(line.net for line in of_day.lines if line.till)  # not the gift cards, which were bought before
    assert (at_till, of_day.shows) == (3775, 3775)
    by_seller = {str(line.seller): line.net for line in of_day.lines if line.mode == "CASH"}
    assert by_seller == {"Ana": 1500, "Ben": 675}
    day, total = DayReport.objects.get(), of_day.total
    assert (day.received, day.refunded, day.variance) == (total.amount, total.refunds, 0)
    assert day.entries == MoneyEntry.objects.count() and total.net == 3775 + 350
    at_providers = MoneyEntry.objects.filter(debit__startswith="clearing").exclude(till_session=None)
    assert dict(at_providers.values_list("debit", "amount")) == {"clearing:stripe": 250, "clearing:razorpay": 150}
    assert not [*ledger_faults(), *till_faults(), *day_faults()]
    assert MoneyEntry.objects.filter(till_session=session, kind="DROP").get().amount == 400
    assert sorted(CheckIn.objects.values_list("outcome", "offline", "ticket")) == sorted(
        [("ADMITTED", False, tickets[0].pk), ("ADMITTED", True, tickets[1].pk), ("CONFLICT", True, tickets[0].pk)]
    )


@pytest.mark.nightly
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
