"""What each process reads now and then: selectors.core.remembered."""

import pytest
from django.db import OperationalError

from cinema.selectors.core import remembered
from cinema.selectors.core.remembered import FRESH_FOR, Remembered


class Source:
    """What is read, and how often; it may be away."""

    def __init__(self) -> None:
        self.value, self.reads, self.is_away = "first", 0, False

    def read(self) -> str:
        self.reads += 1
        if self.is_away:
            raise OperationalError("nobody there")
        return self.value


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(remembered, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def known(clock, source):
    return Remembered(source.read, empty="")


def test_it_is_read_again_after_some_seconds_only(known, source, clock):
    assert (known(), known(), source.reads) == ("first", "first", 1)

    source.value = "second"
    clock[0] += FRESH_FOR
    assert known() == "first"
    clock[0] += 0.1
    assert known() == "second"


def test_a_change_in_this_process_is_shown_at_once(known, source):
    assert known() == "first"
    source.value = "second"
    known.forget()
    assert known() == "second"


def test_while_the_database_is_away_it_is_as_before_and_tried_now_and_then(known, source, clock):
    assert known() == "first"
    source.is_away, source.value = True, "second"
    clock[0] += FRESH_FOR + 1
    assert (known(), known(), source.reads) == ("first", "first", 2)

    source.is_away = False
    clock[0] += FRESH_FOR + 1
    assert known() == "second"


def test_a_process_that_could_not_read_it_yet_tries_each_time(known, source):
    source.is_away = True
    assert (known(), known(), source.reads) == ("", "", 2)
    source.is_away = False
    assert known() == "first"
