"""What every request to Stripe shares: idempotency keys, errors, and amounts in Stripe's units."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TypeVar

import stripe

from cinema.exceptions import PaymentsUnavailable
from cinema.gateways.messages import UNREADABLE, whole

logger = logging.getLogger(__name__)

REPEATED, MOST_KEYS = "Idempotent-Replayed", 20  # docs.stripe.com/error-low-level
# Of these, which have no minor unit, Stripe counts hundredths all the same.
IN_HUNDREDTHS = {"ISK", "UGX"}

T = TypeVar("T")


def create(make: Callable[[str], T], name: str) -> T:
    """Create something under the idempotency key ``name``. Stripe stores even its own errors under a key and repeats
    them for a day: after each that it repeats, take another key."""
    for number in count():
        try:
            return make(f"{name}.{number}" if number else name)
        except stripe.APIError as error:
            if number == MOST_KEYS or REPEATED not in (error.headers or {}):
                raise
    raise AssertionError("the loop above returns or raises")


@contextmanager
def answers() -> Iterator[None]:
    """Turn what keeps Stripe from an answer into PaymentsUnavailable."""
    try:
        yield
    except stripe.StripeError as error:
        logger.warning("Stripe does not answer: %s, status %s.", type(error).__name__, error.http_status)
        raise PaymentsUnavailable from None
    except UNREADABLE as error:
        logger.warning("Stripe gives no answer of use: %s.", type(error).__name__)
        raise PaymentsUnavailable from None


def to_stripe(amount: int, currency: str) -> int:
    return amount * 100 if currency in IN_HUNDREDTHS else amount


def from_stripe(amount: object, currency: str) -> int:
    return whole(amount) // 100 if currency in IN_HUNDREDTHS else whole(amount)
