"""Dearer seats for a ticket, of which the buyer pays the difference: upgrades in services.orders and services.money."""

from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.domain.periods import Period
from cinema.models import Hold, MoneyEntry, Refund, ShowSeat, Ticket
from cinema.selectors.figures.box_office import film_report
from cinema.selectors.figures.taxes import tax_report
from cinema.selectors.money.receipts import receipts_of
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.orders.buyer_exchanges import ExchangeChoice, exchange_ticket
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from tests.factories import coupon, held, owner, seat, seat_ids, sold, ticket_of
from tests.mails import outbox
from tests.services.booking.prepaid import check_out, is_sound, paid
from tests.services.orders.test_exchanges import seats_of
from tests.services.orders.test_seat_cancellations import cancel
from tests.services.orders.upgrades import begin, now, other_show, prices, refunded, show_with_upgrades, two_seats

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return show_with_upgrades()


@pytest.fixture
def other(show):
    return other_show(show)


@pytest.fixture
def ticket(show):
    return two_seats(show)


def test_nothing_changes_before_the_difference_has_arrived(show, ticket):
    payment = begin(ticket, show, "A1 B1", 100)

    assert (payment.amount, payment.status, payment.order) == (100, "PENDING", ticket.order)
    assert seats_of(ticket) == "A1 A2" and now(ticket).kept == 540
    assert seat(show, "B1").status == ShowSeat.Status.HELD
    assert is_sound()


def test_paying_the_difference_buys_dearer_seats_at_the_same_show(show, ticket):
    paid(begin(ticket, show, "A1 B1", 100))

    assert (now(ticket).status, seats_of(ticket), prices(ticket)) == ("CONFIRMED", "A1 B1", [250, 350])
    assert (now(ticket).kept, now(ticket).amount, now(ticket).order.total) == (640, 640, 640)
    assert seat(show, "A2").status == ShowSeat.Status.AVAILABLE
    show.refresh_from_db()
    assert (show.admissions, show.revenue) == (2, 640)
    assert not Hold.objects.filter(status=Hold.Status.ACTIVE).exists()
    assert not Refund.objects.exists()
    assert is_sound()


def test_paying_the_difference_buys_dearer_seats_at_another_show(show, other, ticket):
    paid(begin(ticket, other, "A1 B1", 200))

    assert (now(ticket).show, seats_of(ticket), prices(ticket)) == (other, "A1 B1", [300, 400])
    for one in (show, other):
        one.refresh_from_db()
    assert (show.revenue, show.admissions, other.revenue, other.admissions) == (0, 0, 740, 2)
    assert is_sound()


def test_the_ledger_sells_the_difference_with_its_tax(show, ticket):
    before = MoneyEntry.objects.count()
    paid(begin(ticket, show, "A1 B1", 100))

    entries = MoneyEntry.objects.order_by("pk")[before:]
    assert sorted((entry.kind, entry.debit, entry.credit, entry.amount) for entry in entries) == [
        ("CAPTURE", "clearing:sandbox", "orders", Decimal("100.00")),
        ("SALE", "orders", "revenue:SEAT:18", Decimal("84.75")),
        ("SALE", "orders", "tax:18:SEAT", Decimal("15.25")),
    ]


def test_the_report_for_the_distributor_has_the_new_prices(show, ticket):
    paid(begin(ticket, show, "A1 B1", 100))

    day = show.trading_day
    report = film_report(show.screen.theatre, show.movie, Period(day, day))
    assert [(line.price, line.revenue.admissions) for line in report.kinds] == [(250, 1), (350, 1)]
    assert report.total.gross == 600
    today = show.screen.theatre.trading_day(timezone.now())
    [seats] = [one for one in tax_report(show.screen.theatre, Period(today, today)).lines if one.kind == "seat"]
    assert seats.rest == (Decimal("508.47"), Decimal("91.53"))


@pytest.mark.parametrize("issued", [True, False])
def test_a_receipt_states_the_new_seat_and_the_one_taken_in_exchange(show, ticket, issued: bool):
    issue_due_receipts()
    ticket = ticket if issued else sold(show, "A3 A4", buyer="ben")
    paid(begin(ticket, show, "A1 B1" if issued else "A3 B1", 100))

    assert is_sound()  # which issues what is due
    receipts = receipts_of(ticket.order)
    assert [(one.kind, one.total, one.tenders) for one in receipts] == (
        [("RECEIPT", 540, [["UPI", "540.00"]]), ("RECEIPT", 100, [["UPI", "100.00"]])]
        if issued
        else [("RECEIPT", 640, [["UPI", "540.00"], ["UPI", "100.00"]])]
    )
    lines = [(line.text.partition(",")[0], line.amount, line.tax) for line in receipts[-1].lines.all()][-2:]
    assert [amount for _text, amount, _tax in lines] == [350, -250]
    assert lines[1][0] == "Seats taken in exchange"
    assert sum(tax for _text, _amount, tax in lines) == Decimal("53.39") - Decimal("38.14")


def test_the_buyer_is_mailed_the_ticket_again(show, other, ticket):
    paid(begin(ticket, show, "A1 B1", 100))
    paid(begin(ticket, other, "A1 B1", 100, key="the key of another"))

    assert [message.subject.partition(":")[0] for message in outbox()] == [
        "Your seats have changed",
        "Your ticket is now for another show",
    ]


@pytest.mark.parametrize("percent", [100, 50])
def test_a_later_cancellation_refunds_the_dearer_seats(show, ticket, percent: int):
    Ticket.objects.update(refund_percent=percent)
    paid(begin(ticket, show, "A1 B1", 100))
    assert is_sound()

    cancel(ticket, "B1")
    assert refunded() == 350 * percent // 100
    assert is_sound()
    cancel_ticket(code=ticket.code)
    assert refunded() == 600 * percent // 100
    assert is_sound()


def test_a_cancelled_show_refunds_everything(show, ticket):
    paid(begin(ticket, show, "A1 B1", 100))

    process_cancellation(cancellation=cancel_show(show_id=show.pk, user=owner(), reason="no light", remedy="REFUND"))

    assert refunded() == 640
    assert is_sound()


def test_seats_can_be_upgraded_twice(show, other, ticket):
    paid(begin(ticket, show, "A1 B1", 100))
    paid(begin(ticket, show, "B2 B1", 100, key="the key of another"))
    paid(begin(ticket, other, "B1 B2", 100, key="the key of a third"))

    assert (prices(ticket), now(ticket).kept) == ([400, 400], 840)
    cancel_ticket(code=ticket.code)
    assert refunded() == 800
    assert is_sound()


def test_a_cheap_seat_is_not_taken_in_exchange_at_the_price_of_a_dear_one(show, other, ticket):
    Ticket.objects.update(refund_percent=0)
    other.seats.filter(seat__row="A").update(price=10)
    choice = ExchangeChoice(other.pk, seat_ids(other, "A1 B1"))

    exchange_ticket(code=ticket.code, choice=choice, seen=Decimal(0))

    assert prices(ticket) == [Decimal("12.20"), Decimal("487.80")]  # 10 and 400, of which nothing is refunded
    assert is_sound()
    begin(ticket, other, "B1 B2", Decimal("387.80"))


def test_seats_bought_with_a_discount_count_for_what_they_cost(show):
    coupon(show.screen.theatre, code="TEN")
    ticket = ticket_of(paid(check_out(held(show, "A1 A2"), coupon="TEN")))

    paid(begin(ticket, show, "A1 B1", 125))

    assert prices(ticket) == [225, 350]
    assert is_sound()
    cancel_ticket(code=ticket.code)
    assert refunded() == 575
    assert is_sound()
