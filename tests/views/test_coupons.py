"""Booking fees and coupon codes on the pages of buyers, from the seat map to the ticket."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import Order, Show, Theatre
from cinema.services.money.settlement import settle_payment
from cinema.services.people.failed_tries import LIMITS, Kind
from tests.factories import ShowFactory, coupon, held, on_card, report, seat_ids, ticket_of
from tests.mails import outbox
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aab")


@pytest.fixture
def client():
    return browser("asha")


def has_fee(show: Show, amount: str | int = 20, basis: str = "TICKET") -> None:
    Theatre.objects.filter(pk=show.screen.theatre_id).update(web_fee=amount, web_fee_basis=basis)


def text_of(page) -> str:
    """The words of a page, without markup and with single spaces."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.content.decode()).split())


def form_of(page, **changes) -> dict[str, object]:
    """The checkout as the page shows it, filled in."""
    form = page.context["form"]
    hidden = {name: form[name].value() for name in ("seats", "total", "key")}
    mine = {"name": "Asha Rao", "email": "asha@example.org", "phone": "", "mode": "UPI", "coupon": ""}
    return hidden | mine | changes


def lines_of(page) -> list[str]:
    """What the checkout lists, each with its price."""
    found = re.findall(r'<ul class="checkout-lines".*?</ul>', page.content.decode(), re.DOTALL)
    lines = [line for part in found for line in part.split("</li>")[:-1]]
    return [" ".join(re.sub(r"<[^>]*>", " ", line).split()) for line in lines]


def test_prices_on_the_map_include_the_fee_for_a_ticket(client, show):
    has_fee(show)
    page = client.get(show.get_absolute_url())
    assert 'data-price="270.00"' in page.content.decode()
    assert "Row A, seat 1, Classic, ₹270, available" in page.content.decode()
    assert "Prices include a booking fee of ₹20 per ticket." in text_of(page)


def test_a_fee_for_an_order_is_shown_beside_the_prices(client, show):
    has_fee(show, 30, "ORDER")
    page = client.get(show.get_absolute_url())
    assert 'data-price="250.00"' in page.content.decode()
    assert '"fee": "30.00"' in page.content.decode()
    assert "A booking fee of ₹30 is added to each order." in text_of(page)


def test_without_a_fee_the_map_says_so(client, show):
    assert "No booking fee." in text_of(client.get(show.get_absolute_url()))


def test_prices_of_other_ticket_types_include_the_fee_unless_it_is_waived(client):
    show = on_card(adult=250, child=150, senior=120)
    has_fee(show)
    show.screen.theatre.ticket_types.filter(name="Senior").update(fee_waived=True)
    page = text_of(client.get(show.get_absolute_url()))
    assert "Child (from ₹170)" in page
    assert "Senior (from ₹120)" in page


def test_the_highest_price_of_a_seat_is_meant_with_the_fee(client, show):
    has_fee(show)
    search = {"party": "1", "category": "", "ceiling": "269"}
    assert client.post(reverse("show-best", args=[show.pk]), search).status_code == 409
    assert client.post(reverse("show-best", args=[show.pk]), search | {"ceiling": "270"}).status_code == 303


def test_the_checkout_lists_seats_discount_fee_and_total(client, show):
    has_fee(show)
    coupon(show.screen.theatre, name="Matinee", value=10)
    page = client.get(held(show, "A1 A2").get_absolute_url())
    assert lines_of(page) == [
        "Row A, seat 1 Classic ₹250",
        "Row A, seat 2 Classic ₹250",
        "Matinee -₹50",
        "Booking fee 2 × ₹20 ₹40",
        "Total Updating… ₹490",
    ]
    assert page.context["total"] == 490


def test_a_code_is_taken_without_losing_what_was_typed(client, show):
    coupon(show.screen.theatre, code="TEN", name="Ten percent off")
    url = held(show, "A1").get_absolute_url()
    page = client.post(url, form_of(client.get(url), coupon=" ten ", name="Ben", update="1"))
    assert "Ten percent off TEN -₹25" in lines_of(page)
    assert [page.context["form"][name].value() for name in ("name", "coupon")] == ["Ben", " ten "]

    answer = client.post(url, form_of(page, coupon="TEN"))
    assert answer.status_code == 303
    assert Order.objects.get().total == 225


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("WRONG", "We don’t know the code “WRONG”."),
        ("OVER", "“OVER” has ended"),
        ("GONE", "“GONE” has been used up"),
        ("THERE", "“THERE” is not valid for this show."),
        ("PARTY", "“PARTY” needs 2 seats that cost something."),
    ],
)
@pytest.mark.parametrize("update", [True, False])
def test_a_code_that_is_not_taken_gets_a_clear_answer(client, show, typed, sentence, update):
    theatre = show.screen.theatre
    coupon(theatre, code="OVER", ended_at=timezone.now())
    coupon(theatre, code="GONE", most_uses=1, used=1)
    coupon(theatre, code="THERE", weekdays=[(show.trading_day.weekday() + 1) % 7])
    coupon(theatre, code="PARTY", party=2)
    url = held(show, "A1").get_absolute_url()
    more = {"update": "1"} if update else {}
    page = client.post(url, form_of(client.get(url), coupon=typed, **more))
    assert page.status_code == (200 if update else 400 if typed == "WRONG" else 409)
    assert text_of(page).count(sentence) == 1
    assert page.context["form"]["coupon"].value() == typed
    assert not Order.objects.exists()


def test_a_code_that_saves_nothing_more_is_named(client, show):
    coupon(show.screen.theatre, value=20)
    coupon(show.screen.theatre, code="TEN", value=10)
    url = held(show, "A1").get_absolute_url()
    page = client.post(url, form_of(client.get(url), coupon="TEN", update="1"))
    assert "You already save more without this code, so it was not used." in text_of(page)


def test_a_show_that_takes_no_coupon_asks_for_none(client, show):
    Show.objects.update(no_coupons=True)
    page = client.get(held(show, "A1").get_absolute_url())
    assert 'name="coupon"' not in page.content.decode()


def test_a_code_typed_at_the_last_moment_is_confirmed_with_the_new_total(client, show):
    coupon(show.screen.theatre, code="TEN")
    url = held(show, "A1").get_absolute_url()
    page = client.post(url, form_of(client.get(url), coupon="TEN"))
    assert (page.status_code, page.context["total"]) == (409, 225)
    assert not Order.objects.exists()
    assert client.post(url, form_of(page, coupon="TEN")).status_code == 303


def test_a_discount_of_everything_is_booked_at_once(client, show):
    has_fee(show)
    coupon(show.screen.theatre, code="ALL", value=100)
    url = held(show, "A1").get_absolute_url()
    page = client.post(url, form_of(client.get(url), coupon="ALL", update="1"))
    assert "Book for free" in text_of(page)
    form = form_of(page, coupon="ALL")
    del form["mode"]
    assert client.post(url, form).status_code == 303
    assert Order.objects.get().status == "PAID"


def test_the_checkout_comes_back_with_its_code(client, show):
    coupon(show.screen.theatre, code="TEN")
    url = held(show, "A1").get_absolute_url()
    page = client.post(url, form_of(client.get(url), coupon="TEN", update="1"))
    client.post(url, form_of(page, coupon="TEN"))
    page = client.get(url)
    assert (page.context["form"]["coupon"].value(), page.context["total"]) == ("TEN", 225)


def test_the_ticket_and_its_mail_name_the_fee(client, show):
    has_fee(show)
    coupon(show.screen.theatre, code="TEN")
    url = held(show, "A1").get_absolute_url()
    page = client.post(url, form_of(client.get(url), coupon="TEN", update="1"))
    client.post(url, form_of(page, coupon="TEN"))
    payment = Order.objects.get().payments.get()
    settle_payment(report=report(payment))

    ticket = text_of(client.get(ticket_of(payment).get_absolute_url()))
    assert "₹225 Booking fee ₹20 Total ₹245" in ticket
    (mail,) = outbox()
    assert "Classic: ₹225\nBooking fee: ₹20\nTotal: ₹245" in mail.body


def test_the_checkout_takes_few_statements_more_with_a_code(client, show, statements):
    coupon(show.screen.theatre, code="TEN")
    url = held(show, "A1").get_absolute_url()
    form = form_of(client.get(url), update="1")
    with statements() as without:
        client.post(url, form)
    with statements() as with_code:
        client.post(url, form | {"coupon": "TEN"})
    assert len(with_code) <= len(without) + 6  # it is looked up, guesses are counted (in a transaction), it is priced


@pytest.mark.parametrize("htmx", [True, False])
def test_alternatives_to_taken_seats_cost_what_the_map_shows(client, htmx):
    show = ShowFactory(screen__plan="aaaaa")
    has_fee(show)
    held(show, "A1", buyer="ben")
    headers = {"HX-Request": "true"} if htmx else {}
    page = client.post(reverse("show-hold", args=[show.pk]), {"seats": seat_ids(show, "A1 A2")}, headers=headers)
    assert "· ₹540" in text_of(page)


@pytest.mark.parametrize(
    ("percent", "at_sale", "at_cancellation"),
    [
        (100, "to get back all but the booking fee.", "You’ll get ₹250 back: all but the"),
        (
            50,
            "The booking fee is not refunded.",
            "You’ll get ₹125 of ₹250 (50%) back. The booking",
        ),
    ],
)
def test_buyers_are_told_that_the_fee_is_not_refunded(client, show, percent, at_sale, at_cancellation):
    has_fee(show)
    Theatre.objects.update(refund_percent=percent)
    assert at_sale in text_of(client.get(show.get_absolute_url()))
    url = held(show, "A1").get_absolute_url()
    page = client.get(url)
    assert at_sale in text_of(page)
    client.post(url, form_of(page))
    payment = Order.objects.get().payments.get()
    settle_payment(report=report(payment))
    page = client.get(reverse("ticket-cancellation", args=[ticket_of(payment).code]))
    assert at_cancellation in text_of(page)
    assert "The booking fee is not refunded." in text_of(client.get(show.screen.theatre.get_absolute_url()))


def test_codes_cannot_be_found_by_trying_many(client, show):
    coupon(show.screen.theatre, code="TEN")
    url = held(show, "A1").get_absolute_url()
    form = form_of(client.get(url))
    for number in range(LIMITS[Kind.COUPON].from_one):
        assert client.post(url, form | {"coupon": f"GUESS{number}", "update": "1"}).status_code == 200
    for more in ({"update": "1"}, {}):
        page = client.post(url, form | {"coupon": "TEN", "name": "Ben", **more})
        assert (page.status_code, page.context["total"]) == (429, 250)
        assert "Too many unknown coupon codes were entered." in text_of(page)
        assert page.context["form"]["name"].value() == "Ben"
        assert int(page["Retry-After"]) > 0
    assert client.post(url, form_of(page)).status_code == 303
    assert Order.objects.get().total == 250
