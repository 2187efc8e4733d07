"""manage.py export_journal."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cinema.models import MoneyEntry, Theatre
from tests.factories import TheatreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatres() -> list[Theatre]:
    """Two theatres with a payment each, and a payout."""
    made = [TheatreFactory(name="Galaxy", slug="galaxy"), TheatreFactory(name="Orion", slug="orion")]
    for theatre in [*made, None]:
        MoneyEntry.objects.create(
            theatre=theatre, at=datetime(2026, 5, 1, 12, tzinfo=UTC), kind="CAPTURE", debit="a", credit="b", amount=118
        )
    return made


def export(*options: str) -> list[list[str]]:
    said = StringIO()
    call_command("export_journal", *options, stdout=said)
    return list(csv.reader(StringIO(said.getvalue().removeprefix("\ufeff"))))


def test_the_journal_of_all_theatres_and_of_none_is_printed(theatres):
    header, *rows = export("--from", "2026-05-01", "--until", "2026-05-01")

    assert header[:4] == ["Entry", "Day", "Time", "Theatre"]
    assert [row[1:4] for row in rows] == [
        ["2026-05-01", "17:30:00", "Galaxy"],
        ["2026-05-01", "17:30:00", "Orion"],
        ["2026-05-01", "12:00:00", ""],
    ]
    assert {tuple(row[-4:]) for row in rows} == {("a", "b", "118.00", "INR")}


def test_the_journal_of_one_theatre_has_nothing_else(theatres):
    _header, *rows = export("--from", "2026-04-01", "--until", "2026-05-31", "--theatre", "orion")

    assert [row[3] for row in rows] == ["Orion"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--from", "2026-05-02", "--until", "2026-05-01"], "The last day is before the first."),
        (["--from", "2026-05-01", "--until", "2026-05-01", "--theatre", "pluto"], "There is no theatre pluto."),
        (["--from", "1.5.2026", "--until", "2026-05-01"], "invalid day value: '1.5.2026'"),
        (["--from", "0001-01-01", "--until", "2026-05-01"], "invalid day value: '0001-01-01'"),
    ],
)
def test_a_mistake_is_named(theatres, options, named):
    with pytest.raises(CommandError, match=named):
        export(*options)
