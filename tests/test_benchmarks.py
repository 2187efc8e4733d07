"""The benchmarks are programs of their own; here is only that what they go by still fits the cinema."""

import pytest
from django.db import connections

from cinema.domain.folding import words_of_person
from cinema.models import Show, ShowSeat, Ticket
from cinema.selectors.figures.ledger import ledger_faults
from tests.benchmarks import figures, growth_measures, past
from tests.benchmarks.growth_measures import STEPS, House
from tests.benchmarks.stage import SEATS, preload, schedule

pytestmark = pytest.mark.django_db


def test_a_past_made_by_the_database_is_as_the_services_would_have_left_it():
    schedule(1)
    past.fill(2 * SEATS)
    assert Show.objects.filter(pk__gte=past.FIRST).count() == 2
    assert ShowSeat.objects.filter(status="BOOKED").count() == 2 * past.SOLD
    assert list(ledger_faults()) == []
    ticket = Ticket.objects.filter(pk__gte=past.FIRST).first()
    order = ticket.order
    assert sorted(word.word for word in order.words.all()) == words_of_person(order.name, order.email)


@pytest.mark.only("postgresql")
def test_tickets_sold_before_are_as_the_services_would_have_left_them():
    (show,) = schedule(1)
    assert len(preload([show])) == SEATS // 2
    assert Ticket.objects.count() == SEATS // 2
    assert list(ledger_faults()) == []


def test_every_step_can_be_taken(settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.benchmarks.urls"
    monkeypatch.setattr(growth_measures, "SOLD_BEFORE", 1)
    house = House(growth_measures.FEWEST, connections["default"])
    house.open()
    for _, step in STEPS:
        step(house)
    assert Show.objects.get(pk=house.shows[0].pk).admissions == 2


def test_figures_stand_in_a_table_beside_their_floors(tmp_path, monkeypatch):
    file = tmp_path / "figures"
    monkeypatch.setenv(figures.FILE, str(file))
    figures.note("Pages", 1234.5, "ms", floor=10, floor_is="an empty page")
    figures.note("Bookings", 12.34, "a second", floor=50, floor_is="psycopg2")
    assert figures.table(figures.noted(file)).splitlines()[2:] == [
        "| Pages | 1,234 ms | 10: an empty page | 123.45 |",
        "| Bookings | 12.3 a second | 50: psycopg2 | 0.25 |",
    ]
