"""Paying on the pages of real providers, as their fakes have them: buyers go there and come back, or do not."""

import re
import urllib.request
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models.functions import Now
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from cinema.models import Payment, Show, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.money.payments import check_due_payments
from tests.browser.test_booking import PLAN, buy_up_to_the_gateway
from tests.factories import ShowFactory
from tests.fakes import razorpay, stripe
from tests.mails import outbox

STRIPE = {"STRIPE_SECRET_KEY": stripe.KEY, "STRIPE_WEBHOOK_SECRETS": [stripe.SECRETS[0]]}
RAZORPAY = {
    "RAZORPAY_KEY_ID": razorpay.KEY_ID,
    "RAZORPAY_KEY_SECRET": razorpay.KEY_SECRET,
    "RAZORPAY_WEBHOOK_SECRETS": [razorpay.SECRETS[0]],
}
DECLINE = re.compile("that is declined|that refuses")


@dataclass
class Provider:
    """A fake, and how it signs its messages."""

    name: str
    fake: Any
    message: Callable[[Any], tuple[bytes, dict[str, str]]]
    site: str = ""

    def send_last_message(self) -> None:
        body, headers = self.message(self.fake.events[-1])
        url = f"{self.site}/payments/webhook/{self.name}/"
        urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10).close()

    def paid_elsewhere(self) -> None:
        """The buyer has paid, but does not come back."""
        self.fake.pay(Payment.objects.latest("pk").provider_id)


@pytest.fixture(params=["stripe", "razorpay"])
def provider(request: pytest.FixtureRequest, settings) -> Iterator[Provider]:
    """The provider of the site, which leads to its page and nowhere else."""
    name = request.param
    fake: Any = stripe.FakeStripe() if name == "stripe" else razorpay.FakeRazorpay()
    with fake.running():
        policy = deepcopy(settings.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["form-action"] = ["'self'", fake.url]
        keys = STRIPE if name == "stripe" else RAZORPAY
        values = {f"{name.upper()}_API": fake.url, "PAYMENT_GATEWAYS": {"CARD": name}}
        for setting, value in (keys | values | {"CONTENT_SECURITY_POLICY": policy}).items():
            setattr(settings, setting, value)
        yield Provider(name, fake, stripe.message if name == "stripe" else razorpay.message)


@pytest.fixture
def site(provider: Provider, settings, transactional_db) -> Iterator[str]:
    """A server of its own: the policy is read when it starts."""
    server = LiveServer("localhost")
    settings.SITE_URL = provider.site = server.url
    yield server.url
    server.stop()


only_stripe = pytest.mark.parametrize("provider", ["stripe"], indirect=True)


@pytest.fixture
def elsewhere(provider: Provider) -> list[str]:
    return [provider.fake.url]


@pytest.fixture
def show(transactional_db) -> Show:
    return ShowFactory(movie__title="The Lunchbox", screen__plan=PLAN)


def go_to_pay(page: Page, provider: Provider, show: Show) -> None:
    buy_up_to_the_gateway(page, show, "Row B, seat 3")
    expect(page).to_have_url(re.compile(re.escape(provider.fake.url)))


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=isinstance(name, str)).click()


def expect_the_ticket(page: Page, show: Show) -> None:
    main = page.get_by_role("main")
    expect(main).to_contain_text("Row B, seat 3")
    ticket = Ticket.objects.get(status=Ticket.Status.CONFIRMED)
    expect(page).to_have_url(re.compile(ticket.get_absolute_url()))
    payment = ticket.payments.get(status=Payment.Status.SUCCESS)
    assert payment.capture_id
    assert len(outbox()) == 1
    assert unexplained_seats(show) == []


def pay(page: Page, provider: Provider, show: Show) -> None:
    go_to_pay(page, provider, show)
    press(page, "Pay")
    expect_the_ticket(page, show)


def test_a_buyer_pays_at_the_provider_and_has_a_ticket(page, provider, show):
    pay(page, provider, show)


def test_a_buyer_pays_on_a_telephone(phone_page, provider, show):
    pay(phone_page, provider, show)


def test_a_buyer_pays_without_javascript(js_off_page, provider, show):
    pay(js_off_page, provider, show)


def test_a_buyer_who_is_declined_tries_again_on_the_same_page(page, provider, show):
    go_to_pay(page, provider, show)

    press(page, DECLINE)
    expect(page.get_by_role("heading", name="declined")).to_be_visible()
    press(page, "Pay")

    expect_the_ticket(page, show)
    assert Payment.objects.count() == 1


@only_stripe
def test_a_bank_confirms_a_payment(page, provider, show):
    go_to_pay(page, provider, show)

    press(page, "Pay with a card that the bank must confirm")
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    press(page, "Confirm")

    expect_the_ticket(page, show)


@only_stripe
def test_a_bank_that_refuses_leaves_the_seats_held(page, provider, show):
    go_to_pay(page, provider, show)

    press(page, "Pay with a card that the bank must confirm")
    press(page, "Refuse")

    expect(page.get_by_role("heading", name="declined")).to_be_visible()
    assert Payment.objects.get().status == Payment.Status.PENDING


@only_stripe
def test_a_payment_that_waits_for_a_bank_is_not_called_failed(page, provider, show):
    go_to_pay(page, provider, show)
    payment = Payment.objects.get()
    provider.fake.sessions[payment.provider_id]["status"] = "complete"

    page.goto(payment.get_absolute_url())
    expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()
    provider.fake.sessions[payment.provider_id]["status"] = "open"
    provider.paid_elsewhere()
    provider.send_last_message()

    expect_the_ticket(page, show)


def test_a_buyer_who_closes_the_window_comes_back_and_pays(page, provider, show):
    go_to_pay(page, provider, show)

    page.goto(Payment.objects.get().get_absolute_url())
    expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()
    page.get_by_role("link", name="I haven’t paid – back to checkout").click()
    press(page, re.compile("^Pay ₹"))
    press(page, "Pay")

    expect_the_ticket(page, show)
    assert [one["status"] for one in opened(provider)] in (["complete"], ["paid"])


def test_a_late_message_turns_the_waiting_page_into_the_ticket(page, provider, show):
    go_to_pay(page, provider, show)
    page.goto(Payment.objects.get().get_absolute_url())
    provider.fake.trouble[:] = [503] * 100  # nobody who asks is answered
    provider.paid_elsewhere()
    expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()

    provider.send_last_message()

    expect_the_ticket(page, show)


def test_a_payment_whose_message_is_lost_is_found_by_the_job(page, provider, show):
    go_to_pay(page, provider, show)
    page.goto("/")
    provider.paid_elsewhere()
    Payment.objects.update(due_at=Now())

    assert check_due_payments() == 1

    page.goto(Payment.objects.get().get_absolute_url())
    expect_the_ticket(page, show)


def test_after_the_time_to_pay_the_buyer_can_try_again(page, provider, show):
    go_to_pay(page, provider, show)
    payment = Payment.objects.get()
    provider.fake.expire(payment.provider_id)
    provider.send_last_message()

    page.goto(payment.get_absolute_url())
    page.get_by_role("link", name="Try again").click()
    press(page, re.compile("^Pay ₹"))
    press(page, "Pay")

    expect_the_ticket(page, show)


def opened(provider: Provider) -> list[dict[str, Any]]:
    """What was opened at the provider for buyers to pay."""
    fake = provider.fake
    return list((fake.sessions if provider.name == "stripe" else fake.links).values())
