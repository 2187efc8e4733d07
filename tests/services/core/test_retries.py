"""Retries of work that waits for other servers: services.core.retries, tested with refunds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from cinema.exceptions import PaymentsUnavailable
from cinema.models import Refund
from cinema.services.core import retries
from cinema.services.core.retries import Backoff, attempt_due
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, due, sold

pytestmark = [pytest.mark.django_db, pytest.mark.both]

BACKOFF = Backoff(first=timedelta(seconds=20), factor=2, longest=timedelta(minutes=2))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds since a run began, as set by the test."""
    seconds = [0.0]
    monkeypatch.setattr(retries, "monotonic", lambda: seconds[0])
    return seconds


@pytest.fixture
def refunds() -> list[Refund]:
    """Three that have been due for 3, 2 and 1 minutes."""
    show = ShowFactory()
    for name in ("A1", "A2", "A3"):
        cancel_ticket(code=sold(show, name, buyer=name).code)
    found = list(Refund.objects.order_by("pk"))
    for minutes, refund in zip((3, 2, 1), found, strict=True):
        due(refund, ago=timedelta(minutes=minutes))
    return found


def attempt(function: Callable[[int], object], **how: float) -> int:
    return attempt_due(rows=Refund.objects.all(), attempt=function, backoff=BACKOFF, **how)


def silent(key: int) -> None:
    raise PaymentsUnavailable


def wait_of(refund: Refund) -> timedelta:
    """The time from its last attempt to its next."""
    return Refund.objects.annotate(wait=F("due_at") - F("attempted_at")).get(pk=refund.pk).wait


def test_the_longest_due_is_first(refunds):
    asked = []
    due(refunds[1], ago=timedelta(hours=1))

    attempt(asked.append)

    assert asked == [refunds[1].pk, refunds[0].pk, refunds[2].pk]


def test_what_is_done_is_counted(refunds):
    assert attempt(lambda key: key != refunds[0].pk) == 2


def test_two_that_hang_take_a_round_of_their_own_and_the_next_round_reaches_the_rest(refunds, clock):
    def hang(key: int) -> bool:
        hangs = key in (refunds[0].pk, refunds[1].pk)
        clock[0] += 6 if hangs else 0.1
        return silent(key) if hangs else True

    assert attempt(hang, patience=10) == 0
    assert attempt(hang, patience=10) == 1


def test_a_row_waits_twice_as_long_after_each_attempt_up_to_a_limit(refunds):
    waits = []
    for _ in range(5):
        due(refunds[0])
        attempt(lambda key: False)
        waits.append(round(wait_of(refunds[0]).total_seconds()))

    assert waits == [20, 40, 80, 120, 120]
    assert BACKOFF.wait(10**9) == BACKOFF.longest


def test_a_row_is_left_alone_until_its_next_attempt_is_due_and_not_longer(refunds):
    asked = []
    attempt(lambda key: False)
    attempt(asked.append)
    assert asked == []

    Refund.objects.update(due_at=Now() + timedelta(seconds=1))
    attempt(asked.append)
    assert asked == []

    due(refunds[2], ago=timedelta(milliseconds=5))
    attempt(asked.append)
    assert asked == [refunds[2].pk]


def test_a_round_that_is_cut_off_has_put_its_row_off_already(refunds):
    class Crash(BaseException):
        pass

    def crash(key: int) -> None:
        raise Crash

    with pytest.raises(Crash):
        attempt(crash)

    asked = []
    attempt(asked.append)
    assert asked == [refunds[1].pk, refunds[2].pk]


def test_of_two_rounds_at_once_one_attempts_each_row(refunds):
    asked = []

    def meet_another(key: int) -> None:
        asked.append(key)
        attempt(asked.append)

    attempt(meet_another)

    assert sorted(asked) == [refund.pk for refund in refunds]


def test_a_failure_is_noted_with_its_beginning_until_an_attempt_succeeds(refunds, caplog):
    attempt(silent)
    first = Refund.objects.get(pk=refunds[0].pk)
    due(first)
    attempt(lambda key: 1 / 0)
    second = Refund.objects.get(pk=refunds[0].pk)

    assert (first.last_error, second.last_error) == ("PaymentsUnavailable", "ZeroDivisionError")
    assert first.failing_since == second.failing_since
    assert [bool(record.exc_info) for record in caplog.records] == [False, False, False, True]

    due(first)
    attempt(lambda key: False)
    third = Refund.objects.get(pk=refunds[0].pk)
    assert (third.failing_since, third.last_error, third.attempts) == (None, "", 3)


def test_a_clock_that_leapt_ahead_keeps_nothing_waiting_once_it_is_right_again(refunds):
    Refund.objects.filter(pk=refunds[0].pk).update(due_at=Now() + timedelta(days=400))
    asked = []

    attempt(asked.append)

    assert refunds[0].pk in asked


def test_what_is_settled_is_not_attempted(refunds):
    Refund.objects.update(due_at=None)

    assert attempt(lambda key: True) == 0
