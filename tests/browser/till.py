"""The screen of a till that sellers share, as they use it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, expect

from cinema.models import Payment, Show, User
from cinema.services.money.provider_events import handle_due_events, receive_event
from tests.browser.staff import enter
from tests.fakes.razorpay import FakeRazorpay
from tests.fakes.razorpay import message as razorpay_message
from tests.fakes.stripe import FakeStripe
from tests.fakes.stripe import message as stripe_message

PINS = {"Ana": "1111", "Ben": "2222", "Mira": "3333"}


class Providers:
    """Stripe with a card reader, and Razorpay with its UPI codes, as their fakes have them."""

    def __init__(self, stripe: FakeStripe, razorpay: FakeRazorpay) -> None:
        self.stripe, self.razorpay = stripe, razorpay
        self.reader = stripe.terminal.connect("Box office")

    def present_a_card(self) -> None:
        self.stripe.terminal.present(self.reader)
        self.deliver("stripe", self.stripe.events, stripe_message)

    def scan_the_code(self) -> None:
        self.razorpay.qr.scan(Payment.objects.latest("pk").provider_id)
        self.deliver("razorpay", self.razorpay.events, razorpay_message)

    def deliver(self, gateway: str, events: list[Any], sign: Callable[[Any], tuple[bytes, dict[str, str]]]) -> None:
        """The provider's messages arrive."""
        while events:
            body, headers = sign(events.pop(0))
            receive_event(gateway=gateway, body=body, headers=headers)
        handle_due_events()


@contextmanager
def sold_on(page: Page) -> Iterator[None]:
    """A sale is finished on this page, and its tickets print themselves."""
    with page.expect_popup() as paper:
        yield
    expect(page.get_by_text("Sold:")).to_be_visible()
    paper.value.close()


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
        with sold_on(self.page):
            yield

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
