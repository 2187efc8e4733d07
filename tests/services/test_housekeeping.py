"""The server's own housekeeping: one at a time, cheap, and nobody who dies keeps the others from it."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from cinema.live import housekeeper
from cinema.live.housekeeper import Housekeeper
from cinema.models import Chore
from cinema.services import housekeeping
from cinema.services.housekeeping import keep_turn, sweep, sweep_in_turn, take_turn
from cinema.services.transactions import try_each
from tests.concurrency.harness import race
from tests.factories import ShowFactory, held, sold

pytestmark = pytest.mark.django_db

TURN = {"name": "sweep", "every": timedelta(minutes=1)}
A_MOMENT_AGO = -timedelta(seconds=1)


def due_in(delay: timedelta) -> None:
    Chore.objects.update(due_at=Now() + delay)


def test_the_turn_is_taken_once_and_again_when_it_is_due():
    assert take_turn(**TURN)
    assert not take_turn(**TURN)
    due_in(A_MOMENT_AGO)
    assert take_turn(**TURN)


def test_who_is_still_at_it_puts_the_others_off():
    assert take_turn(**TURN)
    due_in(A_MOMENT_AGO)
    keep_turn(**TURN)
    assert not take_turn(**TURN)


def test_a_clock_that_was_wrong_keeps_nobody_from_the_turn():
    assert take_turn(**TURN)
    due_in(timedelta(minutes=10))
    assert take_turn(**TURN)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False])
def test_of_many_who_come_at_once_one_gets_the_turn(known):
    if known:
        take_turn(**TURN)
        due_in(A_MOMENT_AGO)
    assert sum(outcome.value for outcome in race(*[partial(take_turn, **TURN)] * 6)) == 1


def test_old_payments_are_asked_about_once_an_hour(monkeypatch):
    ages = []
    monkeypatch.setattr(housekeeping, "check_pending_payments", lambda **said: ages.append(said["younger_than"]))
    sweep_in_turn()
    sweep_in_turn()
    assert ages == [housekeeping.GIVE_UP_AFTER, housekeeping.RECENT]


@pytest.mark.django_db(transaction=True)
def test_a_sweep_with_nothing_to_do_asks_the_same_however_much_there_is():
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert not any(sweep().values())
        return len(captured)

    counts = []
    for shows in (1, 3, 30):
        for n in range(shows):
            show = ShowFactory(screen__rows=1, screen__columns=4)
            sold(show, "A1", buyer=f"{n} of {shows}")
            held(show, "A2", buyer=f"{n} of {shows}")
        counts.append(statements())
    assert len(set(counts)) == 1
    assert counts[0] <= 18


def test_what_waits_for_somebody_else_leaves_the_rest_for_the_next_time():
    assert try_each(lambda item: True, [1, 2, 3], patience=-1) == 0
    assert try_each(lambda item: True, [1, 2, 3], patience=60) == 3


def test_a_database_that_is_away_is_said_once_and_again_after_it_was_back(monkeypatch, caplog):
    def fail(**turn):
        raise OperationalError("nobody there")

    keeper = Housekeeper()
    with monkeypatch.context() as away:
        away.setattr(housekeeper, "take_turn", fail)
        for _ in range(3):
            keeper._safely(keeper._look)
    assert [record.exc_info for record in caplog.records] == [None]
    monkeypatch.setattr(housekeeper, "take_turn", lambda **turn: False)
    keeper._safely(keeper._look)
    monkeypatch.setattr(housekeeper, "take_turn", fail)
    keeper._safely(keeper._look)
    assert len(caplog.records) == 2


def test_a_server_whose_housekeeping_is_off_starts_no_thread(monkeypatch, settings):
    settings.HOUSEKEEPING_EVERY = timedelta(0)
    keeper = Housekeeper()
    monkeypatch.setattr(housekeeper, "Thread", lambda **said: pytest.fail("A thread was started."))
    keeper.start()
