"""A short run under fire on each database, and the proof that every check of it can fail.

The controls without locks, without housekeeping, or with a database that forgets are runs of their own, each on one
database but with --both; for the others the record of the short run is tampered with.
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
from tests.chaos import actions, admissions, checks, drawers, order, printing
from tests.chaos.books import Held, Waited
from tests.chaos.history import BROKEN, Answer
from tests.chaos.record import Hit, Kind, Record

# A run takes half a minute, and several on a machine that does much else. On PostgreSQL test_providers.py plays one.
pytestmark = [pytest.mark.site, pytest.mark.mainly("sqlite"), pytest.mark.timeout(900)]

SEED = 7
LEAST = {"bookings": 5, "full": 1, "holds": 20, "maps": 20, "moves": 1, "refusals": 40}  # of a short run's answers
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
    assert record.faults[Kind.KILL]
    assert connection.vendor == "sqlite" or (record.faults[Kind.RESTART] and record.faults[Kind.TERMINATION])
    assert {201, 303, 409} <= {answer.status for answer in record.answers}


def test_there_is_much_to_judge(short):
    _, record = short
    seen, done = order.judged(record.answers), actions.judged(record.answers)

    assert {kind: seen[kind] for kind, least in LEAST.items() if seen[kind] < least} == {}
    assert done["release"] and done["cancellation"] and done["block"]
    assert done.total() >= 15
    assert admissions.judged(record.answers)["go"] >= 3
    assert drawers.sales(record.answers)
    assert printing.printed(record.answers)


@pytest.mark.nightly
def test_without_locks_and_constraints_seats_are_sold_twice(tmp_path):
    crowd = ["--rush", "--shows", "1", "--clients", "10", "--requests", "1500"]  # two hundred are mostly enough
    for seed in range(3):  # who meets whom is up to the machine
        options = ["--unlocked", *crowd, *QUIET, "--seed", str(seed)]
        run, record = under_fire(tmp_path / f"{seed}.pickle", *options)
        assert run.returncode == 1
        if any(checks.sold_once(record)):
            return
    pytest.fail("Without locks and constraints no seat was sold twice.")


@pytest.mark.nightly
@pytest.mark.only("postgresql")
def test_a_database_that_answers_before_it_writes_loses_bookings(tmp_path):
    options = ["--forgetful", "--rush", "--requests", "300", *QUIET, "--restarts", "1", "--seed", str(SEED)]

    run, record = under_fire(tmp_path / "forgetful.pickle", *options)

    assert run.returncode == 1
    assert any(checks.nothing_lost(record))


@pytest.mark.nightly
def test_a_server_that_does_no_housekeeping_leaves_things_undone(tmp_path):
    run, record = under_fire(tmp_path / "untidy.pickle", "--untidy", "--requests", "150", *QUIET, "--seed", str(SEED))

    assert run.returncode == 1
    assert any(checks.house_in_order(record))


def test_a_seat_on_two_tickets_is_found(record):
    seat, ticket = record.books.lines[0]
    record.books.lines.append((seat, next(other for _, other in record.books.lines if other != ticket)))

    assert any(checks.sold_once(record))


def test_a_paid_ticket_that_is_gone_is_found(record):
    books = record.books
    # Not of a till, which has no charge.
    paid = (books.payments[code].ticket for code, charge in books.charges.items() if charge.status == "PAID")
    code = next(code for code in paid if books.tickets[code].status == "CONFIRMED")
    books.tickets[code] = books.tickets[code]._replace(status="EXPIRED")

    assert any(checks.nothing_lost(record))


def test_a_payment_unknown_to_the_provider_is_found(record):
    paid = next(code for code, result in checks.decided(record.answers).items() if result == "PAID")
    del record.books.charges[paid]

    assert any(checks.nothing_lost(record))


def test_a_seat_that_was_changed_behind_the_ledger_is_found(record):
    seats = next(iter(record.books.seats.values()))
    seat, status = next(iter(seats.items()))
    seats[seat] = "BLOCKED" if status == "AVAILABLE" else "AVAILABLE"

    assert any(checks.ledger_explains(record))


@pytest.mark.parametrize("account", ["clearing:sandbox", "orders"])
def test_an_amount_that_was_changed_behind_the_accounts_is_found(record, account):
    transfers = record.books.transfers
    number = next(n for n, one in enumerate(transfers) if account in one)
    transfers[number] = transfers[number]._replace(amount=transfers[number].amount + CENT)

    assert any(checks.accounts_balance(record))


def test_an_entry_that_was_lost_is_found(record):
    record.books.transfers.pop()

    assert any(checks.accounts_balance(record))


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
    show, seat, at = not_wanted_yet(record)
    record.answers.append(
        Answer("somebody", "hold", show, at - 0.1, at + 0.1, 409, {"seats": [seat]}, {"gone": [seat]})
    )

    assert any(checks.one_order(record))


def not_wanted_yet(record: Record) -> tuple[int, int, float]:
    """A show, a seat of it and a moment of the run before which nobody held, bought, blocked or waited for the seat."""
    blocked = {seat for block in record.books.blocks.values() for seat in block.seats}
    waited_for = {waited.show for waited in record.books.waited.values()}
    maps = sorted((answer for answer in record.answers if "states" in answer.saw), key=lambda answer: answer.begin)
    for answer in [*maps[len(maps) // 3 :], *maps]:
        wanted = blocked | {event.seat for event in record.books.events[answer.show] if event.at < answer.end + 1}
        if answer.show not in waited_for and (free := answer.saw["states"].keys() - wanted):
            return answer.show, min(free), answer.end
    pytest.fail("Every seat was wanted by somebody.")


def test_a_cancellation_that_was_answered_and_then_lost_is_found(record):
    answer = next(a for a in record.answers if a.what == "cancellation" and a.status == 302)
    ticket = record.books.tickets[answer.asked["ticket"]]
    record.books.tickets[answer.asked["ticket"]] = ticket._replace(status="CONFIRMED")

    assert any(checks.all_actions_done(record))


def test_a_release_that_was_answered_and_then_lost_is_found(record):
    answer = next(a for a in record.answers if a.what == "release" and a.status == 303)
    lost = {event for event in record.books.events[answer.show] if event.hold == answer.asked["hold"]}
    record.books.events[answer.show] = [e for e in record.books.events[answer.show] if e not in lost]

    assert any(checks.all_actions_done(record))


def test_a_move_to_seats_that_the_ticket_never_had_is_found(record):
    answer = next(answer for answer in record.answers if order.kind_of(answer) == "moves")
    replace(record, answer, asked=answer.asked | {"seats": [0]})

    assert any(checks.one_order(record))


@pytest.mark.parametrize(
    ("what", "asked", "saw"),
    [
        ("extension", {"hold": "held"}, {}),
        ("staff cancel", {}, {}),
        ("cancellation at the till", {}, {}),
        ("paying out", {"refund": "unknown"}, {}),
        ("staff refund of a seat", {"seats": [0]}, {}),
        ("staff exchange", {"to": 0}, {}),
        ("staff goodwill", {"action": "key", "amount": "9999.00"}, {}),
        ("block", {}, {"block": "0"}),
        ("unblock", {"block": "0"}, {}),
        ("cancelling", {}, {}),
        ("leaving the list", {"waiting": "code"}, {}),
        ("checkout", {}, {"payment": "unknown"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_action_that_was_confirmed_but_not_done_is_found(record, what, asked, saw):
    ticket = next(code for code, ticket in record.books.tickets.items() if ticket.status == "CONFIRMED")
    record.books.holds["held"] = Held(0, 15.0, 15.0)
    record.books.waited["code"] = Waited(0, 1, "WAITING", 0.0)
    assert not any(checks.all_actions_done(record))

    at = record.answers[-1].end
    asked = {"ticket": ticket, "reference": record.books.tickets[ticket].reference} | asked
    record.answers.append(Answer("somebody", what, 0, at, at + 1, 303, asked, saw))

    assert any(checks.all_actions_done(record))


@pytest.mark.parametrize("status", [503, BROKEN])
@pytest.mark.parametrize("kind", Kind)
def test_a_request_is_lost_only_while_something_is_wrong_that_explains_it(record, kind, status):
    at = max(hit.end for hit in record.hits) + 100
    record.hits.append(Hit(kind, at, at + 1))
    explained = status == checks.EFFECT[kind]

    record.answers.append(Answer("somebody", "hold", 1, at + 2, at + 3, status, {}, {}))
    assert any(checks.soon_well_again(record)) is not explained

    record.answers[-1] = record.answers[-1]._replace(begin=at + 5, end=at + 6)
    assert any(checks.soon_well_again(record))


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


def scan_lost(record: Record) -> None:
    told = next(answer.asked["scan"] for answer in record.answers if answer.saw.get("tone"))
    record.books.scans = [scan for scan in record.books.scans if scan.key != told]


def admitted_again(record: Record) -> None:
    """Somebody is let in at once where somebody was let in, at another door."""
    others = admissions.unplaced(record.books)
    scan = next(one for one in record.books.scans if one.outcome == "ADMITTED" and one.ticket not in others)
    place = record.books.scans.index(scan) + 1
    answer = next(a for a in record.answers if a.asked.get("scan") == scan.key and a.saw.get("tone"))
    record.books.scans.insert(place, scan._replace(pk=10**9, key="another"))
    record.answers.append(answer._replace(asked={"scan": "another"}))


def cash_lost(record: Record) -> None:
    account = next(iter(record.books.floats))
    record.books.clearing[account] -= CENT


def printed_again(record: Record) -> None:
    """A job comes out a second time."""
    slip = printing.printed(record.answers)[0]
    record.answers.append(slip._replace(who="another printer"))


def offered_again(record: Record) -> None:
    slip = printing.printed(record.answers)[0]
    poll = next(answer for answer in record.answers if answer.what == "printer polls" and answer.saw)
    record.answers.append(poll._replace(begin=slip.end + 1, saw={"job": slip.asked["job"]}))


def sale_not_printed(record: Record) -> None:
    known = record.books.payments[drawers.sales(record.answers)[0].saw["payment"]]
    record.books.prints = {code: job for code, job in record.books.prints.items() if job.ticket != known.ticket}


def error(text: str) -> Callable[[Record], None]:
    """Somebody's log ends with this error."""

    def tamper(record: Record) -> None:
        record.log += f"Traceback (most recent call last):\n  x\n{text}\n"

    return tamper


def database_error(record: Record) -> None:
    record.database_log += "ERROR:  deadlock detected\n"


@pytest.mark.parametrize(
    ("check", "tamper"),
    [
        (checks.one_payment_a_key, lambda record: record.answers.append(paid_anew(record))),
        (checks.money_adds_up, a_cent_more),
        (checks.money_adds_up, gateway_pays_more),
        (checks.admitted_once, scan_lost),
        (checks.admitted_once, admitted_again),
        (checks.drawers_are_right, cash_lost),
        (checks.printed_once, printed_again),
        (checks.printed_once, offered_again),
        (checks.printed_once, sale_not_printed),
        (checks.no_mistakes, lambda record: record.answers.append(record.answers[0]._replace(status=500))),
        (checks.no_mistakes, error("ValueError: no")),
        (checks.no_mistakes, error("django.db.utils.OperationalError: no such column: cinema_show.version")),
        (checks.no_mistakes, error("django.db.utils.OperationalError: deadlock detected")),
        (checks.no_mistakes, error("cinema.exceptions.database.DatabaseBusy: Too many people")),
        (checks.no_mistakes, database_error),
        (checks.never_locked, error("django.db.utils.OperationalError: database is locked")),
    ],
    ids=[
        "second payment",
        "refund a cent off",
        "gateway a cent off",
        "scan lost",
        "admitted twice",
        "cash a cent short",
        "printed twice",
        "offered again",
        "sale without a slip",
        "500",
        "traceback",
        "no column",
        "deadlock",
        "busy",
        "deadlock that was tried again",
        "locked",
    ],
)
def test_tampering_is_found(record, check: Callable, tamper: Callable):
    assert not any(check(record))

    tamper(record)

    assert any(check(record))
