"""What clients can have at a time is counted: by each, and by all together."""

import resource
from contextlib import ExitStack

import pytest

from cinema.live import limits
from cinema.live.limits import Limit, most_connections


def takes(limit: Limit, *clients: str) -> list[bool]:
    """Let them come one after the other and stay; return who found room."""
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
def test_a_client_and_all_together_have_so_many_and_no_more(each, all, found):
    assert takes(Limit(each=each, all=all), "ada", "ada", "ben", "ben") == found


def test_clients_whose_address_is_not_known_are_not_taken_for_one():
    assert takes(Limit(each=1, all=3), "", "", "", "") == [True, True, True, False]


def test_who_leaves_makes_room_whatever_happened():
    limit = Limit(each=1, all=1)
    with pytest.raises(ZeroDivisionError), limit.take("ada"):
        1 / 0  # noqa: B018

    assert takes(limit, "ada") == [True]
    assert (limit.taken, dict(limit._by_client)) == (0, {})


def test_who_found_no_room_takes_none_from_others_by_leaving():
    limit = Limit(each=1, all=0)
    with limit.take("ada"):
        assert takes(limit, "ada") == [False]
        assert takes(limit, "ada") == [False]


@pytest.mark.parametrize(("files", "connections"), [(1024, 1024 - limits.SPARE_FILES), (10, 1)])
def test_connections_are_fewer_than_the_files_a_process_may_open(monkeypatch, files, connections):
    monkeypatch.setattr(resource, "getrlimit", lambda which: (files, files))

    assert most_connections() == connections


def test_where_files_are_not_limited_connections_have_a_bound_all_the_same(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda which: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    assert most_connections() == 1_000_000
