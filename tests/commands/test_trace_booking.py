"""``manage.py trace_booking``. For a real cinema see security/test_production.py."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cinema.models import Hold
from tests.factories import on_card

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return on_card(plan="aaaaaaaa", adult=250)


def run(capsys, *arguments):
    call_command("trace_booking", *arguments)
    return capsys.readouterr().out


def test_a_booking_is_printed_as_text(show, capsys):
    told = run(capsys, "--show", str(show.pk), "--sql")

    for part in ("Hold two seats", "hold_seats", "SQL COMMIT", "cinema_showseat", "Tidied up"):
        assert part in told


def test_a_refusal_names_what_was_rolled_back(show, capsys):
    assert "rolled back: INSERT cinema_hold" in run(capsys, "refusal")


def test_a_race_is_told_turn_by_turn(show, capsys):
    told = run(capsys, "race", "--turns", "AB")

    assert "Before the first turn" in told
    assert told.count("next: begin and lock the show") == 3


def test_an_unknown_show_is_an_error():
    with pytest.raises(CommandError, match="no such show"):
        call_command("trace_booking", "--show", "1")


def test_a_database_without_tables_is_an_error(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)

    with pytest.raises(CommandError, match="no cinema yet"):
        call_command("trace_booking")


def test_at_a_real_cinema_it_refuses(show, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="never at a real cinema"):
        call_command("trace_booking")
    assert not Hold.objects.exists()
