"""The tax report: selectors.figures.taxes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cinema.domain.accounts import of_line, tax
from cinema.domain.periods import Period
from cinema.models import MoneyEntry, Theatre
from cinema.selectors.figures.box_office import film_report
from cinema.selectors.figures.exports import tax_sheet
from cinema.selectors.figures.taxes import Taxed, TaxReport, tax_report
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import return_seats
from tests.factories import BOX_OFFICE, ShowFactory, TheatreFactory, seat_ids, staff
from tests.factories import sold as buy
from tests.services.orders.test_orders import requested

pytestmark = pytest.mark.django_db

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory(time_zone="Asia/Kolkata")


def entry(theatre: Theatre | None, debit: str, credit: str, amount: str, **more: Any) -> None:
    facts = {"kind": "SALE", "at": NOON} | more
    MoneyEntry.objects.create(theatre=theatre, debit=debit, credit=credit, amount=Decimal(amount), **facts)


def sold(theatre: Theatre | None, kind: str, percent: int, net: str, with_tax: str, **more: Any) -> None:
    entry(theatre, "orders", of_line(kind, Decimal(percent)), net, **more)
    entry(theatre, "orders", tax(kind, Decimal(percent)), with_tax, **more)


def refunded(theatre: Theatre, percent: int, net: str, with_tax: str) -> None:
    entry(theatre, of_line("SEAT", Decimal(percent)), "refunds", net, kind="REFUND_OWED")
    entry(theatre, tax("SEAT", Decimal(percent)), "refunds", with_tax, kind="REFUND_OWED")


def lines(report: TaxReport) -> list[tuple[Any, ...]]:
    return [(line.percent, line.kind, line.sold, line.refunded) for line in report.lines]


def amounts(net: str = "0", with_tax: str = "0") -> Taxed:
    return Taxed(Decimal(net), Decimal(with_tax))


def test_what_was_sold_and_refunded_is_listed_by_rate_and_kind(theatre):
    sold(theatre, "SEAT", 18, "100.00", "18.00")
    sold(theatre, "SEAT", 18, "50.00", "9.00")
    sold(theatre, "SEAT", 5, "95.24", "4.76")
    sold(theatre, "FEE", 18, "8.47", "1.53")
    refunded(theatre, 18, "50.00", "9.00")

    found = tax_report(theatre, MAY)

    assert lines(found) == [
        (18, "seat", amounts("150", "27"), amounts("-50", "-9")),
        (18, "fee", amounts("8.47", "1.53"), amounts()),
        (5, "seat", amounts("95.24", "4.76"), amounts()),
    ]
    assert found.lines[0].rest == amounts("100", "18")
    assert (found.total.sold, found.total.refunded) == (amounts("253.71", "33.29"), amounts("-50", "-9"))
    assert found.total.rest.gross == Decimal("228.00")


def test_what_is_no_sale_is_left_out(theatre):
    entry(theatre, "clearing:stripe", "orders", "118", kind="CAPTURE")
    entry(theatre, "orders", "gift_cards", "500")
    entry(theatre, "refunds", "clearing:stripe", "59", kind="REFUND_PAID")
    assert tax_report(theatre, MAY).lines == []


def test_the_days_are_those_of_the_theatre_and_its_entries_only(theatre):
    """In Mumbai, May goes from 5:00 to 5:00, which is 23:30 in London."""
    for at, is_in in [
        (datetime(2026, 4, 30, 23, 29, 59, tzinfo=UTC), False),
        (datetime(2026, 4, 30, 23, 30, tzinfo=UTC), True),
        (datetime(2026, 5, 31, 23, 29, 59, tzinfo=UTC), True),
        (datetime(2026, 5, 31, 23, 30, tzinfo=UTC), False),
    ]:
        sold(theatre, "SEAT", 18, "100" if is_in else "1000", "18", at=at)
    sold(TheatreFactory(), "SEAT", 18, "10000", "1800")
    sold(None, "SEAT", 18, "10000", "1800")
    assert tax_report(theatre, MAY).total.rest == amounts("200", "36")


def test_the_file_has_every_amount_of_the_page_and_adds_up(theatre):
    sold(theatre, "SEAT", 18, "100.00", "18.00")
    sold(theatre, "FEE", 0, "7.00", "0.01")
    refunded(theatre, 18, "50.00", "9.00")

    sheet = tax_sheet(tax_report(theatre, MAY))

    *rows, total = sheet.rows
    assert rows[0] == [18, "seat", *map(Decimal, ("118", "100", "18", "-59", "-50", "-9", "59", "50", "9"))]
    assert len(sheet.header) == len(total) == 11
    assert total[2:] == [sum(row[n] for row in rows) for n in range(2, 11)]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_it_takes_one_statement_for_any_number_of_entries(theatre, number, django_assert_num_queries):
    for percent in range(number):
        sold(theatre, "SEAT", percent, "100.00", "18.00")
    with django_assert_num_queries(1):
        tax_report(theatre, MAY)


def test_it_agrees_with_the_distributors_report_and_the_revenue():
    """A cancellation keeps its fee, and a seat is returned."""
    theatre = TheatreFactory(tax=18, refund_percent=50, cancel_cutoff=60)
    show = ShowFactory(screen__theatre=theatre, price=Decimal("118.01"))
    clerk = staff(theatre, BOX_OFFICE)
    buy(show, "A1 A2")
    cancel_ticket(code=buy(show, "B1 B2", buyer="ben").code)
    ticket = buy(show, "C1 C2 C3", buyer="carl")
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "C1"), requested=requested(clerk, "ill"))

    today = theatre.trading_day(timezone.now())
    found = tax_report(theatre, Period(today, today)).total
    told = film_report(theatre, show.movie, Period(show.trading_day, show.trading_day))

    assert found.sold == Taxed(Decimal("700.07"), Decimal("126.00"))
    assert found.rest.gross == told.revenue == 4 * Decimal("118.01") + told.other
    assert told.other == Decimal("118.01")
    assert tax_report(theatre, Period(today, today).before).lines == []
