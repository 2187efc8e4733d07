"""Figures in the back office: what a manager sees, and takes away as a file."""

import csv
import gzip
import io
import re
from datetime import datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.domain.money import format_money
from cinema.models import AuditEvent, MoneyEntry, Payment, Receipt, Refund, Show, TicketSeat
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_receipts
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    CONTACT,
    MANAGER,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    cancelled,
    coupon,
    gift_card,
    given_away,
    held,
    listed,
    order_hold,
    owner,
    report,
    sold,
    staff,
)
from tests.trail import alterable_trail
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory(slug="here", tax=18, cancel_cutoff=60, refund_percent=50)


@pytest.fixture
def client(client, theatre):
    client.force_login(staff(theatre, MANAGER, name="Meera"))
    return client


@pytest.fixture
def show(theatre):
    """Tomorrow's show, with two tickets of 100.10 and 200.20."""
    show = ShowFactory(
        screen=ScreenFactory(theatre=theatre), price=Decimal("100.10"), movie=MovieFactory(title="=Film")
    )
    sold(show, "A1")
    sold(show, "B1 B2", buyer="ben")
    return show


def url(name: str, *args, **query: object) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse(name, args=['here', *args])}?{asked}"


def of(show: Show) -> dict[str, object]:
    """The period of the show's day."""
    return {"start": show.trading_day, "end": show.trading_day}


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"))))


def test_the_page_shows_revenue_and_admissions(client, show):
    page = text(client.get(url("staff-figures", **of(show))))
    assert "Revenue ₹300.30" in page
    assert "Admissions 3" in page
    assert "Occupancy 12.5%" in page
    assert "Average price ₹100.10" in page


@pytest.mark.django_db(transaction=True)
def test_the_days_figures_agree_with_the_ledger_to_the_cent(client, show, theatre):
    other = ShowFactory(screen=show.screen, starts_at=show.starts_at + timedelta(hours=4), price=Decimal("33.35"))
    cancel_ticket(code=sold(show, "C1 C2", buyer="cai").code)
    cancel_ticket(code=sold(other, "A1", buyer="dev").code)
    sold(other, "B1 B2 B3", buyer="eve")
    money = sum(payment.amount for payment in Payment.objects.filter(status__in=["SUCCESS", "PART_REFUNDED"]))
    money -= sum(refund.amount for refund in Refund.objects.all())
    page = text(client.get(url("staff-figures", **of(show))))
    assert f"Revenue {format_money(money)}" in page
    assert page.count(format_money(money)) >= 7  # on top, and below each of the six tables


def test_charts_stand_beside_their_tables_and_carry_no_style(client, show):
    html = client.get(url("staff-figures", **of(show))).content.decode()
    assert html.count('role="img"') == 6
    assert html.count("<tfoot>") == 6
    assert not re.search(r"<svg[^>]*style|\sstyle=", html)


@pytest.mark.parametrize("measure", ["revenue", "admissions", "occupancy"])
def test_charts_show_what_is_asked_for(client, show, measure):
    html = client.get(url("staff-figures", measure=measure, **of(show))).content.decode()
    assert f'<title id="chart-film-title">By film: {measure.title()}</title>' in html


@pytest.mark.parametrize("period", ["today", "week", "film-week", "4-weeks", "month", "year"])
def test_every_period_can_be_shown_without_a_single_show(client, period):
    assert client.get(url("staff-figures", period=period)).status_code == 200
    assert client.get(url("staff-figures-heatmap", period=period)).status_code == 200


@pytest.mark.parametrize(
    "name", ["staff-figures", "staff-figures-heatmap", "staff-figures-tax", "staff-figures-discounts"]
)
@pytest.mark.parametrize(
    "query",
    [{"start": "2026-02-30", "end": "2026-03-01"}, {"start": "2026-03-02", "end": "2026-03-01"}, {"period": "%00"}],
)
def test_an_invalid_period_is_explained_on_the_page(client, show, name, query):
    response = client.get(url(name, **query))
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


def test_a_screen_of_another_theatre_is_none(client, show):
    other = ScreenFactory()
    assert client.get(url("staff-figures-heatmap", screen=other.pk)).status_code == 400


def test_the_hall_shows_every_seat_with_how_often_and_how_early_it_sells(client, show):
    response = client.get(url("staff-figures-heatmap", **of(show)))
    html = response.content.decode()
    assert html.count('role="img"') == 2
    assert html.count('<rect class="heat heat-') == 2 * 24 + 6  # and the key
    assert "Row A, seat 1: sold at 1 of 1 show (100.0" in html
    assert "Row A, seat 1 1 100.0%" in text(response)


def test_the_report_of_a_film_says_how_many_tickets_were_given_away(client, show):
    given_away(show, "A4", "PRESS")
    page = client.get(url("staff-figures-film", show.movie_id, week=show.trading_day))
    assert "Of these free of charge: press 1" in text(page)


def test_a_film_week_leads_on_to_the_report_of_each_film(client, show):
    page = client.get(url("staff-figures-distributor", week=show.trading_day))
    link = re.search(r'href="([^"]*distributor/\d+/[^"]*)"', page.content.decode()).group(1)
    found = text(client.get(link))
    assert "Box office 3 ₹300.30 ₹45.81 ₹254.49" in found
    assert "Revenue ₹300.30" in found


def test_a_film_that_was_never_shown_here_is_not_found(client, show):
    elsewhere = ShowFactory()
    assert client.get(url("staff-figures-film", elsewhere.movie_id)).status_code == 404
    assert client.get(url("staff-figures-film-export", elsewhere.movie_id, "csv")).status_code == 404


def test_an_invalid_week_is_explained(client, show):
    for name, args in [("staff-figures-distributor", []), ("staff-figures-film", [show.movie_id])]:
        assert client.get(url(name, *args, week="soon")).status_code == 400
    assert client.get(url("staff-figures-film-export", show.movie_id, "csv", week="soon")).status_code == 400


def test_an_owner_sees_all_theatres_together_and_a_manager_their_own(client, show):
    other = listed(
        theatre=TheatreFactory(name="Elsewhere"), admissions=4, revenue=Decimal(1000), trading_day=show.trading_day
    )
    period = {"start": show.trading_day, "end": show.trading_day + timedelta(days=1)}
    address = reverse("staff-figures-all") + "?" + "&".join(f"{key}={value}" for key, value in period.items())
    mine = text(client.get(address))
    assert "Revenue ₹300.30" in mine
    assert "Elsewhere" not in mine
    client.force_login(owner())
    everything = text(client.get(address))
    assert f"Revenue {format_money(Decimal('300.30') + other.revenue)}" in everything
    assert "By theatre" in everything


@pytest.mark.parametrize(("name", "args"), [("staff-figures-all", []), ("staff-figures-all-export", ["csv"])])
def test_an_owner_without_a_theatre_has_no_figures(client, theatre, name, args):
    theatre.staff_roles.all().delete()
    theatre.delete()
    client.force_login(owner())
    assert client.get(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize("what", ["report", "shows", "sales", "journal"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_streamed_and_recorded_with_its_user(client, theatre, show, what, kind):
    response = client.get(url("staff-figures-export", what, kind, **of(show)))
    name = f"here-{what}-{show.trading_day}-{show.trading_day}.{kind}"
    assert response.streaming
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in response["Cache-Control"]
    assert body(response)
    [event] = AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT)
    assert (event.user.name, event.theatre, event.subject) == ("Meera", theatre, name)


def test_a_file_has_the_figures_of_the_page(client, show):
    shows = rows(client.get(url("staff-figures-export", "shows", "csv", **of(show))))
    assert shows[1][shows[0].index("Revenue")] == "300.30"
    sales = rows(client.get(url("staff-figures-export", "sales", "csv", **of(show))))
    assert [line[-2:] for line in sales] == [["Kept", "Still to be refunded"], ["100.10", "0"], ["200.20", "0"]]


def test_csv_is_in_the_dialect_of_the_reader_and_the_journal_plain_unless_asked_for(client, show):
    german = {"headers": {"accept-language": "de"}}

    today = {"start": show.screen.theatre.trading_day(timezone.now())}
    today["end"] = today["start"]

    def file(what, **query):
        days = today if what == "journal" else of(show)
        return body(client.get(url("staff-figures-export", what, "csv", **days, **query), **german)).decode()

    assert ";300,30" in file("shows")
    assert ",300.30" in file("shows", dialect="plain")
    assert ",100.10," in file("journal")
    assert ";100,10;" in file("journal", dialect="spreadsheet")
    assert client.get(url("staff-figures-export", "shows", "csv", dialect="runes")).status_code == 404

    page = client.get(url("staff-figures", **of(show)), **german).content.decode()
    assert page.count("&amp;dialect=plain") == 3
    assert page.count("&amp;dialect=spreadsheet") == 1
    assert "dialect=" not in client.get(url("staff-figures", **of(show))).content.decode()


def test_money_owed_to_the_buyers_of_a_cancelled_show_stands_apart(client, show):
    assert "Still to be refunded" not in text(client.get(url("staff-figures", **of(show))))
    cancelled(show)
    page = text(client.get(url("staff-figures", **of(show))))
    assert "Revenue ₹0" in page
    assert "Still to be refunded ₹300.30 owed to buyers of cancelled shows, not counted as revenue" in page
    page = text(client.get(url("staff-figures-film", show.movie_id, week=show.trading_day)))
    assert "Booking and cancellation fees, less goodwill refunds – Revenue –" in page
    assert "Still to be refunded to buyers (not counted as revenue) ₹300.30" in page


def test_the_report_of_a_film_says_what_is_reported_and_was_not_paid(client, show):
    TicketSeat.objects.filter(ticket__show=show, price="100.10").update(reported=120, reported_percent=5)
    page = text(client.get(url("staff-figures-film", show.movie_id, week=show.trading_day)))
    assert "Ticket ₹120.00 3 ₹360.00 5 ₹17.14 ₹342.86" in page
    assert "Difference from the prices that buyers paid -₹59.70" in page
    assert "Revenue ₹300.30" in page


def test_the_tax_of_what_was_sold_is_reported_by_rate(client, theatre, show):
    cancel_ticket(code=sold(show, "C1", buyer="carl").code)
    today = theatre.trading_day(timezone.now())

    page = text(client.get(url("staff-figures-tax", start=today, end=today)))

    sums = "₹400.40 ₹339.32 ₹61.08 -₹50.05 -₹42.41 -₹7.64 ₹350.35 ₹296.91 ₹53.44"
    assert f"18 Seat {sums}" in page
    assert f"Total {sums}" in page
    file = rows(client.get(url("staff-figures-export", "tax", "csv", start=today, end=today)))
    assert file[1][:5] == ["18", "seat", "400.40", "339.32", "61.08"]
    assert AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT, theatre=theatre).count() == 1


def test_a_period_without_a_sale_has_no_tax(client):
    assert "Nothing was sold or refunded in this period." in text(client.get(url("staff-figures-tax")))


def test_the_discounts_of_each_coupon_are_reported(client, theatre, show):
    coupon(theatre, name="Ten off", code="TEN")
    hold = held(show, "C1", "carl")
    payment = order_hold(code=hold.code, buyer="carl", contact=CONTACT, mode="UPI", key="key", coupon="TEN")
    start_payment(payment=payment)
    settle_payment(report=report(payment))
    today = theatre.trading_day(timezone.now())

    page = text(client.get(url("staff-figures-discounts", start=today, end=today)))

    assert "No booking fee was charged or refunded in this period." in page
    assert "Ten off TEN 1 ₹10.01 – ₹10.01 Total 1 ₹10.01 – ₹10.01" in page
    file = rows(client.get(url("staff-figures-export", "discounts", "csv", start=today, end=today)))
    assert file[1] == ["Ten off", "TEN", "1", "10.01", "0", "10.01"]
    fees = client.get(url("staff-figures-export", "fees", "xlsx", start=today, end=today))
    assert openpyxl.load_workbook(io.BytesIO(body(fees))).sheetnames == ["Booking fees", "Charged by providers"]


def test_what_is_owed_on_gift_cards_is_reported_by_day(client, theatre):
    gift_card(theatre, amount=500)
    today = theatre.trading_day(timezone.now())

    page = text(client.get(url("staff-figures-gift-cards", start=today, end=today)))

    assert "Before –" in page
    assert "Total ₹500.00 – – – ₹500.00" in page
    file = rows(client.get(url("staff-figures-export", "gift-cards", "csv", start=today, end=today)))
    assert file[2] == [f"{today}", "500.00", "0", "0", "0", "500.00"]


@pytest.mark.parametrize(
    ("now", "is_seen"), [("23:59", True), ("00:01", True), ("04:59", True), ("05:00", False), ("05:59", False)]
)
@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("staff-figures-gift-cards", "Total ₹500.00"),
        ("staff-figures-tax", "Total ₹500.00"),
        ("staff-figures-receipts", "₹500.00"),
    ],
)
def test_today_goes_on_after_midnight_until_five(client, theatre, monkeypatch, now, is_seen, name, row):
    """A gift card was sold, and its receipt issued, at 23:58; the tax report has a fee beside it."""
    order, evening = gift_card(theatre, amount=500).order_line.order, datetime(2026, 5, 4, 23, 58, tzinfo=theatre.tz)
    with alterable_trail():
        MoneyEntry.objects.update(at=evening)
        issue_receipts(order_id=order.pk)
        Receipt.objects.update(issued_at=evening)
    facts = {"at": evening, "theatre": theatre, "order": order, "kind": "SALE", "amount": 500}
    MoneyEntry.objects.create(debit="orders", credit="revenue:FEE:0", **facts)
    clock = evening.replace(hour=int(now[:2]), minute=int(now[3:])) + timedelta(days=now < "23:00")
    monkeypatch.setattr("cinema.views.staff.figures.figures.timezone.now", lambda: clock)
    page = text(client.get(url(name, period="today")))
    assert (row in page) == is_seen


def test_a_period_without_discounts_says_so(client):
    assert "No discount was given or taken back in this period." in text(client.get(url("staff-figures-discounts")))


def test_a_title_that_looks_like_a_formula_is_none_in_the_file(client, show):
    shows = rows(client.get(url("staff-figures-export", "shows", "csv", **of(show))))
    assert shows[1][shows[0].index("Film")].startswith("'=Film")


def test_the_report_as_a_workbook_has_a_sheet_for_each_table(client, show):
    response = client.get(url("staff-figures-export", "report", "xlsx", **of(show)))
    book = openpyxl.load_workbook(io.BytesIO(body(response)))
    assert book.sheetnames == ["By day", "By film", "By screen", "By format", "By hour of start", "By weekday"]
    for sheet in book:
        assert sheet.cell(sheet.max_row, 6).value == 300.3


def test_a_workbook_sends_something_while_it_is_prepared_where_gzip_is_understood(client, show):
    address = url("staff-figures-export", "report", "xlsx", **of(show))
    response = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert (response["Content-Encoding"], "Accept-Encoding" in response["Vary"]) == ("gzip", True)
    first, *rest = response.streaming_content
    assert 0 < len(first) < 20
    assert openpyxl.load_workbook(io.BytesIO(gzip.decompress(first + b"".join(rest)))).sheetnames[0] == "By day"


def test_the_distributors_report_and_that_of_all_theatres_are_files_too(client, show):
    film = client.get(url("staff-figures-film-export", show.movie_id, "csv", week=show.trading_day))
    assert rows(film)[-3][6:] == ["3", "300.30", "", "45.81", "254.49", ""]
    everything = client.get(reverse("staff-figures-all-export", args=["xlsx"]))
    assert openpyxl.load_workbook(io.BytesIO(body(everything))).sheetnames[0] == "By day"


def test_no_other_file_is_found_and_nothing_is_recorded(client, show):
    for what, kind in [("report", "pdf"), ("people", "csv")]:
        assert client.get(url("staff-figures-export", what, kind)).status_code == 404
    assert client.get(reverse("staff-figures-all-export", args=["pdf"])).status_code == 404
    refused = client.get(url("staff-figures-export", "sales", "csv", start="2026-13-01", end="x"))
    assert (refused.status_code, refused["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_take_as_many_statements_however_much_there_is(client, theatre, statements, count):
    screen = ScreenFactory(theatre=theatre)
    day = theatre.trading_day(timezone.now()) - timedelta(days=7)  # of the film week that is shown, whatever today is
    for n in range(count):
        listed(screen=screen, trading_day=day, starts_at=timezone.now() - timedelta(days=n + 1), admissions=5)
    movie = Show.objects.first().movie_id
    for name, args, most in [
        ("staff-figures", [], 13),
        ("staff-figures-heatmap", [], 10),
        ("staff-figures-tax", [], 4),
        ("staff-figures-discounts", [], 9),
        ("staff-figures-gift-cards", [], 5),
        ("staff-figures-distributor", [], 5),
        ("staff-figures-film", [movie], 8),
    ]:
        with statements() as seen:
            assert client.get(url(name, *args)).status_code == 200
        assert len(seen) == most, (name, seen)
