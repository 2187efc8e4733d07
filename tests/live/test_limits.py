"""Limits on concurrent use by each client and in total: live.limits."""

import resource
from contextlib import ExitStack

import pytest

from cinema.live import limits
from cinema.live.limits import Limit, most_connections


def takes(limit: Limit, *clients: str) -> list[bool]:
    """Let clients enter one after the other and stay; return whether each was within the limits."""
    with ExitStack() as stay:
        return [stay.enter_context(limit.take(client)) for client in clients]


@pytest.mark.parametrize(
    ("each", "all", "found"),
    [
        (0, 0, [True, True, True, True]),
        (1, 0, [True, False, True, False]),
        (0, 3, [True, True, True, False]),
        (2, 3, [True, True, True, False]),
    ],
)
def test_each_client_and_all_together_have_a_limit(each, all, found):
    assert takes(Limit(each=each, all=all), "ada", "ada", "ben", "ben") == found


def test_clients_with_unknown_ip_are_not_counted_as_one():
    assert takes(Limit(each=1, all=3), "", "", "", "") == [True, True, True, False]


def test_a_use_ends_also_after_an_exception():
    limit = Limit(each=1, all=1)
    with pytest.raises(ZeroDivisionError), limit.take("ada"):
        1 / 0  # noqa: B018

    assert takes(limit, "ada") == [True]
    assert (limit.taken, dict(limit._by_client)) == (0, {})


def test_a_rejected_use_is_not_counted_when_it_ends():
    limit = Limit(each=1, all=0)
    with limit.take("ada"):
        assert takes(limit, "ada") == [False]
        assert takes(limit, "ada") == [False]


@pytest.mark.parametrize(("files", "connections"), [(1024, 1024 - limits.SPARE_FILES), (10, 1)])
def test_connections_are_limited_by_the_open_files_of_a_process(monkeypatch, files, connections):
    monkeypatch.setattr(resource, "getrlimit", lambda which: (files, files))

    assert most_connections() == connections


def test_connections_are_limited_though_open_files_are_not(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda which: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    assert most_connections() == 1_000_000
