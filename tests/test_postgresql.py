"""A database server that answers nobody: cinema.postgresql."""

from collections.abc import Callable

import psycopg2
import pytest
from django.db import OperationalError
from django.db.backends.postgresql import base as django

from cinema.postgresql import base
from cinema.postgresql.base import DatabaseWrapper


@pytest.fixture
def connect(monkeypatch) -> Callable[[float], str]:
    """Tries to connect to a server that takes so many seconds to answer: “silent” where nobody does within three,
    “at once” where it is not even tried."""
    clock, seconds = [0.0], [0.0]
    monkeypatch.setattr(base, "monotonic", lambda: clock[0])
    monkeypatch.setattr(DatabaseWrapper, "silent_until", 0.0)

    def answer(wrapper, params):
        clock[0] += seconds[0]
        if seconds[0]:
            raise psycopg2.OperationalError
        return "connected"

    monkeypatch.setattr(django.DatabaseWrapper, "get_new_connection", answer)

    def attempt(takes: float, *, after: float = 0) -> str:
        clock[0], seconds[0] = clock[0] + after, takes
        try:
            return DatabaseWrapper({}).get_new_connection({})
        except OperationalError:
            return "at once"
        except psycopg2.OperationalError:
            return "silent"

    return attempt


def test_requests_after_the_server_was_silent_fail_at_once(connect):
    assert connect(3) == "silent"
    assert connect(3) == "at once"
    assert connect(3, after=0.5) == "at once"


def test_it_is_tried_again_soon(connect):
    assert connect(3) == "silent"
    assert connect(0, after=1.5) == "connected"


def test_a_server_that_refuses_at_once_is_tried_each_time(connect):
    assert connect(0.01) == "silent"
    assert connect(0) == "connected"
