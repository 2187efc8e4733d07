"""Services while the database is busy."""

import threading
from contextlib import suppress

import pytest
from django.db import connection

from cinema.exceptions import DatabaseBusy
from cinema.exceptions.database import Overtaken
from cinema.models import Screen
from cinema.services.booking.holds import hold_seats
from cinema.services.core.transactions import atomically
from tests.concurrency.harness import interleave, race
from tests.concurrency.invariants import wrongs
from tests.factories import ScreenFactory, ShowFactory, seat_ids

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.only("postgresql")
def test_a_transaction_sacrificed_in_a_deadlock_starts_again():
    screens = ScreenFactory(), ScreenFactory()
    both_hold_one = threading.Barrier(2, timeout=1)
    attempts = []

    @atomically
    def rename(first: Screen, second: Screen, name: str) -> None:
        attempts.append(name)
        Screen.objects.filter(pk=first.pk).update(name=f"{name} 1")
        with suppress(threading.BrokenBarrierError):
            both_hold_one.wait()
        Screen.objects.filter(pk=second.pk).update(name=f"{name} 2")

    outcomes = race(lambda: rename(*screens, name="Odeon"), lambda: rename(*reversed(screens), name="Roxy"))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert len(attempts) == 3


def test_a_service_within_another_lets_that_begin_again():
    outer, inner = [], []

    @atomically
    def lock() -> str:
        inner.append("locks")
        if len(inner) == 1:
            raise Overtaken
        return "locked"

    @atomically
    def act() -> str:
        outer.append("acts")
        return lock()

    assert act() == "locked"
    assert (len(outer), len(inner)) == (2, 2)


def test_a_lock_timeout_raises_database_busy():
    show = ShowFactory()
    ids = seat_ids(show, "A1 A2")
    impatience = {"sqlite": "PRAGMA busy_timeout = 100", "postgresql": "SET lock_timeout = 100"}[connection.vendor]

    def hold_impatiently():
        connection.cursor().execute(impatience)
        return hold_seats(show_id=show.pk, seat_ids=ids[1:], buyer="bela")

    asha, bela = interleave(
        lambda: hold_seats(show_id=show.pk, seat_ids=ids[:1], buyer="asha"), hold_impatiently, patience=10
    )
    assert asha.error is None
    assert isinstance(bela.error, DatabaseBusy)
    assert wrongs(show) == []
