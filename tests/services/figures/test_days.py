"""Closing a trading day: what it needs, its report, and where late things go."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from cinema.exceptions import DayClosed, DayNotBegun, DayNotReady
from cinema.models import AuditEvent, DayReport, MoneyEntry, Refund, Theatre, TillSession, User
from cinema.selectors.figures.days import day_faults, day_figures, entries_in, sessions_in
from cinema.services.figures.days import close_day
from cinema.services.money.tills import Closing, close_till, count_drawer, open_till
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.counter import pay_out, void_sale
from tests.factories import (
    MANAGER,
    ShowFactory,
    TheatreFactory,
    counter_sale,
    in_the_afternoon,
    paid_at_till,
    sold,
    sold_at_till,
    staff,
    till_session,
)
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory(tax=25, time_zone=in_the_afternoon())


@pytest.fixture
def show(theatre):
    return ShowFactory(screen__theatre=theatre)


@pytest.fixture
def manager(theatre) -> User:
    return staff(theatre, MANAGER)


def today(theatre):
    return theatre.trading_day(timezone.now())


def closed(session, manager, counted: str, reason: str = "") -> TillSession:
    place = {"theatre": session.theatre, "code": session.code}
    count_drawer(**place, counts={"1": int(counted)}, by=session.opened_by)
    return close_till(**place, closing=Closing(session.opened_by, reason, manager if reason else None))


def close(theatre, manager, day=None) -> DayReport:
    return close_day(theatre=theatre, day=day or today(theatre), by=manager)


def yesterday() -> None:
    """Let everything that was booked so far have been booked a day ago."""
    with alterable_trail():
        MoneyEntry.objects.update(at=F("at") - DAY)
        TillSession.objects.update(opened_at=F("opened_at") - DAY)
        TillSession.objects.exclude(closed_at=None).update(closed_at=F("closed_at") - DAY)


def test_the_report_states_what_the_ledger_says(theatre, show, manager):
    session = till_session(theatre, float=500, name="Box office")
    sold_at_till(session, show, "A1 A2")
    sold_at_till(session, show, "A3", "TERMINAL", reference="T 1")
    sold(show, "A4")
    closed(session, manager, "998", "miscounted")
    report = close(theatre, manager)
    assert (report.number, report.day, report.closed_by) == (1, today(theatre), manager)
    assert (report.received, report.refunded, report.tax, report.variance) == (1000, 0, 200, -2)
    figures = day_figures(report)
    assert [(line.till, line.tender, line.net) for line in figures.takings.lines] == [
        ("Box office", "Cash", 500),
        ("Box office", "Card terminal", 250),
        ("", "UPI", 250),
    ]
    assert [one.z_number for one in figures.sessions] == [1]
    assert sum(one.debit for one in figures.accounts) == sum(one.credit for one in figures.accounts) == report.moved
    assert report.entries == MoneyEntry.objects.count()
    assert not list(day_faults())
    assert AuditEvent.objects.latest("pk").details == {"day": str(report.day)}


def test_a_day_stays_open_with_a_till_that_is_open_or_only_counted(theatre, manager):
    session = till_session(theatre, name="Bar")
    with pytest.raises(DayNotReady) as refused:
        close(theatre, manager)
    assert (refused.value.sessions, refused.value.orders) == (["Bar"], [])
    count_drawer(theatre=theatre, code=session.code, counts={"100": 1}, by=manager)
    with pytest.raises(DayNotReady):
        close(theatre, manager)
    close_till(theatre=theatre, code=session.code, closing=Closing(manager))
    assert close(theatre, manager).number == 1


def test_a_day_stays_open_with_an_order_that_is_paid_in_part(theatre, show, manager):
    session = till_session(theatre, float=500)
    order = paid_at_till(session, counter_sale(session, show, "A1 A2"), amount=100).order
    closed(session, manager, "600")
    with pytest.raises(DayNotReady) as refused:
        close(theatre, manager)
    assert (refused.value.sessions, refused.value.orders) == ([], [order.reference])
    other = till_session(theatre, float=500)
    void_sale(theatre=theatre, reference=order.reference, till=other.code, by=manager)
    closed(other, manager, "400")
    assert close(theatre, manager).refunded == 100


def test_a_day_is_closed_once_and_not_before_it_begins(theatre, manager):
    with pytest.raises(DayNotBegun):
        close(theatre, manager, today(theatre) + DAY)
    close(theatre, manager)
    for day in (today(theatre), today(theatre) - DAY):
        with pytest.raises(DayClosed):
            close(theatre, manager, day)


def test_no_till_opens_on_a_closed_day(theatre, manager):
    session = till_session(theatre)
    closed(session, manager, "100")
    close(theatre, manager)
    with pytest.raises(DayClosed):
        open_till(theatre=theatre, pk=session.till_id, counts={}, by=manager)
    other = till_session(TheatreFactory())
    assert other.closed_at is None  # elsewhere the day goes on


@pytest.mark.both
def test_a_late_refund_is_in_the_report_of_the_next_day(theatre, show, manager):
    session = till_session(theatre, float=500)
    ticket = sold_at_till(session, show, "A1")
    closed(session, manager, "750")
    yesterday()
    first = close(theatre, manager, today(theatre) - DAY)
    cancel_ticket(code=ticket.code)
    with alterable_trail():  # still by the clock of the day that is closed
        MoneyEntry.objects.filter(at__gt=first.ends_at).update(at=first.ends_at - timedelta(minutes=1))
    again = till_session(theatre, float=500)
    terms = {"theatre": theatre, "code": Refund.objects.get().code, "till": again.code}
    pay_out(**terms, by=manager, supervisor=manager)
    closed(again, manager, "250")
    second = close(theatre, manager)
    assert [(one.number, one.received, one.refunded) for one in (first, second)] == [(1, 250, 0), (2, 0, 250)]
    keys = [set(entries_in(one).values_list("pk", flat=True)) for one in (first, second)]
    assert not keys[0] & keys[1] and len(keys[0] | keys[1]) == MoneyEntry.objects.count()
    assert [list(sessions_in(one)) for one in (first, second)] == [[session], [again]]
    assert not list(day_faults())


def test_a_day_that_was_forgotten_is_closed_while_the_next_one_sells(theatre, show, manager):
    session = till_session(theatre, float=500)
    sold_at_till(session, show, "A1")
    closed(session, manager, "750")
    yesterday()
    sold_at_till(till_session(theatre), show, "A2 A3")
    report = close(theatre, manager, today(theatre) - DAY)
    assert (report.received, report.number) == (250, 1)
    assert not list(day_faults())


def test_days_without_a_report_are_in_that_of_the_next_one(theatre, show, manager):
    close(theatre, manager, today(theatre) - 3 * DAY)
    sold(show, "A1")
    yesterday()
    assert close(theatre, manager).received == 250


def test_what_was_before_the_first_report_is_in_none(theatre, show, manager):
    sold(show, "A1")
    yesterday()
    assert close(theatre, manager).received == 0


@pytest.mark.both
def test_nobody_alters_a_report(theatre, manager):
    report = close(theatre, manager)
    for alter in (lambda: DayReport.objects.update(received=1), DayReport.objects.all().delete):
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
            alter()
    for alter in (report.save, report.delete):
        with pytest.raises(TypeError):
            alter()


def test_a_wrong_figure_and_a_gap_are_named(theatre, show, manager):
    sold(show, "A1")
    report = close(theatre, manager)
    with alterable_trail():
        DayReport.objects.update(received=Decimal("249.99"), number=2)
    assert list(day_faults()) == [
        f"Day report 2 of theatre {theatre.pk} says received 249.99, not 250.00",
        f"Theatre {theatre.pk} has 1 day reports, but their last number is 2",
    ]
    assert report.number == 1
