"""A short run whose buyers pay at Stripe and Razorpay, as fakes that misbehave, and the proof that its checks can fail.

The controls are runs of their own, which end when they have shown their fault. For the others the record of the short
run is tampered with.
"""

import copy
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.chaos import checks
from tests.chaos.books import Disputed, Incident
from tests.chaos.record import Kind, Record
from tests.chaos.test_chaos import QUIET, under_fire

# The run takes 20 seconds of processor time. Each of the providers' faults also has a test of its own, beside those of
# gateways and services.
pytestmark = [pytest.mark.site, pytest.mark.timeout(900), pytest.mark.nightly]

SEED = 11
CENT = Decimal("0.01")
# What must have happened, so that the run has something to judge.
MISDEEDS = [
    "429",
    "500",
    "time-out",
    "message sent 0×",
    "message sent 2×",
    "signed with an old secret",
    "decline",
    "sca",
]


@pytest.fixture(scope="module")
def short(tmp_path_factory) -> tuple[subprocess.CompletedProcess, Record]:
    file = tmp_path_factory.mktemp("providers") / "short.pickle"
    return under_fire(file, "--providers", "--requests", "500", "--seed", str(SEED))


@pytest.fixture
def record(short) -> Record:
    """The short run's record, to tamper with."""
    return copy.deepcopy(short[1])


def test_a_cinema_whose_providers_misbehave_accounts_for_every_cent(short):
    run, record = short

    assert run.returncode == 0, run.stdout
    assert record.faults[Kind.KILL]
    assert [name for name in MISDEEDS if not record.misdeeds[name]] == []
    assert {charge.gateway for charge in record.books.charges.values()} == {"stripe", "razorpay"}
    assert any(charge.refunds for charge in record.books.charges.values())


@pytest.mark.nightly
def test_without_an_inbox_a_second_message_books_the_money_twice(tmp_path):
    """The inbox alone is not enough to show it: a payment that is settled stays so. Both are off here."""
    assert any(books_twice(tmp_path / "gullible.pickle", "--gullible", SEED + n) for n in range(3))


@pytest.mark.nightly
@pytest.mark.only("postgresql")
def test_without_the_lock_on_a_payment_a_refund_is_booked_twice(tmp_path):
    """Two transactions must meet for it, which no seed makes certain: one of three runs is enough."""
    assert any(books_twice(tmp_path / "unguarded.pickle", "--unguarded", SEED + n) for n in range(3))


def books_twice(file: Path, weakness: str, seed: int) -> bool:
    """Whether a run with that weakness ends with a fault of the money ledger."""
    run, record = under_fire(file, "--providers", weakness, "--requests", "1500", *QUIET, "--seed", str(seed))
    return run.returncode == 1 and any("its entries say" in fault for fault in checks.ledger_explains(record))


def refunded_more(record: Record) -> None:
    charge = next(charge for charge in record.books.charges.values() if charge.refunds)
    charge.refunds["re_unknown"] = Decimal(1)


def taken_back(record: Record) -> None:
    next(iter(record.books.charges.values())).disputes.append(Disputed("LOST", CENT))


def owed_more(record: Record) -> None:
    record.books.owed["stripe"] += CENT


def invented(record: Record) -> None:
    code = next(iter(record.books.charges))
    record.books.incidents.append(Incident(code, "EXTRA_REFUND", "1.00 INR, re_1"))


@pytest.mark.parametrize(
    ("check", "tamper"),
    [
        (checks.differences_are_kept, refunded_more),
        (checks.money_adds_up, refunded_more),
        (checks.accounts_balance, taken_back),
        (checks.accounts_balance, owed_more),
        (checks.differences_are_kept, invented),
    ],
)
def test_a_difference_between_the_providers_books_and_ours_is_found(record, check: Callable, tamper: Callable):
    assert not any(check(record))

    tamper(record)

    assert any(check(record))


def test_a_request_that_fails_is_excused_only_while_a_provider_is_in_trouble(record):
    answer = record.answers[-1]
    at = max(hit.end for hit in record.hits) + 100
    record.trouble = [*record.trouble, at]

    record.answers.append(answer._replace(status=503, begin=at - 1, end=at + 1, saw={"unpayable": True}))
    assert not any(checks.soon_well_again(record))

    record.answers[-1] = answer._replace(status=503, begin=at + 5, end=at + 6, saw={"unpayable": True})
    assert any(checks.soon_well_again(record))
