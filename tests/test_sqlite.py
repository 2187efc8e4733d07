"""Transactions on SQLite begin in turn: cinema.sqlite."""

import shutil
import sqlite3
import threading
import time
from contextlib import closing, suppress

import pytest
from django.db import OperationalError, connection, transaction

from cinema.sqlite import base
from tests.factories import ShowFactory

pytestmark = [pytest.mark.only("sqlite"), pytest.mark.django_db(transaction=True)]


class Failure(Exception):
    """Ends a transaction."""


class WatchedLine:
    """The line of a process, and how many threads have come to it."""

    def __init__(self) -> None:
        self.came, self.line = 0, threading.Lock()

    def acquire(self, **options: float) -> bool:
        self.came += 1
        return self.line.acquire(**options)

    def release(self) -> None:
        self.line.release()

    def wait_for(self, count: int) -> None:
        while self.came < count:
            time.sleep(0.005)
        time.sleep(0.02)  # from coming to waiting


def test_transactions_begin_in_the_order_in_which_they_were_wanted(monkeypatch):
    noted, line = list[int](), WatchedLine()
    monkeypatch.setattr(base, "_line", line)

    def write(number: int) -> None:
        try:
            with transaction.atomic():
                noted.append(number)
        finally:
            connection.close()

    with transaction.atomic():
        writers = [threading.Thread(target=write, args=[number]) for number in range(6)]
        for number, writer in enumerate(writers):
            writer.start()
            line.wait_for(number + 2)
    for writer in writers:
        writer.join()

    assert noted == list(range(6))


@pytest.mark.parametrize("ends", ["commits", "fails", "loses its connection"])
def test_whoever_ends_a_transaction_lets_the_next_begin(ends):
    def act() -> None:
        with transaction.atomic():
            ShowFactory()
            if ends == "fails":
                raise Failure
            if ends == "loses its connection":
                connection.close()

    with suppress(Failure):
        act()

    assert base._line.acquire(blocking=False)
    base._line.release()
    with transaction.atomic():
        assert connection.has_turn


def test_the_lock_of_another_process_is_waited_for_and_then_refused():
    connection.cursor().execute("PRAGMA busy_timeout = 200")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(OperationalError, match="locked"), transaction.atomic():
            raise AssertionError("began")
        assert time.monotonic() - began >= 0.2
        another.execute("ROLLBACK")
    with transaction.atomic():
        assert connection.has_turn
    connection.close()  # with its short patience


def test_without_a_turn_in_time_a_transaction_begins_all_the_same(monkeypatch):
    monkeypatch.setattr(base, "PATIENCE", 0.01)
    with base._line, transaction.atomic():
        assert not connection.has_turn
        ShowFactory()


def test_a_kept_connection_is_used_again_unless_its_file_was_replaced(tmp_path):
    path, other = tmp_path / "cinema.sqlite3", tmp_path / "backup.sqlite3"
    options = {"NAME": str(path), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    kept = base.DatabaseWrapper({**connection.settings_dict, **options}, "kept")

    def next_request() -> sqlite3.Connection:
        kept.close_if_unusable_or_obsolete()
        with kept.cursor():
            return kept.connection

    first = next_request()
    assert next_request() is first

    shutil.copy(path, other)
    other.replace(path)
    assert next_request() is not first
    kept.close()


def test_a_file_that_is_gone_is_an_error_not_an_empty_database(tmp_path):
    path = tmp_path / "cinema.sqlite3"
    one, other = (base.DatabaseWrapper({**connection.settings_dict, "NAME": str(path)}, name) for name in "ab")
    with one.cursor():
        one.close()

    path.unlink()

    with pytest.raises(OperationalError, match="gone"):
        other.cursor()
    assert not path.exists()
