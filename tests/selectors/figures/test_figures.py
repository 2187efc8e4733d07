"""Revenue, admissions and occupancy: selectors.figures.figures."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from cinema.domain.periods import Period
from cinema.models import Payment, Refund, Show
from cinema.selectors.figures.figures import Figures, FiguresReport, report
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import MovieFactory, ScreenFactory, ShowFactory, TheatreFactory, cancelled, listed, sold

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 27)  # a Friday
WEEK = Period(DAY, DAY + timedelta(days=6))


@pytest.fixture
def theatre():
    return TheatreFactory()


def played(theatre, **fields) -> Show:
    """A show on DAY with 40 of its 100 seats sold for 10,000."""
    where = {} if "screen" in fields else {"theatre": theatre}
    return listed(**where, **({"trading_day": DAY, "admissions": 40, "revenue": Decimal(10_000)} | fields))


def lines(found: FiguresReport, slug: str) -> dict[str, Figures]:
    [table] = [table for table in found.tables if table.slug == slug]
    return {line.label: line.now for line in table.lines}


def test_the_figures_of_a_period_are_those_of_its_shows(theatre):
    played(theatre)
    played(theatre, admissions=20, revenue=Decimal("5000.50"))
    played(theatre, trading_day=DAY - timedelta(days=1))
    played(TheatreFactory())
    now = report([theatre], WEEK).total.now
    assert now == Figures(Decimal("15000.50"), 60, 200, 2)
    assert (now.occupancy, now.average) == (Decimal("30.0"), Decimal("250.01"))


def test_figures_are_compared_with_the_period_before(theatre):
    played(theatre)
    played(theatre, trading_day=DAY - timedelta(days=7), revenue=Decimal(8_000))
    played(theatre, trading_day=DAY - timedelta(days=8))
    found = report([theatre], WEEK)
    assert found.before == Period(DAY - timedelta(days=7), DAY - timedelta(days=1))
    assert found.total.before.revenue == 8_000
    assert found.total.change == 25
    [day] = [line for line in found.tables[0].lines if line.now.shows]
    assert day.before.revenue == 8_000  # the first day beside the first


def test_a_cancelled_show_counts_with_its_money_only(theatre):
    cancelled(played(theatre, revenue=Decimal(300)))
    now = report([theatre], WEEK).total.now
    assert now == Figures(Decimal(300), 0, 0, 0, 0)
    assert (now.occupancy, now.average) == (None, None)


def test_a_draft_does_not_count(theatre):
    played(theatre, status=Show.Status.DRAFT, admissions=0, revenue=0)
    assert report([theatre], WEEK).total.now == Figures()


def test_every_table_adds_up_to_the_whole_to_the_cent(theatre):
    screens = ScreenFactory.create_batch(2, theatre=theatre)
    movies = MovieFactory.create_batch(3)
    for n in range(12):
        played(
            theatre,
            screen=screens[n % 2],
            movie=movies[n % 3],
            format=["2D", "3D", "IMAX"][n % 3],
            trading_day=DAY + timedelta(days=n % 9 - 1),
            starts_at=datetime(2026, 11, 1 + n, n * 2, tzinfo=UTC),
            revenue=Decimal(f"1000.{n:02}"),
            owed=Decimal(f"10.{n:02}"),
            admissions=n,
        )
    found = report([theatre], WEEK)
    assert {table.slug for table in found.tables} == {"day", "film", "screen", "format", "hour", "weekday"}
    for table in found.tables:
        for field in Figures._fields:
            assert sum(getattr(line.now, field) for line in table.lines) == getattr(found.total.now, field), table.slug
            assert sum(getattr(line.before, field) for line in table.lines) == getattr(found.total.before, field)


def test_films_are_ordered_by_revenue(theatre):
    for revenue in (100, 300, 200):
        played(theatre, movie=MovieFactory(title=f"For {revenue}", year=None), revenue=revenue)
    assert [name.partition(" (")[0] for name in lines(report([theatre], WEEK), "film")] == [
        "For 300",
        "For 200",
        "For 100",
    ]


def test_hours_and_weekdays_are_in_the_theatres_local_time(theatre):
    played(theatre, starts_at=datetime(2026, 11, 27, 12, 45, tzinfo=UTC))  # 18:15 in Kolkata
    played(theatre, starts_at=datetime(2026, 11, 27, 19, 0, tzinfo=UTC))  # 00:30 of the night to Saturday
    found = report([theatre], WEEK)
    assert list(lines(found, "hour")) == ["18:00", "00:00"]  # the night comes last
    assert list(lines(found, "weekday")) == ["Friday"]


def test_several_theatres_have_a_table_and_their_own_time_zones(theatre):
    london = TheatreFactory(name="London", time_zone="Europe/London")
    at = datetime(2026, 11, 27, 12, 45, tzinfo=UTC)
    played(theatre, starts_at=at)
    played(london, starts_at=at, revenue=Decimal(20_000))
    found = report([theatre, london], WEEK)
    assert [(name, figures.revenue) for name, figures in lines(found, "theatre").items()] == [
        ("London", 20_000),
        (theatre.name, 10_000),
    ]
    assert list(lines(found, "hour")) == ["12:00", "18:00"]
    assert sum(figures.revenue for figures in lines(found, "hour").values()) == found.total.now.revenue


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_report_takes_a_constant_number_of_statements(theatre, count, django_assert_num_queries):
    for n in range(count):
        played(theatre, trading_day=DAY + timedelta(days=n % 7), starts_at=datetime(2026, 11, 1 + n, 9, tzinfo=UTC))
    with django_assert_num_queries(8):
        report([theatre], WEEK)


@pytest.mark.django_db(transaction=True)
def test_the_days_figures_agree_with_the_ledger_to_the_cent():
    """With sales, cancellations, refunds, and money owed to the buyers of a cancelled show."""
    show = ShowFactory(price=Decimal("33.35"), screen__theatre__refund_percent=50, screen__theatre__cancel_cutoff=60)
    theatre = show.screen.theatre
    other = ShowFactory(screen=show.screen, starts_at=show.starts_at + timedelta(hours=4), price=Decimal("99.99"))
    for seat in ("A1 A2", "A3", "B1 B2 B3"):
        sold(show, seat, buyer=seat)
    owed = sold(other, "C1 C2")
    for seats in ("A5", "A6 A7"):
        cancel_ticket(code=sold(show, seats, buyer=seats).code)
    cancelled(other)

    now = report([theatre], Period(show.trading_day, show.trading_day)).total.now
    paid = Payment.objects.exclude(status__in=["PENDING", "FAILED"]).aggregate(sum=Sum("amount"))["sum"]
    back = Refund.objects.aggregate(sum=Sum("amount"))["sum"]
    assert now.revenue + now.owed == (paid - back).quantize(Decimal("0.01"))
    assert now.revenue == Decimal("33.35") * 6 + (Decimal("33.35") - Decimal("16.68")) + Decimal("33.35")
    assert now.owed == owed.amount
    assert now.admissions == 6
