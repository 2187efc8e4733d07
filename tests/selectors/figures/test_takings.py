"""Takings: what came in and went back, by till, seller and tender."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cinema.domain.periods import Period
from cinema.models import MoneyEntry, Order
from cinema.selectors.figures.takings import takings, takings_sheet
from cinema.services.orders.counter import void_sale
from tests.factories import (
    BOX_OFFICE,
    ShowFactory,
    TheatreFactory,
    counter_sale,
    paid_at_till,
    sold,
    sold_at_till,
    staff,
    till_session,
)
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__theatre=TheatreFactory(tax=25))


@pytest.fixture
def theatre(show):
    return show.screen.theatre


def today(theatre) -> Period:
    day = theatre.trading_day(timezone.now())
    return Period(day, day)


def test_takings_are_by_till_seller_and_tender(show, theatre):
    session = till_session(theatre, staff(theatre, BOX_OFFICE, name="Mira"), name="Box office")
    sold_at_till(session, show, "A1 A2")
    sold_at_till(session, show, "A3", "TERMINAL", reference="T 1")
    sold(show, "A4")
    report = takings(theatre, today(theatre))
    assert [(line.till, str(line.seller or ""), line.tender, line.number, line.net) for line in report.lines] == [
        ("Box office", "Mira", "Cash", 1, 500),
        ("Box office", "Mira", "Card terminal", 1, 250),
        ("", "", "UPI", 1, 250),
    ]
    assert (report.total.number, report.total.net) == (3, 1000)
    assert [(line.percent, line.net, line.tax) for line in report.taxes] == [(25, 800, 200)]
    assert report.open == [session]


def test_money_paid_out_counts_for_who_paid_it_out(show, theatre):
    session = till_session(theatre, float=500)
    paid_at_till(session, counter_sale(session, show, "A1 A2"), amount=100)
    other = staff(theatre, BOX_OFFICE, name="Ben")
    void_sale(theatre=theatre, reference=Order.objects.get().reference, till=session.code, by=other)
    lines = takings(theatre, today(theatre)).lines
    assert {(str(line.seller), line.amount, line.refunds) for line in lines} == {("Asha Rao", 100, 0), ("Ben", 0, 100)}


def test_takings_count_on_the_trading_day_of_the_money(show, theatre):
    sold_at_till(till_session(theatre), show, "A1")
    begins = theatre.moments(today(theatre))[0]
    with alterable_trail():
        MoneyEntry.objects.update(at=begins - timedelta(minutes=1))
    assert not takings(theatre, today(theatre)).lines
    assert takings(theatre, today(theatre).before).total.net == 250
    assert takings(theatre, today(theatre)).shows == 0


def test_the_figures_stand_beside_by_the_day_of_the_show(show, theatre):
    sold_at_till(till_session(theatre), show, "A1")
    assert takings(theatre, Period(show.trading_day, show.trading_day)).shows == 250


def test_takings_are_exported_by_day(show, theatre):
    sold_at_till(till_session(theatre, name="Bar"), show, "A1")
    [row] = takings_sheet(theatre, today(theatre)).rows
    assert row == [today(theatre).start, "Bar", "Asha Rao", "Cash", 1, 250, 0, 250, None]
