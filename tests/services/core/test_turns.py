"""Threads that want the same row take turns: services.core.turns."""

import time
from threading import Thread

import pytest
from django.db import connections, transaction

from cinema.services.core import turns
from cinema.services.core.turns import turn

pytestmark = pytest.mark.django_db(transaction=True)


def started(function, *arguments) -> Thread:
    def run() -> None:
        try:
            function(*arguments)
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread


def until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def in_line(key) -> int:
    return len(turns._lines.get(key, ()))


@pytest.fixture(autouse=True)
def no_line_is_left(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 10)
    yield
    assert turns._lines == {}


def test_threads_take_turns_in_the_order_in_which_they_came():
    done, inside = [], []

    def work(name: int) -> None:
        with turn("show"):
            inside.append(name)
            assert len(inside) == 1
            done.append(name)
            inside.remove(name)

    with turn("show") as waited:
        assert not waited
        threads = []
        for name in range(5):
            threads.append(started(work, name))
            until(lambda: in_line("show") == name + 2)  # noqa: B023, asked before the next
        assert done == []
    for thread in threads:
        thread.join()
    assert done == list(range(5))


def test_who_had_to_wait_is_told():
    told = []

    def work() -> None:
        with turn("show") as waited:
            told.append(waited)

    with turn("show"):
        thread = started(work)
        until(lambda: in_line("show") == 2)
    thread.join()
    work()
    assert told == [True, False]


def test_other_keys_have_lines_of_their_own():
    with turn("one") as first, turn("other") as second:
        assert not first
        assert not second


def test_nobody_waits_longer_than_the_patience(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    done = []

    def work() -> None:
        with turn("show"):
            done.append("without a turn")

    with turn("show"):
        started(work).join()
        assert done == ["without a turn"]
        assert in_line("show") == 1


def test_an_exception_ends_the_turn():
    with pytest.raises(ValueError, match="no"), turn("show"):
        raise ValueError("no")
    with turn("show") as waited:
        assert not waited


def test_inside_a_transaction_nobody_waits():
    done = []

    def work() -> None:
        with transaction.atomic(), turn("show") as waited:
            done.append(waited)

    with turn("show"):
        started(work).join()
    assert done == [False]
