"""The pages of the counter, without scripts and with htmx."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.models import CounterAction, Hold, Order, Payment, Refund, TariffPrice, Ticket, TicketType
from cinema.selectors.money.tills import in_drawer
from cinema.services.booking.holds import hold_seats
from cinema.services.orders.orders import cancel_order
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.people.pins import set_pin
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    ScreenFactory,
    ShowFactory,
    coupon,
    gift_card,
    on_card,
    price_card,
    seat_ids,
    sold,
    staff,
    till_session,
    vouchers,
)
from tests.views.browsers import text

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
KEY = "a key of 16 chars"


@pytest.fixture
def show():
    """A show in a few hours that belongs to today."""
    screen = ScreenFactory(plan="aaaaaaaa")
    screen.theatre.city = "Mumbai"
    card = price_card(screen.theatre, adult=250, child=150)
    return today(screen, card)


def today(screen, card):
    """A show of today, whatever the time is: the day of the theatre begins at five."""
    show = on_card(card=card, screen=screen)
    day = screen.theatre.trading_day(timezone.now())
    show.trading_day = day
    show.starts_at = timezone.now() + timedelta(minutes=30)
    show.ends_at = show.starts_at + timedelta(hours=2)
    show.sales_end_at = show.starts_at
    show.save()
    return show


@pytest.fixture
def theatre(show):
    return show.screen.theatre


@pytest.fixture
def seller(theatre, client):
    user = staff(theatre, BOX_OFFICE)
    client.force_login(user)
    return user


@pytest.fixture
def session(theatre, seller):
    return till_session(theatre, seller, float=500)


def url(theatre, name="", *more) -> str:
    return reverse(f"staff-sell{name}", args=[theatre.slug, *more])


def adults(number: int, **more) -> dict:
    return {f"kind-{TicketType.objects.get(name='Adult').pk}": number, **more}


def tender(page, **more) -> dict:
    """The form of a payment as the page has it."""
    hidden = re.findall(r'name="(total|rest|key)" value="([^"]*)"', page.content.decode())
    return {"mode": "CASH"} | dict(hidden) | more


def test_a_sale_without_scripts(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    assert "2 × Adult" in text(page)
    assert "To pay ₹500" in text(page)
    done = client.post(url(theatre, "-pay"), tender(page, amount="600"), follow=True)
    assert "Change ₹100" in text(done)
    order = Order.objects.get()
    assert order.status == "PAID"
    assert url(theatre, "-print", order.reference) in done.content.decode()
    assert in_drawer(session) == 1000


def test_what_is_asked_of_no_sale_is_the_plain_page(client, theatre, session):
    assert client.get(url(theatre), {"done": "no\0sale"}).status_code == 200


def test_a_sale_with_htmx_is_three_requests_and_at_most_60_statements(client, theatre, session, show):
    with CaptureQueriesContext(connection) as queries:
        page = client.post(url(theatre, "-add"), adults(2, show=show.pk), **HTMX)
        done = client.post(url(theatre, "-pay"), tender(page), **HTMX)
        printed = client.get(url(theatre, "-print", Order.objects.only("reference").get().reference))
    assert (page.status_code, done.status_code, printed.status_code) == (200, 200, 200)
    assert "Sold:" in text(done)
    own = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(own) - 2 <= 60, "\n".join(own)  # two are of this test


def test_tiles_name_prices_with_the_fee_of_the_counter(client, theatre, session, show):
    type(theatre).objects.update(counter_fee=20)
    TicketType.objects.filter(name="Child").update(fee_waived=True)

    page = text(client.get(url(theatre)))

    assert "from ₹270" in page
    assert "Adult ₹270" in page
    assert "Child ₹150" in page


def test_without_an_open_till_nothing_is_sold(client, theatre, seller, show):
    assert "No till is open." in text(client.get(url(theatre)))
    client.post(url(theatre, "-add"), adults(2, show=show.pk))
    assert not Hold.objects.exists()


def test_a_browser_is_one_of_several_tills(client, theatre, session, show):
    other = till_session(theatre, name="Bar")
    assert "Which till is this?" in text(client.get(url(theatre)))
    client.post(url(theatre, "-till"), {"till": other.till_id})
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk), follow=True)
    client.post(url(theatre, "-pay"), tender(page))
    assert Payment.objects.get().till_session == other


def test_ticket_types_are_sold_at_their_prices(client, theatre, session, show):
    child = TicketType.objects.get(name="Child")
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk) | {f"kind-{child.pk}": 2}, follow=True)
    assert "2 × Child" in text(page)
    assert "To pay ₹550" in text(page)


def test_seats_are_chosen_on_the_map(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk, map="1"), follow=True)
    assert "Choose one seat" in text(page)
    last = show.seats.order_by("pk").last()
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk, seats=last.pk), follow=True)
    assert last.seat.row + str(last.seat.number) in text(page)
    two = client.post(url(theatre, "-add"), adults(2, show=show.pk, seats=last.pk))
    assert "Please choose as many seats as there are tickets: 2." in text(two)


def test_htmx_leaves_the_page_for_the_map(client, theatre, session, show):
    answer = client.post(url(theatre, "-add"), adults(1, show=show.pk, map="1"), **HTMX)
    assert answer["HX-Redirect"].startswith(url(theatre, "-map"))


def test_a_card_needs_the_reference_of_the_terminal(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk), follow=True)
    refused = client.post(url(theatre, "-pay"), tender(page, mode="TERMINAL"))
    assert "Please enter what the card terminal has printed." in text(refused)
    client.post(url(theatre, "-pay"), tender(refused, mode="TERMINAL", reference="T 1"))
    assert Payment.objects.get().capture_id == "T 1"


def test_a_split_sale_is_set_aside_and_finished_later(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    page = client.post(url(theatre, "-pay"), tender(page, mode="TERMINAL", reference="T 1", amount="300"), follow=True)
    assert "To pay ₹200" in text(page)
    page = client.post(url(theatre, "-drop"), follow=True)
    assert "₹300 of ₹500 paid" in text(page)
    page = client.post(url(theatre, "-resume", Order.objects.get().reference), follow=True)
    done = client.post(url(theatre, "-pay"), tender(page), follow=True)
    assert "Sold:" in text(done)
    assert Ticket.objects.get().status == "CONFIRMED"


def test_a_sale_that_was_broken_off_is_voided(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    client.post(url(theatre, "-pay"), tender(page, amount="100"))
    page = client.post(url(theatre, "-void", Order.objects.get().reference), follow=True)
    assert "Please refund ₹100: Cash." in text(page)
    assert in_drawer(session) == 500


def test_a_touched_amount_is_cash(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    assert 'name="quick" value="600.00"' in page.content.decode()
    client.post(url(theatre, "-pay"), tender(page, quick="600"))
    assert Payment.objects.get().change == 100


def test_what_is_due_in_cash_is_said_where_it_is_rounded(settings, client, theatre, session, show):
    settings.CURRENCY = "CHF"
    show.seats.update(price=Decimal("12.33"))
    TariffPrice.objects.update(amount=Decimal("12.33"))
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk), follow=True)
    assert "To pay CHF 12.33 In cash CHF 12.35" in text(page).replace("\xa0", " ")
    refused = client.post(url(theatre, "-pay"), tender(page, amount="12.33"))
    assert "Cash is rounded to CHF 0.05." in text(refused).replace("\xa0", " ")
    done = client.post(url(theatre, "-pay"), tender(refused, amount="20"), follow=True)
    assert "Change CHF 7.65" in text(done).replace("\xa0", " ")
    client.force_login(staff(theatre, MANAGER))
    report = client.get(reverse("staff-tills-report", args=[theatre.slug, session.code]))
    assert "Rounding of cash CHF 0.02" in text(report).replace("\xa0", " ")


def test_a_coupon_and_a_gift_card_are_used(client, theatre, session, show):
    coupon(theatre, code="TEN")
    card = gift_card(theatre, 100)
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    page = client.post(url(theatre, "-pay"), tender(page, coupon="ten", gift_card=card.code, update="1"), follow=True)
    assert "To pay ₹350" in text(page)
    client.post(url(theatre, "-pay"), tender(page))
    assert Payment.objects.by_provider().get(order__channel="COUNTER").amount == 350


def test_vouchers_pay_for_seats_and_the_sale_is_finished_without_money(client, theatre, session, show):
    one, two = vouchers(theatre, 2)
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    page = client.post(url(theatre, "-pay"), tender(page, gift_card=f"{one.code}, {two.code}", update="1"), follow=True)
    assert text(page).count("Voucher …") == 2
    assert "To pay ₹0" in text(page)
    assert "Handed over" not in text(page)
    done = client.post(url(theatre, "-pay"), tender(page), follow=True)
    assert "Sold:" in text(done)
    assert in_drawer(session) == 500


def test_a_code_that_is_typed_while_cash_is_taken_is_shown_first(client, theatre, session, show):
    [voucher] = vouchers(theatre)
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    page = client.post(url(theatre, "-pay"), tender(page, gift_card=voucher.code))
    assert "₹250 is left to pay" in text(page)
    assert not Payment.objects.exists()
    assert "Sold:" in text(client.post(url(theatre, "-pay"), tender(page), follow=True))


@pytest.mark.parametrize("codes", [{"coupon": "NONE"}, {"gift_card": "NONE"}])
def test_an_unknown_code_is_refused_in_words(client, theatre, session, show, codes):
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk), follow=True)
    page = client.post(url(theatre, "-pay"), tender(page, update="1", **codes), follow=True)
    assert "notice-error" in page.content.decode()
    page = client.post(url(theatre, "-pay"), tender(page, without_codes="1"), follow=True)
    assert "notice-error" not in page.content.decode()


def test_seats_that_are_gone_are_said_to_be(client, theatre, session, show):
    seat = show.seats.first()
    sold(show, f"{seat.seat.row}{seat.seat.number}")
    answer = client.post(url(theatre, "-add"), adults(1, show=show.pk, seats=seat.pk))
    assert answer.status_code == 409
    assert "notice-error" in answer.content.decode()


@pytest.mark.parametrize(
    "form",
    [{}, {"show": "x"}, {"kind-0": "-1"}, {"kind-0": "201"}, {"kind-x": "1"}, {"kind-0": "99999999999999999999"}],
)
def test_seats_that_cannot_be_are_refused(client, theatre, session, show, form):
    answer = client.post(url(theatre, "-add"), {"show": show.pk} | form)
    assert answer.status_code == 400


@pytest.mark.parametrize("form", [{"amount": "x"}, {"amount": "-1"}, {"mode": "GOLD"}, {"key": "short"}, {"total": ""}])
def test_a_payment_that_cannot_be_is_refused(client, theatre, session, show, form):
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk), follow=True)
    assert client.post(url(theatre, "-pay"), tender(page, **form)).status_code == 400
    assert not Payment.objects.exists()


def test_tickets_are_printed_again(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    client.post(url(theatre, "-pay"), tender(page))
    ticket, boss = Ticket.objects.get(), staff(theatre, MANAGER)
    set_pin(theatre=theatre, user=boss, pin="4711", by=boss)
    papers = [client.get(url(theatre, "-print", ticket.order.reference)).content.decode() for _ in range(2)]
    assert ["<svg" in paper for paper in papers] == [True, False]  # with their codes once
    again = url(theatre, "-reprint", ticket.order.reference)
    said = {"reason": "LOST", "supervisor": boss.pk, "pin": "0815", "key": KEY}
    assert "This PIN is wrong." in text(client.post(again, said))
    assert "<svg" not in client.post(again, said | {"reason": "", "pin": "4711"}).content.decode()
    assert not CounterAction.objects.exists()
    for _ in range(2):  # two clicks
        assert "<svg" in client.post(again, said | {"pin": "4711"}).content.decode()
    action = CounterAction.objects.get()
    assert (action.kind, action.reason, action.seats, action.allowed_by) == ("REPRINT", "LOST", 2, boss)


def test_the_counter_takes_a_constant_number_of_statements(client, theatre, session, show):
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            client.get(url(theatre))
        counts.append(len(queries))
        today(ScreenFactory(theatre=theatre, plan="aaaa"), show.price_card)
    assert len(set(counts)) == 1


def refunded(ticket, user) -> None:
    """Cancel a ticket and refund all of it."""
    cancel_order(code=ticket.code, requested=RequestedAction(user, "wrong film", 0, KEY), amount=ticket.kept)


def test_a_refund_is_paid_out_with_the_pin_of_a_supervisor(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    client.post(url(theatre, "-pay"), tender(page))
    ticket, boss = Ticket.objects.get(), staff(theatre, MANAGER)
    set_pin(theatre=theatre, user=boss, pin="4711", by=boss)
    refunded(ticket, boss)
    order = client.get(reverse("staff-orders-order", args=[theatre.slug, ticket.reference]))
    assert "₹500 is to be paid out at a till." in text(order)
    pay_out = url(theatre, "-payout", Refund.objects.get().code)
    assert "This PIN is wrong." in text(client.post(pay_out, {"supervisor": boss.pk, "pin": "0815"}))
    page = client.post(pay_out, {"supervisor": boss.pk, "pin": "4711"}, follow=True)
    assert "Please refund ₹500: Cash." in text(page)
    assert in_drawer(session) == 500


def test_a_seller_is_no_supervisor(client, theatre, session, show, seller):
    set_pin(theatre=theatre, user=seller, pin="4711", by=seller)
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk), follow=True)
    client.post(url(theatre, "-pay"), tender(page))
    refunded(Ticket.objects.get(), seller)
    pay_out = url(theatre, "-payout", Refund.objects.get().code)
    assert client.post(pay_out, {"supervisor": seller.pk, "pin": "4711"}).status_code == 400
    assert Refund.objects.get().status == "PENDING"


def is_unknown(answer) -> bool:
    """Whether an answer leaves the page as it is, for nothing is known of the payment."""
    return answer["HX-Reswap"] == "none" and not answer.content


def test_what_became_of_a_payment_is_told_by_its_key(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    form = tender(page)
    assert is_unknown(client.get(url(theatre, "-outcome"), {"key": form["key"]}, **HTMX))
    client.post(url(theatre, "-pay"), form, **HTMX)  # whose answer is lost
    for _ in range(2):
        told = client.get(url(theatre, "-outcome"), {"key": form["key"]}, **HTMX)
        assert "Sold:" in text(told)
    assert Payment.objects.count() == 1


def test_what_became_of_a_part_of_a_sale_is_the_rest_of_it(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    form = tender(page, amount="200")
    client.post(url(theatre, "-pay"), form, **HTMX)
    assert "To pay ₹300" in text(client.get(url(theatre, "-outcome"), {"key": form["key"]}, **HTMX))


def test_the_key_of_another_till_tells_nothing(client, theatre, session, show):
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    form = tender(page)
    client.post(url(theatre, "-pay"), form)
    client.post(url(theatre, "-till"), {"till": till_session(theatre, name="Bar").till_id})
    assert is_unknown(client.get(url(theatre, "-outcome"), {"key": form["key"]}))
    assert is_unknown(client.get(url(theatre, "-outcome")))


def test_the_buyer_sees_the_order_its_seats_and_the_amount(client, theatre, session, show):
    assert f"Welcome to {theatre}" in text(client.get(url(theatre, "-display")))
    [voucher], card = vouchers(theatre), gift_card(theatre, 100)
    page = client.post(url(theatre, "-add"), adults(2, show=show.pk), follow=True)
    codes = {"gift_card": f"{voucher.code},{card.code}", "email": "asha@example.org"}
    page = client.post(url(theatre, "-pay"), tender(page, update="1", **codes), follow=True)
    shown = client.get(url(theatre, "-display"), **HTMX)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in shown.content.decode()
    assert f"2 × Adult {show.movie}" in text(shown)
    assert "Vouchers −₹250 Gift card −₹100 To pay ₹150" in text(shown)
    assert len(shown.context["maps"]) == 1
    assert shown.content.decode().count(" chosen") == 2 and "<input" not in shown.content.decode()
    for secret in ("asha@", str(voucher), str(card), voucher.code, card.code):
        assert secret not in shown.content.decode()
    client.post(url(theatre, "-pay"), tender(page, amount="200"))
    assert "Thank you, and enjoy the film. Change ₹50" in text(client.get(url(theatre, "-display")))
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert f"Welcome to {theatre}" in text(client.get(url(theatre, "-display")))


def test_the_map_of_the_counter_follows_what_others_do(client, theatre, session, show):
    client.post(url(theatre, "-add"), adults(1, show=show.pk, seats=seat_ids(show, "A1")))
    page = client.get(url(theatre, "-map"), adults(1, show=show.pk)).content.decode()
    asks = url(theatre, "-map-changes", show.pk)
    assert f'hx-get="{asks}"' in page
    show.refresh_from_db()
    since = {"since": show.revision}
    assert client.get(asks, since).status_code == 204

    hold_seats(show_id=show.pk, seat_ids=seat_ids(show, "A2"), buyer="asha")
    changed, whole = (client.get(asks, asked).content.decode() for asked in (since, {}))

    assert [pk for pk in seat_ids(show, "A1 A2") if f'value="{pk}"' in changed] == seat_ids(show, "A2")
    [own] = re.findall(rf'<input[^>]*value="{seat_ids(show, "A1")[0]}"[^>]*>', whole)
    assert "checked" in own and "disabled" not in own


def test_a_map_of_another_theatre_is_not_found(client, theatre, session, show):
    assert client.get(url(theatre, "-map-changes", ShowFactory().pk)).status_code == 404
