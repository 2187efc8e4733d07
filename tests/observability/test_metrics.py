"""Prometheus metrics: every event is counted once, and only after its commit."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, transaction
from django.urls import reverse

from cinema.exceptions import DatabaseBusy, SeatsUnavailable
from cinema.observability import metrics
from cinema.services.core.transactions import atomically
from tests.factories import ShowFactory, held, sold
from tests.views.browsers import browser

Counted = Callable[..., float]


@pytest.fixture
def counted() -> Counted:
    """Return the increase of a metric since the test began."""

    def figure(name: str, labels: dict[str, str]) -> float:
        return metrics.OWN.get_sample_value(name, labels) or 0

    before = {(s.name, *sorted(s.labels.items())): s.value for m in metrics.OWN.collect() for s in m.samples}
    return lambda name, **labels: figure(name, labels) - before.get((name, *sorted(labels.items())), 0)


@pytest.mark.django_db(transaction=True)
def test_a_booking_is_counted_with_its_seats_once_it_is_committed(counted):
    sold(ShowFactory(), "A1 A2")

    assert (counted("cinema_steps_total", action="hold"), counted("cinema_seats_total", action="hold")) == (1, 2)
    assert (counted("cinema_steps_total", action="book"), counted("cinema_seats_total", action="book")) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_a_booking_that_is_rolled_back_is_not_counted(counted):
    show = ShowFactory()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        sold(show, "A1")
        _ = 1 / 0

    assert counted("cinema_steps_total", action="hold") == counted("cinema_steps_total", action="book") == 0


@pytest.mark.django_db
def test_a_refusal_is_counted_by_its_exception(counted):
    show = ShowFactory()
    held(show, "A1")

    with pytest.raises(SeatsUnavailable):
        held(show, "A1", buyer="ben")

    assert counted("cinema_refusals_total", reason="SeatsUnavailable") == 1


@pytest.mark.django_db
def test_a_refusal_is_counted_once_and_not_when_only_displayed(counted):
    def refuse():
        raise DatabaseBusy

    with pytest.raises(DatabaseBusy):
        atomically(atomically(refuse))()
    str(DatabaseBusy())

    assert counted("cinema_refusals_total", reason="DatabaseBusy") == 1


@pytest.mark.django_db
def test_a_request_is_counted_by_url_name_and_class_of_status(counted):
    browser().get(reverse("ticket", args=["no-such-ticket"]))
    browser().get("/nowhere/")

    assert counted("cinema_request_seconds_count", route="ticket", status="4xx") == 1
    assert counted("cinema_request_seconds_count", route="-", status="4xx") == 1
    assert "no-such-ticket" not in metrics.exposition({}, {}).decode()


@pytest.mark.django_db
def test_a_request_that_fails_is_counted_by_its_exception(counted, monkeypatch):
    def away(pk: int) -> None:
        raise OperationalError

    monkeypatch.setattr("cinema.views.live_map.live_state", away)
    browser().get(reverse("show-seat-map", args=[1]))

    assert counted("cinema_failures_total", kind="OperationalError") == 1
    assert counted("cinema_request_seconds_count", route="show-seat-map", status="5xx") == 1


def run(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in its own process, as a worker of a server with this metrics folder."""
    environment = {"PATH": os.environ["PATH"], metrics.FOLDER: str(folder)}
    command = [sys.executable, "-c", f"import os\nfrom cinema.observability import metrics\n{program}"]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.only("sqlite")  # no database is asked
def test_metrics_of_all_processes_are_summed_even_of_killed_ones(tmp_path):
    assert not run(tmp_path, "metrics.seats_changed(action='BOOK', seats=2)").stderr
    killed = run(tmp_path, "metrics.seats_changed(action='BOOK', seats=3); os.kill(os.getpid(), 9)")

    said = run(tmp_path, "print(metrics.exposition({'waiting': 4}, {}).decode())").stdout

    assert killed.returncode == -signal.SIGKILL
    assert 'cinema_seats_total{action="book"} 5.0' in said
    assert 'cinema_waiting{queue="waiting"} 4.0' in said
