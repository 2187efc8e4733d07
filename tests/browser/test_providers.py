"""Paying on the pages of real providers, as their fakes have them: buyers go there and come back, or do not."""

import re
import urllib.request
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db.models.functions import Now
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from cinema.models import GiftCard, Payment, Refund, Show, Ticket
from cinema.selectors.figures.ledger import ledger_faults, unexplained_seats
from cinema.selectors.money.ledger_faults import voucher_faults
from cinema.selectors.people.staff import BOX_OFFICE
from cinema.services.money.payments import check_due_payments
from cinema.services.money.refunds import send_due_refunds
from tests.browser.staff import enter
from tests.browser.test_booking import PLAN, buy_up_to_the_gateway, choose, fill_in
from tests.conftest import nightly
from tests.factories import ShowFactory, coupon, staff, vouchers
from tests.fakes import razorpay, stripe
from tests.mails import outbox

DECLINE = re.compile("that is declined|that refuses")


@dataclass
class Provider:
    """A fake, how it signs its messages, and the keys that the site has of it."""

    name: str
    fake: Any
    message: Callable[[Any], tuple[bytes, dict[str, str]]]
    keys: dict[str, object]
    site: str = ""

    def send_last_message(self) -> None:
        body, headers = self.message(self.fake.events[-1])
        url = f"{self.site}/payments/webhook/{self.name}/"
        urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10).close()

    def paid_elsewhere(self) -> None:
        """The buyer has paid, but does not come back."""
        self.fake.pay(Payment.objects.filter(gateway=self.name).latest("pk").provider_id)

    def opened(self) -> list[dict[str, Any]]:
        """What was opened for buyers to pay."""
        return list((self.fake.sessions if self.name == "stripe" else self.fake.links).values())


def a_stripe() -> Provider:
    keys = {"STRIPE_SECRET_KEY": stripe.KEY, "STRIPE_WEBHOOK_SECRETS": [stripe.SECRETS[0]]}
    return Provider("stripe", stripe.FakeStripe(), stripe.message, keys)


def a_razorpay() -> Provider:
    keys = {
        "RAZORPAY_KEY_ID": razorpay.KEY_ID,
        "RAZORPAY_KEY_SECRET": razorpay.KEY_SECRET,
        "RAZORPAY_WEBHOOK_SECRETS": [razorpay.SECRETS[0]],
    }
    return Provider("razorpay", razorpay.FakeRazorpay(), razorpay.message, keys)


CARDS_FIRST = pytest.param((a_stripe, a_razorpay), id="stripe")
UPI_FIRST = nightly((a_razorpay, a_stripe), id="razorpay")
only_stripe = pytest.mark.parametrize("providers", [CARDS_FIRST], indirect=True)


@pytest.fixture(params=[CARDS_FIRST, UPI_FIRST])
def providers(request: pytest.FixtureRequest, settings) -> Iterator[list[Provider]]:
    """Of cards, which are preselected, and of UPI. The site leads to their pages and nowhere else."""
    card, upi = providers = [make() for make in request.param]
    with card.fake.running(), upi.fake.running():
        policy = deepcopy(settings.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["form-action"] = ["'self'", card.fake.url, upi.fake.url]
        settings.CONTENT_SECURITY_POLICY = policy
        settings.PAYMENT_GATEWAYS = {"CARD": card.name, "UPI": upi.name}
        for provider in providers:
            for name, value in (provider.keys | {f"{provider.name.upper()}_API": provider.fake.url}).items():
                setattr(settings, name, value)
        yield providers


@pytest.fixture
def provider(providers: list[Provider]) -> Provider:
    return providers[0]


@pytest.fixture
def site(providers: list[Provider], settings, transactional_db) -> Iterator[str]:
    """A server of its own: the policy is read when it starts."""
    server = LiveServer("localhost")
    settings.SITE_URL = server.url
    for provider in providers:
        provider.site = server.url
    yield server.url
    server.stop()


@pytest.fixture
def elsewhere(providers: list[Provider]) -> list[str]:
    return [provider.fake.url for provider in providers]


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
    payment = ticket.order.payments.get(status=Payment.Status.SUCCESS)
    assert payment.capture_id
    assert len(outbox()) == 1
    assert unexplained_seats(show) == []


def pay(page: Page, provider: Provider, show: Show) -> None:
    go_to_pay(page, provider, show)
    press(page, "Pay")
    expect_the_ticket(page, show)


@pytest.mark.parametrize(
    "providers", [(a_stripe, a_razorpay), (a_razorpay, a_stripe)], ids=["stripe", "razorpay"], indirect=True
)
def test_a_buyer_pays_at_the_provider_and_has_a_ticket(page, provider, show):
    pay(page, provider, show)


@pytest.mark.nightly
def test_a_buyer_pays_on_a_telephone(phone_page, provider, show):
    pay(phone_page, provider, show)


def test_a_buyer_pays_without_javascript(js_off_page, provider, show):
    pay(js_off_page, provider, show)


@pytest.mark.nightly
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


@pytest.mark.nightly
@only_stripe
def test_a_bank_that_refuses_leaves_the_seats_held(page, provider, show):
    go_to_pay(page, provider, show)

    press(page, "Pay with a card that the bank must confirm")
    press(page, "Refuse")

    expect(page.get_by_role("heading", name="declined")).to_be_visible()
    assert Payment.objects.get().status == Payment.Status.PENDING


@pytest.mark.nightly
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


@pytest.mark.nightly
def test_a_buyer_who_closes_the_window_comes_back_and_pays(page, provider, show):
    go_to_pay(page, provider, show)

    page.goto(Payment.objects.get().get_absolute_url())
    expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()
    page.get_by_role("link", name="I haven’t paid – back to checkout").click()
    press(page, re.compile("^Pay ₹"))
    press(page, "Pay")

    expect_the_ticket(page, show)
    assert [one["status"] for one in provider.opened()] in (["complete"], ["paid"])


@pytest.mark.nightly
def test_a_late_message_turns_the_waiting_page_into_the_ticket(page, provider, show):
    go_to_pay(page, provider, show)
    page.goto(Payment.objects.get().get_absolute_url())
    provider.fake.trouble[:] = [503] * 100  # nobody who asks is answered
    provider.paid_elsewhere()
    expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()

    provider.send_last_message()

    expect_the_ticket(page, show)


@pytest.mark.nightly
def test_a_payment_whose_message_is_lost_is_found_by_the_job(page, provider, show):
    go_to_pay(page, provider, show)
    page.goto("/")
    provider.paid_elsewhere()
    Payment.objects.update(due_at=Now())

    assert check_due_payments() == 1

    page.goto(Payment.objects.get().get_absolute_url())
    expect_the_ticket(page, show)


@pytest.mark.nightly
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


@pytest.mark.nightly
def test_a_buyer_who_pays_at_both_providers_gets_the_second_payment_back(page, providers, show):
    card, upi = providers
    go_to_pay(page, card, show)
    first = Payment.objects.get()
    page.goto(first.get_absolute_url())
    page.get_by_role("link", name="I haven’t paid – back to checkout").click()
    page.get_by_label("UPI").check()
    press(page, re.compile("^Pay ₹"))
    expect(page).to_have_url(re.compile(re.escape(upi.fake.url)))
    press(page, "Pay")
    expect_the_ticket(page, show)

    card.paid_elsewhere()
    card.send_last_message()
    assert send_due_refunds() == 1

    [refund] = card.fake.refunds.values()
    assert refund["amount"] == 25_000
    assert not upi.fake.refunds
    page.goto(first.get_absolute_url())
    expect(page.get_by_role("heading", name="This booking is already paid")).to_be_visible()
    expect(page.get_by_text("You paid a second time.")).to_be_visible()


@pytest.mark.nightly
def test_a_cancelled_ticket_is_refunded_at_the_provider(page, provider, show):
    provider.fake.refunds_wait = True
    pay(page, provider, show)

    page.get_by_role("link", name="Cancel").click()
    page.get_by_label("Email address").fill("asha@example.org")
    press(page, "Cancel the ticket")
    expect(page.get_by_text("Your ticket has been cancelled.")).to_be_visible()
    send_due_refunds()
    [refund] = provider.fake.refunds.values()
    assert Refund.objects.get().status == Refund.Status.PENDING

    provider.fake.decide_refund(refund["id"], "succeeded" if provider.name == "stripe" else "processed")
    provider.send_last_message()

    assert Refund.objects.get().status == Refund.Status.DONE


def clerk_at(page: Page, provider: Provider, show: Show, path: str) -> None:
    """Open a page of the back office beside the buyer's."""
    enter(
        page,
        staff(show.screen.theatre, BOX_OFFICE),
        f"{provider.site}/staff/theatres/{show.screen.theatre.slug}/{path}",
    )


@pytest.mark.nightly
def test_staff_refund_a_part_which_the_provider_pays_out(page, provider, show):
    pay(page, provider, show)
    ticket = Ticket.objects.get()

    clerk_at(page, provider, show, f"orders/{ticket.reference}/")
    page.get_by_text("Refund seats or money").click()
    refund = page.locator("form", has=page.get_by_role("button", name="Refund", exact=True))
    refund.get_by_label("Amount").fill("100")
    refund.get_by_label("Reason").fill("The sound was bad")
    refund.get_by_role("button", name="Refund", exact=True).click()
    expect(page.get_by_text("The refund is on its way.")).to_be_visible()
    assert send_due_refunds() == 1

    [refund] = provider.fake.refunds.values()
    assert refund["amount"] == 10_000
    payment = Payment.objects.get()
    assert (payment.status, Ticket.objects.get().kept) == (Payment.Status.PART_REFUNDED, 150)
    assert [str(fault) for fault in ledger_faults()] == []


@pytest.mark.nightly
def test_staff_see_a_dispute_and_how_it_was_decided(page, provider, show):
    pay(page, provider, show)
    captured = Payment.objects.get().capture_id
    provider.fake.dispute(captured)
    provider.send_last_message()

    clerk_at(page, provider, show, "payments/")
    row = page.get_by_role("row").filter(has_text="open")
    expect(row).to_contain_text("₹250")
    expect(row).to_contain_text("left")

    provider.fake.dispute(captured, "lost")
    provider.send_last_message()
    page.reload()
    expect(page.get_by_role("row").filter(has_text="lost")).to_contain_text("₹250")
    assert Payment.objects.get().status == Payment.Status.DISPUTED
    assert [str(fault) for fault in ledger_faults()] == []


@pytest.mark.nightly
def test_seats_at_two_shows_are_paid_together_with_a_coupon(page, provider, show):
    later = ShowFactory(movie__title="Night Train", screen__plan=PLAN, screen__theatre=show.screen.theatre)
    coupon(show.screen.theatre, code="TEN")
    page.goto(f"/shows/{show.pk}/")
    choose(page, "Row B, seat 3")
    press(page, re.compile("Continue"))
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()

    page.goto(f"/shows/{later.pk}/")
    choose(page, "Row B, seat 3")
    press(page, re.compile("Continue"))
    fill_in(page)
    page.get_by_label("Coupon code").fill("ten")
    page.get_by_label("Coupon code").press("Enter")
    press(page, re.compile("^Pay ₹450"))
    expect(page).to_have_url(re.compile(re.escape(provider.fake.url)))
    press(page, "Pay")

    expect(page.get_by_role("heading", name="Your order")).to_be_visible()
    for title in ("The Lunchbox", "Night Train"):
        expect(page.get_by_role("link", name=title)).to_be_visible()
    assert Payment.objects.get().amount == 450
    assert set(Ticket.objects.values_list("status", "kept")) == {("CONFIRMED", 225)}
    assert len(outbox()) == 2
    assert [str(fault) for fault in ledger_faults()] == []


def buy_a_gift_card(page: Page) -> GiftCard:
    page.goto("/gift-cards/")
    page.locator("[name=name]").fill("Asha Rao")
    page.locator("[name=email]").fill("asha@example.org")
    press(page, "Buy the gift card")
    press(page, "Pay")
    expect(page.get_by_role("heading", name="Gift card").first).to_be_visible()
    return GiftCard.objects.get()


@pytest.mark.nightly
def test_a_gift_card_is_bought_and_pays_two_shows_with_a_coupon_and_a_card(page, provider, show, settings):
    settings.GIFT_CARD_AMOUNTS = [Decimal(200)]
    later = ShowFactory(movie__title="Night Train", screen__plan=PLAN, screen__theatre=show.screen.theatre)
    coupon(show.screen.theatre, code="TEN")
    card = buy_a_gift_card(page)
    assert (card.balance, Payment.objects.get().gateway) == (200, provider.name)

    for one in (show, later):
        page.goto(f"/shows/{one.pk}/")
        choose(page, "Row B, seat 3")
        press(page, re.compile("Continue"))
        expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    fill_in(page)
    page.get_by_label("Coupon code").fill("ten")
    page.get_by_label("Coupon code").press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Pay ₹450"))).to_be_visible()
    page.get_by_text("Pay with a gift card").click()
    page.get_by_label("Code of your gift card").fill(card.code.lower())
    press(page, "Use the code")
    press(page, re.compile("^Pay ₹250"))
    expect(page).to_have_url(re.compile(re.escape(provider.fake.url)))
    press(page, "Pay")

    expect(page.get_by_role("heading", name="Your order")).to_be_visible()
    assert set(Ticket.objects.values_list("status", "kept")) == {("CONFIRMED", 225)}
    tenders = Payment.objects.filter(order__tickets__isnull=False).distinct()
    assert set(tenders.values_list("mode", "amount", "status")) == {
        ("GIFT_CARD", 200, "SUCCESS"), ("CARD", 250, "SUCCESS"),
    }  # fmt: skip
    assert GiftCard.objects.get().balance == 0
    assert [str(fault) for fault in ledger_faults()] == []


@pytest.mark.nightly
def test_a_voucher_and_a_card_pay_a_basket_of_two_shows(page, provider, show):
    later = ShowFactory(movie__title="Night Train", screen__plan=PLAN, screen__theatre=show.screen.theatre, price=400)
    [voucher] = vouchers(show.screen.theatre)
    [elsewhere] = vouchers(ShowFactory().screen.theatre)
    for one in (show, later):
        page.goto(f"/shows/{one.pk}/")
        choose(page, "Row B, seat 3")
        press(page, re.compile("Continue"))
        expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    fill_in(page)
    page.get_by_text("Pay with a gift card or voucher").click()
    for code, said in {
        "K7PM-3WXY-9QRT": "We don’t know the code",
        elsewhere.groups: "is only valid at",
        voucher.groups.lower(): "pays for Row B, seat 3.",
    }.items():
        page.get_by_label("Code of your gift card or voucher").fill(code)
        page.get_by_label("Code of your gift card or voucher").press("Enter")
        expect(page.locator("#gift-cards")).to_contain_text(said)
    press(page, re.compile("^Pay ₹250"))
    press(page, "Pay")

    expect(page.get_by_role("heading", name="Your order")).to_be_visible()
    assert set(Ticket.objects.values_list("status", "kept", "kept_vouchers")) == {
        ("CONFIRMED", 250, 0), ("CONFIRMED", 400, 400),
    }  # fmt: skip
    assert set(Payment.objects.values_list("mode", "amount", "status")) == {
        ("VOUCHER", 400, "SUCCESS"), ("CARD", 250, "SUCCESS"),
    }  # fmt: skip
    assert [*map(str, ledger_faults()), *voucher_faults()] == []
