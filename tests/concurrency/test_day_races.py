"""A trading day is closed while a till opens or a sale is under way: the report and the ledger agree all the same."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from cinema.exceptions import DayClosed, DayNotReady
from cinema.models import DayReport, MoneyEntry, Theatre, Till, TillSession
from cinema.selectors.figures.days import day_faults, entries_in
from cinema.services.core.transactions import atomically
from cinema.services.figures import days
from cinema.services.figures.days import close_day
from cinema.services.money.tills import open_till
from tests.concurrency.harness import FOREVER, Runner, interleave, without_locks
from tests.factories import MANAGER, TheatreFactory, UserFactory, in_the_afternoon, staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory(time_zone=in_the_afternoon())


@pytest.fixture
def closing(theatre: Theatre) -> Callable[[], object]:
    day, by = theatre.trading_day(timezone.now()), staff(theatre, MANAGER)
    return partial(close_day, theatre=theatre, day=day, by=by)


@pytest.fixture
def opening(theatre: Theatre) -> Callable[[], object]:
    till = Till.objects.create(theatre=theatre, name="Bar")
    return partial(open_till, theatre=theatre, pk=till.pk, counts={}, by=UserFactory())


def test_no_till_opens_while_the_day_is_closed(closing: Callable[[], object], opening: Callable[[], object]):
    closed, opened = interleave(closing, opening)

    assert closed.error is None
    assert isinstance(opened.error, DayClosed)
    assert not TillSession.objects.exists()


def test_the_day_is_not_closed_while_a_till_opens(closing: Callable[[], object], opening: Callable[[], object]):
    opened, closed = interleave(opening, closing)

    assert opened.error is None
    assert isinstance(closed.error, DayNotReady)


@pytest.mark.nightly
def test_without_locks_a_till_is_open_on_a_closed_day(closing: Callable[[], object], opening: Callable[[], object]):
    with without_locks():
        closed, opened = interleave(closing, opening, patience=20)

    assert (closed.error, opened.error) == (None, None)
    assert TillSession.objects.filter(closed_at=None).exists() and DayReport.objects.exists()


def booked(theatre: Theatre, amount: int) -> MoneyEntry:
    """What a sale on the website writes to the ledger."""
    accounts = {"kind": "CAPTURE", "debit": "clearing:sandbox", "credit": "orders"}
    return MoneyEntry.objects.create(theatre=theatre, at=timezone.now(), amount=amount, **accounts)


def close_during_a_sale(theatre: Theatre, closing: Callable[[], object], patience: float) -> None:
    """Close the day while one sale has written to the ledger and is not committed, and another one after it is."""
    written, go_on = threading.Event(), threading.Event()

    @atomically
    def sell() -> None:
        booked(theatre, 250)
        written.set()
        go_on.wait(FOREVER)

    sale = Runner(sell)
    assert written.wait(FOREVER)
    booked(theatre, 100)
    closed = Runner(closing)
    closed.thread.join(patience)
    go_on.set()
    assert (sale.outcome().error, closed.outcome().error) == (None, None)


@pytest.mark.only("postgresql")  # on SQLite nobody else writes during a transaction
def test_closing_waits_for_the_sales_that_are_under_way(theatre: Theatre, closing: Callable[[], object]):
    close_during_a_sale(theatre, closing, patience=0.5)

    assert DayReport.objects.get().moved == 350
    assert not list(day_faults())


@pytest.mark.nightly
@pytest.mark.only("postgresql")
def test_without_the_lock_of_the_ledger_a_report_lacks_a_sale(
    theatre: Theatre, closing: Callable[[], object], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(days, "lock_money_ledger", lambda: None)
    close_during_a_sale(theatre, closing, patience=20)

    assert DayReport.objects.get().moved == 100
    assert any("says moved 100.00, not 350.00" in fault for fault in day_faults())


@pytest.mark.only("postgresql")
def test_a_sale_that_begins_while_the_day_is_closed_is_in_the_next_report(
    theatre: Theatre, closing: Callable[[], object]
):
    closed, sale = interleave(closing, partial(booked, theatre, 250))

    assert (closed.error, sale.error) == (None, None)
    assert not entries_in(DayReport.objects.get()).exists()
    assert not list(day_faults())
