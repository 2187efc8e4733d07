"""Prometheus metrics. Labels have few values and contain no personal data.

The processes of a server share their counts in the folder PROMETHEUS_MULTIPROC_DIR; without it each has its own.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from cinema.exceptions.base import BusinessRuleViolation

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

OWN = CollectorRegistry()
REQUESTS = Histogram(
    "cinema_request_seconds", "Time to respond to a request.", ["route", "status"], buckets=SECONDS, registry=OWN
)
STEPS = Counter("cinema_steps", "Steps that changed seats: bookings are “book”.", ["action"], registry=OWN)
SEATS = Counter("cinema_seats", "Seats changed by these steps.", ["action"], registry=OWN)
REFUSALS = Counter("cinema_refusals", "Requests rejected by a business rule, by exception.", ["reason"], registry=OWN)
FAILURES = Counter("cinema_failures", "Requests that failed, by exception.", ["kind"], registry=OWN)


def answered(route: str, status: int, seconds: float) -> None:
    """Record a request's duration by route and class of status."""
    REQUESTS.labels(route, f"{status // 100}xx").observe(seconds)


def failed() -> None:
    """Count a request that failed with the exception being handled."""
    FAILURES.labels(type(sys.exception()).__name__).inc()


def seats_changed(*, action: str, seats: int) -> None:
    """Count a step of the seat ledger; to be called after its commit."""
    STEPS.labels(action.lower()).inc()
    SEATS.labels(action.lower()).inc(seats)


@contextmanager
def refusals() -> Iterator[None]:
    """Count a BusinessRuleViolation that leaves the block; only once in nested blocks."""
    try:
        yield
    except BusinessRuleViolation as error:
        if not error.counted:
            error.counted = True
            REFUSALS.labels(type(error).__name__).inc()
        raise


def exposition(queues: Mapping[str, int], backlogs: Mapping[str, Any]) -> bytes:
    """Return all metrics of this server's processes in Prometheus' text format, with the current queues.

    ``queues`` (lengths) and ``backlogs`` come from selectors.core.health.
    """
    everything = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(everything)
    else:
        everything.register(OWN)
    everything.register(Queues(queues, backlogs))
    return generate_latest(everything)


class Queues:
    """Collector of queue lengths and backlogs, which are read from the database for each scrape."""

    def __init__(self, lengths: Mapping[str, int], backlogs: Mapping[str, Any]) -> None:
        self.lengths, self.backlogs = lengths, backlogs

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield each gauge, labelled by queue."""
        yield _gauge("cinema_waiting", "Length of each queue.", self.lengths)
        for field, name, text in BACKLOG:
            yield _gauge(name, text, {queue: getattr(backlog, field) for queue, backlog in self.backlogs.items()})


BACKLOG = [
    ("due", "cinema_due", "Number due to be retried now."),
    ("oldest", "cinema_due_seconds", "Seconds for which the oldest has been due."),
    ("failing", "cinema_failing", "Number that failed at the last attempt."),
]


def _gauge(name: str, text: str, figures: Mapping[str, float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, text, labels=["queue"])
    for queue, figure in figures.items():
        gauge.add_metric([queue], figure)
    return gauge
