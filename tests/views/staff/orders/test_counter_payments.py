"""The pages of the counter while a card reader asks for a card, and the till's own page for its reader."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from cinema.gateways.base import Reader
from cinema.models import Order, Payment, Till
from cinema.services.money.till_payments import choose_reader
from tests.factories import BOX_OFFICE, MANAGER, ShowFactory, staff, till_session
from tests.fakes.razorpay import KEY_ID, KEY_SECRET, FakeRazorpay
from tests.fakes.razorpay import SECRETS as RAZORPAY_SECRETS
from tests.fakes.stripe import KEY, SECRETS, FakeStripe
from tests.fakes.stripe_terminal import DECLINED_CARD
from tests.views.browsers import text

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
KEY_OF_REQUEST = "a key of 16 chars"


class Counter:
    """A seller's browser at a till with a card reader, and two seats for 500 in the sale."""

    def __init__(self, stripe: FakeStripe, client) -> None:
        self.stripe, self.client = stripe, client
        show = ShowFactory()
        self.theatre = show.screen.theatre
        seller = staff(self.theatre, BOX_OFFICE)
        client.force_login(seller)
        session = till_session(self.theatre, seller, float=500)
        self.reader = stripe.terminal.connect("Box office")
        choose_reader(
            theatre=self.theatre, pk=session.till_id, reader=Reader(self.reader, "Box office", True), by=seller
        )
        self.post("-add", {"show": show.pk, "kind-0": 2})

    def post(self, name: str, data=None, *more: str, **headers: str):
        return self.client.post(reverse(f"staff-sell{name}", args=[self.theatre.slug, *more]), data or {}, **headers)

    def ask_for_card(self, **more: object):
        asked = {"mode": "READER", "key": KEY_OF_REQUEST, "total": 500, "rest": 500, **more}
        return self.post("-pay", asked, **HTMX)

    def poll(self, **headers: str):
        """Ask as the page does, some seconds later."""
        Payment.objects.update(attempted_at=None)
        return self.post("-ask", None, Payment.objects.latest("pk").code, **headers)

    def give_up(self):
        return self.post("-give-up", None, Payment.objects.latest("pk").code, **HTMX)

    @property
    def page(self) -> str:
        return text(self.client.get(reverse("staff-sell", args=[self.theatre.slug])))


@pytest.fixture
def stripe(settings) -> Iterator[FakeStripe]:
    fake = FakeStripe()
    with fake.running():
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API = KEY, list(SECRETS), fake.url
        settings.COUNTER_GATEWAYS = {"READER": "stripe"}
        yield fake


@pytest.fixture
def razorpay(settings) -> Iterator[FakeRazorpay]:
    fake = FakeRazorpay()
    with fake.running():
        settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = KEY_ID, KEY_SECRET
        settings.RAZORPAY_WEBHOOK_SECRETS, settings.RAZORPAY_API = list(RAZORPAY_SECRETS), fake.url
        settings.COUNTER_GATEWAYS = {"QR": "razorpay"}
        yield fake


@pytest.fixture
def counter(stripe, client) -> Counter:
    return Counter(stripe, client)


def test_a_card_at_the_reader_sells_as_soon_as_the_page_asks(counter: Counter):
    waiting = counter.ask_for_card()
    assert "Waiting for the card… ₹500 at the reader Box office" in text(waiting)
    assert counter.poll(**HTMX).status_code == 204

    counter.stripe.terminal.present(counter.reader)

    done = counter.poll(**HTMX)
    assert "Sold:" in text(done)
    assert "Change ₹" not in text(done)
    assert Order.objects.get().status == "PAID"


def test_without_scripts_the_seller_asks_by_a_button(counter: Counter):
    counter.ask_for_card()
    assert counter.poll().status_code == 303
    counter.stripe.terminal.present(counter.reader)

    assert "Sold:" in text(counter.client.get(counter.poll().url))


def test_a_declined_card_is_said_and_the_sale_goes_on(counter: Counter):
    counter.ask_for_card()
    counter.stripe.terminal.present(counter.reader, number=DECLINED_CARD)

    page = counter.poll(**HTMX)

    assert page.status_code == 409
    assert "The card was not charged" in text(page)
    assert "Handed over" in text(page)


def test_a_sale_that_waits_is_given_up(counter: Counter):
    counter.ask_for_card()

    page = counter.give_up()

    assert "Waiting" not in text(page)
    assert "Handed over" in text(page)
    assert Payment.objects.get().status == "FAILED"


def test_giving_up_a_card_that_has_paid_sells(counter: Counter):
    counter.ask_for_card()
    counter.stripe.terminal.present(counter.reader)

    assert "Sold:" in text(counter.give_up())


def test_giving_up_without_an_answer_says_what_may_come(counter: Counter):
    counter.ask_for_card()
    counter.stripe.trouble.append(503)

    page = counter.give_up()

    assert "the buyer may still be able to pay" in text(page)
    assert "Handed over" in text(page)


@pytest.mark.parametrize(
    ("trouble", "sentence"), [("off", "not connected, or it is busy"), ("away", "can’t take payments")]
)
def test_what_keeps_a_reader_from_asking_is_said(counter: Counter, trouble: str, sentence: str):
    if trouble == "off":
        counter.stripe.terminal.readers[counter.reader]["status"] = "offline"
    else:
        counter.stripe.trouble.append(503)

    page = counter.ask_for_card()

    assert page.status_code == 409
    assert sentence in text(page)
    assert "Handed over" in text(page)


def test_a_sale_that_was_set_aside_is_listed_and_finished_after_its_card_has_paid(counter: Counter):
    counter.ask_for_card()
    counter.post("-drop")
    assert "waiting for ₹500" in counter.page
    counter.stripe.terminal.present(counter.reader)
    counter.post("-resume", None, Order.objects.get().reference)

    assert "Sold:" in text(counter.poll(**HTMX))


def test_the_customer_display_asks_for_the_card(counter: Counter):
    counter.ask_for_card()

    display = counter.client.get(reverse("staff-sell-display", args=[counter.theatre.slug]))

    assert "Please hold your card to the reader. ₹500" in text(display)


def test_a_upi_code_is_shown_to_the_buyer_and_sells_when_it_is_paid(counter: Counter, razorpay: FakeRazorpay):
    waiting = counter.ask_for_card(mode="QR")
    display = counter.client.get(reverse("staff-sell-display", args=[counter.theatre.slug]))
    assert "Waiting for the UPI payment… ₹500" in text(waiting)
    assert "Please scan this code with your UPI app. ₹500" in text(display)
    assert all('class="qr"' in page.content.decode() for page in (waiting, display))
    assert counter.poll(**HTMX).status_code == 204

    razorpay.qr.scan(Payment.objects.get().provider_id)

    assert "Sold:" in text(counter.poll(**HTMX))
    assert Payment.objects.earliest("pk").capture_id in razorpay.payments


def test_a_upi_code_that_is_given_up_is_closed(counter: Counter, razorpay: FakeRazorpay):
    counter.ask_for_card(mode="QR")

    assert "Handed over" in text(counter.give_up())

    [code] = razorpay.qr.codes.values()
    assert (code["status"], Payment.objects.get().status) == ("closed", "FAILED")


def test_a_payment_of_another_theatre_is_not_found(counter: Counter):
    elsewhere = till_session()
    counter.ask_for_card()
    Order.objects.update(theatre=elsewhere.theatre)

    assert counter.poll().status_code == 404


def test_a_manager_chooses_the_reader_of_a_till(stripe, client):
    session = till_session()
    client.force_login(staff(session.theatre, MANAGER))
    bar = stripe.terminal.connect("Bar")
    stripe.terminal.readers[bar]["status"] = "offline"
    url = reverse("staff-tills-reader", args=[session.theatre.slug, session.till_id])
    assert "Bar (not connected)" in text(client.get(url))

    page = client.post(url, {"reader": bar}, follow=True)

    assert "Card reader: Bar" in text(page)
    assert client.post(url, {"reader": "tmr_of_nobody"}).status_code == 400
    client.post(url, {"reader": ""})
    assert Till.objects.get().reader == ""


def test_readers_that_can_not_be_listed_are_said(stripe, client):
    session = till_session()
    client.force_login(staff(session.theatre, MANAGER))
    stripe.trouble.append(503)

    page = client.get(reverse("staff-tills-reader", args=[session.theatre.slug, session.till_id]))

    assert "does not list its card readers at the moment" in text(page)
