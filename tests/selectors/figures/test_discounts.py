"""Booking fees and discounts by coupon: selectors.figures.discounts."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone

from cinema.domain.periods import Period
from cinema.models import MoneyEntry, OrderLine, Show, Theatre, Ticket
from cinema.selectors.figures.discounts import discount_report, fee_report
from cinema.selectors.figures.exports import discount_sheet, fee_sheets
from cinema.selectors.figures.taxes import Taxed, tax_report
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import return_seats
from tests.factories import CONTACT, ShowFactory, coupon, held, order_hold, owner, report, seat_ids, ticket_of
from tests.services.orders.test_orders import requested

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    show = ShowFactory(screen__plan="aaaaaaaa\naaaaaaaa", price=Decimal("249.90"))
    Theatre.objects.update(web_fee=20, refund_percent=50, cancel_cutoff=60)
    show.refresh_from_db()
    return show


def buy(show: Show, seats: str, code: str = "", buyer: str = "asha") -> Ticket:
    hold = held(show, seats, buyer)
    contact = CONTACT._replace(email=f"{buyer}@example.org")
    payment = order_hold(code=hold.code, buyer=buyer, contact=contact, mode="UPI", key=f"key {seats}", coupon=code)
    start_payment(payment=payment)
    if payment.amount:
        settle_payment(report=report(payment))
    return ticket_of(payment)


def today(show: Show) -> Period:
    day = show.screen.theatre.trading_day(timezone.now())
    return Period(day, day)


def found(show: Show) -> list[tuple[str | None, int, Decimal, Decimal]]:
    issue_due_receipts()
    lines = discount_report(show.screen.theatre, today(show)).lines
    return [(line.coupon.code, line.orders, line.given, line.taken_back) for line in lines]


def full_price() -> Decimal:
    """The prices before discounts of all seats that were sold."""
    seats = OrderLine.objects.filter(kind="SEAT", ticket_seat__ticket__confirmed_at__isnull=False)
    return seats.aggregate(sum=Sum("amount"))["sum"]


def seats_in_ledger(show: Show) -> tuple[Decimal, Decimal]:
    """What the ledger has sold and refunded of seats."""
    lines = tax_report(show.screen.theatre, today(show), kinds=["SEAT"])
    return lines.total.sold.gross, lines.total.refunded.gross


def test_discounts_are_listed_by_coupon_with_code_and_without(show):
    coupon(show.screen.theatre, name="Ten off", code="TEN")
    coupon(show.screen.theatre, name="Family", kind="N_FOR_M", value=0, buy=4, pay=3, party=4)
    buy(show, "A1 A2", "TEN")
    buy(show, "B1", "TEN", "ben")
    buy(show, "B3 B4 B5 B6", buyer="carl")
    assert found(show) == [(None, 1, Decimal("249.90"), 0), ("TEN", 2, Decimal("74.97"), 0)]


def test_discounts_and_the_ledgers_sales_come_to_the_full_prices_to_the_cent(show):
    coupon(show.screen.theatre, code="TEN", value=Decimal("12.5"))
    buy(show, "A1 A2 A3", "TEN")
    buy(show, "B1 B2", buyer="ben")
    found(show)
    total = discount_report(show.screen.theatre, today(show)).total
    assert total.given == Decimal("93.72")
    assert full_price() - total.given == seats_in_ledger(show)[0]


def test_a_cancelled_ticket_takes_its_share_of_the_discount_back(show):
    """Half of the seats' price is kept."""
    coupon(show.screen.theatre, code="TEN")
    cancel_ticket(code=buy(show, "A1 A2", "TEN").code)
    assert found(show) == [("TEN", 1, Decimal("49.98"), Decimal("-24.99"))]
    assert seats_in_ledger(show)[1] == Decimal("-224.91") == -(Decimal("249.90") - Decimal("24.99"))


def test_a_returned_seat_takes_back_what_it_had_saved(show):
    coupon(show.screen.theatre, code="TEN")
    ticket = buy(show, "A1 A2 A3", "TEN")
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(owner(), "ill"))
    assert found(show) == [("TEN", 1, Decimal("74.97"), Decimal("-24.99"))]
    assert seats_in_ledger(show)[1] == -(Decimal("249.90") - Decimal("24.99"))


@pytest.mark.both
def test_of_several_coupons_each_takes_back_what_it_took_off_the_seats(show):
    """Two for one gave the first seat, TEN a tenth of the others."""
    theatre = show.screen.theatre
    coupon(theatre, "N_FOR_M", 0, buy=2, pay=1, name="A pair", combinable=True)
    coupon(theatre, code="TEN", combinable=True, name="Tenth")
    ticket = buy(show, "A1 A2 A3", "TEN")
    assert found(show) == [(None, 1, Decimal("249.90"), 0), ("TEN", 1, Decimal("49.98"), 0)]

    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(owner(), "ill"))

    assert found(show) == [(None, 1, Decimal("249.90"), 0), ("TEN", 1, Decimal("49.98"), Decimal("-24.99"))]
    assert seats_in_ledger(show)[1] == -(Decimal("249.90") - Decimal("24.99"))
    cancel_ticket(code=ticket.code)  # half of the seat's price is kept, and half of each discount
    assert found(show)[1] == ("TEN", 1, Decimal("49.98"), Decimal("-37.49"))


def test_a_free_ticket_with_several_coupons_takes_back_what_each_had_given(show):
    theatre = show.screen.theatre
    coupon(theatre, "N_FOR_M", 0, buy=2, pay=1, name="A pair", combinable=True)
    coupon(theatre, code="FREE", value=100, maximum=300, combinable=True, name="Free")
    ticket = buy(show, "A1 A2", "FREE")
    assert found(show) == [(None, 1, Decimal("249.90"), 0), ("FREE", 1, Decimal("249.90"), 0)]

    cancel_ticket(code=ticket.code)

    assert found(show) == [
        (None, 1, Decimal("249.90"), Decimal("-249.90")),
        ("FREE", 1, Decimal("249.90"), Decimal("-249.90")),
    ]


def test_a_free_ticket_takes_its_discount_back_when_it_is_cancelled(show):
    coupon(show.screen.theatre, code="FREE", value=100)
    ticket = buy(show, "A1 A2", "FREE")
    assert found(show) == [("FREE", 1, Decimal("499.80"), 0)]
    cancel_ticket(code=ticket.code)
    assert found(show) == [("FREE", 1, Decimal("499.80"), Decimal("-499.80"))]


def test_an_unpaid_order_has_no_discount(show):
    coupon(show.screen.theatre, code="TEN")
    hold = held(show, "A1")
    order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="a key", coupon="TEN")
    assert found(show) == []


def test_booking_fees_are_those_of_the_ledger(show):
    buy(show, "A1 A2")
    cancel_ticket(code=buy(show, "B1", buyer="ben").code)
    fees = fee_report(show.screen.theatre, today(show)).booking
    credit = MoneyEntry.objects.filter(credit__startswith="revenue:FEE").aggregate(sum=Sum("amount"))["sum"]
    assert fees.total.sold.gross == fees.total.rest.gross == credit == 60
    assert [line.kind for line in fees.lines] == ["fee"]


def test_what_providers_charged_is_listed_less_what_they_gave_back(show):
    theatre, noon = show.screen.theatre, datetime(2026, 5, 4, 12, tzinfo=UTC)
    facts = {"theatre": theatre, "at": noon, "kind": "PROVIDER_FEE"}
    for debit, credit, amount in [
        ("provider_fees:stripe", "clearing:stripe", "7.50"),
        ("provider_fees:stripe", "clearing:stripe", "2.25"),
        ("clearing:stripe", "provider_fees:stripe", "1.00"),
        ("provider_fees:razorpay", "clearing:razorpay", "3.00"),
    ]:
        MoneyEntry.objects.create(**facts, debit=debit, credit=credit, amount=Decimal(amount))
    fees = fee_report(theatre, Period(date(2026, 5, 4), date(2026, 5, 4)))
    assert fees.providers == [("razorpay", 3), ("stripe", Decimal("8.75"))]
    assert fees.booking.total.rest == Taxed()
    assert [sheet.name for sheet in fee_sheets(fees)] == ["Booking fees", "Charged by providers"]


def test_the_file_of_discounts_has_the_lines_of_the_page_and_their_sum(show):
    coupon(show.screen.theatre, name="Ten off", code="TEN")
    cancel_ticket(code=buy(show, "A1", "TEN").code)
    issue_due_receipts()
    *rows, total = discount_sheet(discount_report(show.screen.theatre, today(show))).rows
    assert rows == [["Ten off", "TEN", 1, Decimal("24.99"), Decimal("-12.50"), Decimal("12.49")]]
    assert total == ["Total", "", *rows[0][2:]]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_it_takes_as_many_statements_for_any_number_of_coupons(show, number, django_assert_num_queries):
    for n in range(number):
        coupon(show.screen.theatre, code=f"CODE{n}")
    buy(show, "A1", "CODE0")
    with django_assert_num_queries(6):
        discount_report(show.screen.theatre, today(show))
    with django_assert_num_queries(1):
        fee_report(show.screen.theatre, today(show))
