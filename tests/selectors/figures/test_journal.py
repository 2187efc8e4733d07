"""The journal for the bookkeeper: selectors.figures.journal."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cinema.domain.periods import Period
from cinema.models import MoneyEntry, Payment, Refund, Theatre
from cinema.selectors.figures.journal import journal_sheet
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, TheatreFactory, sold

pytestmark = pytest.mark.django_db

MAY_1 = date(2026, 5, 1)


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory(name="Galaxy", time_zone="Asia/Kolkata")


def entry(theatre: Theatre | None, at: datetime, **changes: Any) -> MoneyEntry:
    facts = {"kind": "CAPTURE", "debit": "clearing:stripe", "credit": "orders", "amount": Decimal("118.00")}
    return MoneyEntry.objects.create(theatre=theatre, at=at, **facts | changes)


def rows(*theatres: Theatre, until: date = MAY_1, **how: bool) -> list[dict[str, Any]]:
    sheet = journal_sheet(theatres, Period(MAY_1, until), **how)
    return [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]


def test_an_entry_is_a_row_by_the_clock_of_its_theatre(theatre):
    """After midnight, an entry belongs to the evening before."""
    one = entry(theatre, datetime(2026, 5, 1, 20, 15, 30, 500, UTC))

    [row] = rows(theatre)

    assert row == {
        "Entry": one.pk,
        "Day": MAY_1,
        "Time": datetime(2026, 5, 2, 1, 45, 30).time(),
        "Theatre": "Galaxy",
        "Order": "",
        "Provider’s reference": "",
        "Kind": "payment received",
        "Debit": "clearing:stripe",
        "Credit": "orders",
        "Amount": Decimal("118.00"),
        "Currency": "INR",
    }


def test_a_row_names_its_order_and_what_the_provider_calls_the_payment_or_refund():
    show = ShowFactory()
    ticket = sold(show, "A1")
    cancel_ticket(code=ticket.code)
    Payment.objects.update(capture_id="pay_1")
    Refund.objects.update(provider_id="re_1")
    theatre, entry = ticket.order.theatre, MoneyEntry.objects.first()
    day = theatre.trading_day(entry.at)

    sheet = journal_sheet([theatre], Period(day, day))

    order, reference, kind = (sheet.header.index(name) for name in ("Order", "Provider’s reference", "Kind"))
    assert [(row[order], row[reference], row[kind]) for row in sheet.rows] == [
        (ticket.order.reference, "pay_1", "payment received"),
        (ticket.order.reference, "pay_1", "sale"),
        (ticket.order.reference, "re_1", "refund recorded"),
    ]


def test_a_day_goes_from_five_to_five_by_the_clock_of_the_theatre(theatre):
    entry(theatre, datetime(2026, 4, 30, 23, 29, 59, tzinfo=UTC))
    first = entry(theatre, datetime(2026, 4, 30, 23, 30, tzinfo=UTC))
    last = entry(theatre, datetime(2026, 5, 1, 23, 29, 59, tzinfo=UTC))
    entry(theatre, datetime(2026, 5, 1, 23, 30, tzinfo=UTC))

    assert [row["Entry"] for row in rows(theatre)] == [first.pk, last.pk]


def test_the_night_in_which_the_clocks_change_is_in_it_once(theatre):
    berlin = TheatreFactory(time_zone="Europe/Berlin")
    for hour in range(24):
        entry(berlin, datetime(2026, 10, 24, 22, 30, tzinfo=UTC).replace(hour=hour))
        entry(berlin, datetime(2026, 10, 25, 22, 30, tzinfo=UTC).replace(hour=hour))

    sheet = journal_sheet([berlin], Period(date(2026, 10, 24), date(2026, 10, 26)))

    days = [row[1].day for row in sheet.rows]
    assert (days.count(24), days.count(25)) == (25, 20)  # a day from 3:00 UTC to 4:00 UTC, and most of the next


def test_rows_are_in_the_order_in_which_money_moved(theatre):
    later = entry(theatre, datetime(2026, 5, 1, 12, tzinfo=UTC))
    earlier = entry(theatre, datetime(2026, 5, 1, 11, tzinfo=UTC))
    same = entry(theatre, datetime(2026, 5, 1, 11, tzinfo=UTC))

    assert [row["Entry"] for row in rows(theatre)] == [earlier.pk, same.pk, later.pk]


def test_other_theatres_stay_out(theatre):
    entry(TheatreFactory(), datetime(2026, 5, 1, 12, tzinfo=UTC))

    assert rows(theatre) == []


def test_what_belongs_to_no_theatre_is_there_if_asked_for(theatre):
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    entry(None, noon, kind="PAYOUT", debit="bank", credit="clearing:stripe")
    entry(theatre, noon)

    assert [row["Kind"] for row in rows(theatre)] == ["payment received"]
    assert [row["Kind"] for row in rows(theatre, of_no_theatre=True)] == ["payment received", "payout"]


def test_accounts_have_the_codes_of_the_bookkeeper(theatre, settings):
    settings.ACCOUNT_CODES = {"clearing": "1360", "revenue:SEAT": "8400"}
    entry(theatre, datetime(2026, 5, 1, 12, tzinfo=UTC), credit="revenue:SEAT:18")
    entry(theatre, datetime(2026, 5, 1, 13, tzinfo=UTC), credit="tax:18:SEAT")

    assert [(row["Debit"], row["Credit"]) for row in rows(theatre)] == [("1360", "8400"), ("1360", "tax:18:SEAT")]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_day_takes_one_statement_however_much_happened(theatre, count, django_assert_num_queries):
    for minute in range(count):
        entry(theatre, datetime(2026, 5, 1, 12, minute, tzinfo=UTC))

    with django_assert_num_queries(1):
        assert len(rows(theatre)) == count
