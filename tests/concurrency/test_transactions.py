"""Services while the database is busy."""

import threading
from contextlib import suppress
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from cinema.exceptions import DatabaseBusy
from cinema.exceptions.database import Overtaken
from cinema.models import Hold, Screen, Show
from cinema.services.booking.holds import hold_seats
from cinema.services.core.locking import lock_show
from cinema.services.core.transactions import atomically
from tests.concurrency.harness import Step, interleave, race
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


@pytest.mark.only("postgresql")
def test_a_lock_ends_with_the_connection_that_had_it():
    """A server that dies takes its locks with it; nobody has to wait until they expire."""
    show = ShowFactory()

    def die_with_the_lock():
        transaction.set_autocommit(False)
        lock_show(pk=show.pk)
        connection.close()

    [died, lived] = [race(step)[0] for step in (die_with_the_lock, locking(show))]

    assert (died.error, lived.error) == (None, None)


@pytest.mark.only("postgresql")
def test_a_locked_show_gets_new_rows_that_point_to_it():
    """Under FOR UPDATE they would wait."""
    show = ShowFactory()
    now = timezone.now()
    hold = partial(
        impatiently, partial(Hold.objects.create, show=show, status="RELEASED", created_at=now, expires_at=now)
    )

    with transaction.atomic():
        lock_show(pk=show.pk)
        [held] = race(hold)
    with transaction.atomic():
        Show.objects.select_for_update().get(pk=show.pk)
        [too_strong] = race(hold)

    assert held.error is None
    assert isinstance(too_strong.error, OperationalError)


@pytest.mark.only("postgresql")
def test_a_locked_show_delays_no_other_show():
    show, other = ShowFactory(), ShowFactory()

    with transaction.atomic():
        lock_show(pk=show.pk)
        [elsewhere], [here] = race(locking(other)), race(locking(show))

    assert elsewhere.error is None
    assert isinstance(here.error, OperationalError)


def locking(show: Show) -> Step:
    return partial(impatiently, transaction.atomic(partial(lock_show, pk=show.pk)))


def impatiently(step: Step) -> object:
    """Run the step, waiting a tenth of a second at most for a lock."""
    connection.cursor().execute("SET lock_timeout = 100")
    return step()
