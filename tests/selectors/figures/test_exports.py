"""Sheets for exports: selectors.figures.exports."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.domain.periods import Period
from cinema.selectors.figures.exports import report_sheets, sale_sheet, show_sheet
from cinema.selectors.figures.figures import report
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ScreenFactory, ShowFactory, TheatreFactory, booked, cancelled, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    theatre = TheatreFactory(refund_percent=80, cancel_cutoff=60)
    return ShowFactory(screen=ScreenFactory(theatre=theatre), price=Decimal("100.10"))


def days(show) -> Period:
    return Period(show.trading_day, show.trading_day + timedelta(days=2))


def rows(sheet) -> list[dict]:
    return [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]


def test_every_ticket_that_was_paid_for_has_a_line(show):
    ticket = sold(show, "A1 A2")
    booked(show, "B1", buyer="ben")
    [line] = rows(sale_sheet(show.screen.theatre, days(show)))
    assert (line["Reference"], line["Seats"], line["Paid"], line["Kept"]) == (
        ticket.reference,
        2,
        Decimal("200.20"),
        Decimal("200.20"),
    )
    assert line["Starts"].isoformat() == f"{show.trading_day}T18:00:00"
    assert line["Starts"].tzinfo is None


def test_the_money_kept_for_all_tickets_is_the_revenue(show):
    theatre = show.screen.theatre
    later = ShowFactory(screen=show.screen, starts_at=show.starts_at + timedelta(days=1))
    sold(show, "A1 A2")
    sold(later, "A1")
    cancel_ticket(code=sold(show, "C1", buyer="cai").code)
    found = rows(sale_sheet(theatre, days(show)))
    assert len(found) == 3
    assert sum(line["Kept"] for line in found) == report([theatre], days(show)).total.now.revenue
    assert sum(line["Revenue"] for line in rows(show_sheet(theatre, days(show)))) == sum(line["Kept"] for line in found)
    assert sum(line["Refunded"] for line in found) == Decimal("80.08")


def test_money_owed_to_buyers_of_a_cancelled_show_is_not_kept(show):
    theatre = show.screen.theatre
    sold(show, "A1 A2")
    cancel_ticket(code=sold(show, "C1", buyer="cai").code)
    cancelled(show)
    [asha, cai] = rows(sale_sheet(theatre, days(show)))
    assert (asha["Kept"], asha["Still to be refunded"]) == (0, Decimal("200.20"))
    assert (cai["Kept"], cai["Still to be refunded"]) == (Decimal("20.02"), 0)
    [line] = rows(show_sheet(theatre, days(show)))
    assert (line["Revenue"], line["Still to be refunded"]) == (Decimal("20.02"), Decimal("200.20"))
    for sheet in report_sheets(report([theatre], days(show))):
        assert rows(sheet)[-1]["Still to be refunded"] == Decimal("200.20")


def test_no_buyer_is_named(show):
    sold(show, "A1")
    [line] = sale_sheet(show.screen.theatre, days(show)).rows
    assert not {"Asha Rao", "asha@example.org", "+91 98200 12345"} & set(map(str, line))


def test_other_theatres_stay_out(show):
    sold(ShowFactory(), "A1")
    assert rows(sale_sheet(show.screen.theatre, days(show))) == []
    assert len(rows(show_sheet(show.screen.theatre, days(show)))) == 1


def test_the_sheets_of_a_report_end_with_its_total(show):
    sold(show, "A1")
    found = report([show.screen.theatre], days(show))
    for sheet in report_sheets(found):
        *lines, total = rows(sheet)
        assert sum(line["Revenue"] for line in lines) == total["Revenue"] == Decimal("100.10")
