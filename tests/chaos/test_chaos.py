"""A short run under fire on each database, and the proof that every check of it can fail.

The controls without locks, or with a database that forgets, are runs of their own; for the others the record of the
short run is tampered with.
"""

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from tests.benchmarks.server import ROOT
from tests.chaos import checks
from tests.chaos.history import Answer
from tests.chaos.record import Record

# A run takes half a minute, and several on a machine that does much else.
pytestmark = [pytest.mark.site, pytest.mark.timeout(900)]

SEED = 7
QUIET = ["--kills", "0", "--restarts", "0", "--terminations", "0"]
CENT = Decimal("0.01")


def under_fire(file: Path, *options: str) -> tuple[subprocess.CompletedProcess, Record]:
    """Play a run with those options in a process of its own; return how it ended, and its record."""
    database = ["--database", connection.vendor, "--keep", str(file)]
    command = [sys.executable, "-m", "tests.chaos", "--short", *database, *options]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert file.exists(), run.stderr[-3000:]
    return run, pickle.loads(file.read_bytes())


@pytest.fixture(scope="module")
def short(tmp_path_factory) -> tuple[subprocess.CompletedProcess, Record]:
    return under_fire(tmp_path_factory.mktemp("chaos") / "short.pickle", "--seed", str(SEED))


@pytest.fixture
def record(short) -> Record:
    """The short run's record, to tamper with."""
    return copy.deepcopy(short[1])


def test_a_cinema_under_fire_sells_no_seat_twice_and_loses_nothing(short):
    run, record = short

    assert run.returncode == 0, run.stdout
    assert record.faults["kills"]
    assert connection.vendor == "sqlite" or (record.faults["restarts"] and record.faults["terminations"])
    assert {201, 303, 409} <= {answer.status for answer in record.answers}


def test_without_locks_and_constraints_seats_are_sold_twice(tmp_path):
    for seed in range(3):  # who meets whom is up to the machine
        options = ["--unlocked", "--rush", "--shows", "1", "--requests", "350", *QUIET, "--seed", str(seed)]
        run, record = under_fire(tmp_path / f"{seed}.pickle", *options)
        assert run.returncode == 1
        if any(checks.sold_once(record)):
            return
    pytest.fail("Without locks and constraints no seat was sold twice.")


@pytest.mark.only("postgresql")
def test_a_database_that_answers_before_it_writes_loses_bookings(tmp_path):
    options = ["--forgetful", "--rush", "--requests", "300", *QUIET, "--restarts", "1", "--seed", str(SEED)]

    run, record = under_fire(tmp_path / "forgetful.pickle", *options)

    assert run.returncode == 1
    assert any(checks.nothing_lost(record))


def test_a_seat_on_two_tickets_is_found(record):
    seat, ticket = record.books.lines[0]
    record.books.lines.append((seat, next(other for _, other in record.books.lines if other != ticket)))

    assert any(checks.sold_once(record))


def test_a_paid_ticket_that_is_gone_is_found(record):
    code = record.books.lines[0][1]
    record.books.tickets[code] = record.books.tickets[code]._replace(status="EXPIRED")

    assert any(checks.nothing_lost(record))


def test_a_payment_the_gateway_forgot_is_found(record):
    paid = next(code for code, result in checks.decided(record.answers).items() if result == "PAID")
    del record.books.charges[paid]

    assert any(checks.nothing_lost(record))


def test_a_seat_that_was_changed_behind_the_ledger_is_found(record):
    seats = next(iter(record.books.seats.values()))
    seat, status = next(iter(seats.items()))
    seats[seat] = "BLOCKED" if status == "AVAILABLE" else "AVAILABLE"

    assert any(checks.ledger_explains(record))


def replace(record: Record, answer: Answer, **changes: object) -> None:
    record.answers[record.answers.index(answer)] = answer._replace(**changes)


def test_two_answers_given_in_the_other_order_are_found(record):
    holds = [answer for answer in record.answers if answer.what == "hold" and answer.saw.get("hold")]
    pairs = [(one, other) for one in holds for other in holds if one.show == other.show]
    early, late = max(pairs, key=lambda pair: pair[1].begin - pair[0].end)  # who holds where is up to the machine
    assert late.begin > early.end + 1
    replace(record, early, begin=late.begin, end=late.end)
    replace(record, late, begin=early.begin, end=early.end)

    assert any(checks.one_order(record))


def last_map(record: Record) -> Answer:
    """The last seat map that shows a revision."""
    maps = [answer for answer in record.answers if answer.saw.get("revision")]
    return max(maps, key=lambda answer: answer.saw["revision"])


def test_a_map_that_shows_a_sold_seat_as_free_is_found(record):
    answer = last_map(record)
    states = answer.saw["states"]
    states[next(seat for seat, state in states.items() if state == "sold")] = "free"

    assert any(checks.one_order(record))


def test_a_map_that_is_older_than_an_earlier_answer_is_found(record):
    answer = last_map(record)
    later = answer._replace(begin=answer.end + 1, end=answer.end + 2, saw=answer.saw | {"revision": 1})
    record.answers.append(later)

    assert any(checks.one_order(record))


def test_a_refusal_of_a_seat_that_was_free_is_found(record):
    show = last_map(record).show
    seat = min(record.books.seats[show])
    before = Answer("somebody", "hold", show, 0, 1, 409, {"seats": [seat]}, {"gone": [seat]})  # any change of it
    record.answers.append(before)

    assert any(checks.one_order(record))


def paid_anew(record: Record) -> Answer:
    answer = next(answer for answer in record.answers if answer.asked.get("key") and answer.saw.get("payment"))
    return answer._replace(saw={"payment": "another"})


def a_cent_more(record: Record) -> None:
    refund = record.books.refunds[0]
    record.books.refunds[0] = refund._replace(amount=refund.amount + CENT)


def gateway_pays_more(record: Record) -> None:
    charge = next(charge for charge in record.books.charges.values() if charge.refunds)
    key = next(iter(charge.refunds))
    charge.refunds[key] += CENT


def log(record: Record, text: str) -> None:
    record.log += text


@pytest.mark.parametrize(
    ("check", "tamper"),
    [
        (checks.one_payment_a_key, lambda record: record.answers.append(paid_anew(record))),
        (checks.money_adds_up, a_cent_more),
        (checks.money_adds_up, gateway_pays_more),
        (checks.no_mistakes, lambda record: record.answers.append(record.answers[0]._replace(status=500))),
        (checks.no_mistakes, lambda record: log(record, "Traceback (most recent call last):\n  x\nValueError: no\n")),
        (checks.never_locked, lambda record: log(record, "OperationalError: database is locked\n")),
    ],
    ids=["second payment", "refund a cent off", "gateway a cent off", "500", "traceback", "locked"],
)
def test_tampering_is_found(record, check: Callable, tamper: Callable):
    assert not any(check(record))

    tamper(record)

    assert any(check(record))
