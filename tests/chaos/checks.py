"""What must be true after a run. Each check returns the faults it found, as sentences."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from tests.chaos import actions, admissions, drawers, order, printing
from tests.chaos.books import RECEIVED, Back, Books, Charged
from tests.chaos.history import BROKEN, Answer
from tests.chaos.record import Kind, Record
from tests.chaos.timeline import NEW, Timeline
from tests.chaos.wire import LOCKED

DONE, OWED = "DONE", ("PENDING", "FAILED")
BY_OTHERS = ("GOODWILL", "AT_PROVIDER")  # refunds after which the ticket keeps its seats
# What ends a request while the database or a worker goes away is that a connection is lost, or cannot be had.
EXPECTED = re.compile(
    r"(django\.db\.utils|psycopg2(\.errors)?)\.\w+: ("
    r"server closed the connection unexpectedly|connection already closed|connection to server on socket \S+ failed: "
    r"|could not (receive data from|send data to) server|SSL connection has been closed unexpectedly"
    r"|terminating connection due to (administrator|immediate shutdown) command)"
    r"|asyncio\.exceptions\.CancelledError|ConnectionResetError"
)
DEADLOCK = "deadlock detected"
# What a fault does to requests: a worker's end breaks them off, the database's absence has them answered with 503.
EFFECT = {Kind.KILL: BROKEN, Kind.RESTART: 503, Kind.TERMINATION: 503}
RECOVERY = 2  # seconds after a fault; on a busy machine it was less than half a second
TRACEBACK = "Traceback (most recent call last):\n"
CHAINED = ("The above exception was the direct cause of", "During handling of the above exception")

Check = Callable[[Record], Iterator[str]]


def sold_once(record: Record) -> Iterator[str]:
    """No seat is on two confirmed tickets."""
    for seat, count in Counter(seat for seat, _ticket in record.books.lines).items():
        if count > 1:
            yield f"seat {seat} is sold {count} times"


def nothing_lost(record: Record) -> Iterator[str]:
    """Every payment that was made or confirmed has a ticket, or was refunded in full with a reason."""
    books = record.books
    returned = _returned(books)
    paid = {code for code, charge in books.charges.items() if charge.status == "PAID"}
    for code, result in decided(record.answers).items():
        if code not in books.charges:
            yield f"the gateway took an order for {code}, but its books do not know it"
        elif result == "PAID" and code not in paid:
            yield f"{code} was paid at the gateway, but its books say {books.charges[code].status}"
    for code in paid:
        payment = books.payments.get(code)
        if payment is None or payment.status not in RECEIVED:
            yield f"{code} is paid at the gateway, but here it is {payment and payment.status}"
        elif books.tickets[payment.ticket].status != "CONFIRMED" and returned[code] != payment.amount:
            yield f"{code} was paid, its ticket is {books.tickets[payment.ticket].status}, {returned[code]} went back"
    yield from _tickets_told(record.answers, books, returned)


def decided(answers: Sequence[Answer]) -> dict[str, str]:
    """The first decision about each charge on the test gateway's page, if that request was answered."""
    decided: dict[str, str] = {}
    for answer in answers:
        if answer.what == "at the gateway":
            result = "DECLINED" if answer.asked["decision"] == "decline" else "PAID"
            decided.setdefault(answer.asked["payment"], result if answer.status == 303 else "UNKNOWN")
    return {code: result for code, result in decided.items() if result != "UNKNOWN"}


def _tickets_told(answers: Sequence[Answer], books: Books, returned: dict[str, Decimal]) -> Iterator[str]:
    told = {answer.saw["ticket"] for answer in answers if answer.what == "coming back" and answer.saw.get("ticket")}
    told |= {books.code_of(answer.saw["reference"]) for answer in answers if answer.saw.get("status") == "CONFIRMED"}
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for code, payment in books.payments.items():
        if payment.status in RECEIVED:
            paid[payment.ticket] += payment.amount - returned[code]
    for code in told:
        ticket = books.tickets.get(code)
        if ticket is None:
            yield f"somebody was told of ticket {code}, which there is not"
        elif ticket.status != "CONFIRMED" and paid[code]:
            yield f"somebody was told of ticket {code}; it is {ticket.status}, and {paid[code]} is kept"
        elif ticket.status == "PENDING" or ticket.status == "EXPIRED":
            yield f"somebody was told of ticket {code}, which is {ticket.status}"


def _returned(books: Books) -> dict[str, Decimal]:
    """What was refunded of each payment, with a reason."""
    returned: dict[str, Decimal] = defaultdict(Decimal)
    for refund in books.refunds:
        returned[refund.payment] += refund.amount if refund.reason else 0
    return returned


def ledger_explains(record: Record) -> Iterator[str]:
    """check_ledger finds nothing, and a replay of the ledger ends at the present seats."""
    books = record.books
    yield from books.ledger
    for show, seats in books.seats.items():
        hall = Timeline(books.events.get(show, [])).halls[-1]
        for seat, status in seats.items():
            if hall.get(seat, NEW).status != status:
                yield f"seat {seat} is {status}, by the ledger {hall.get(seat, NEW).status}"


def one_order(record: Record) -> Iterator[str]:
    """One order of events explains every answer."""
    yield from order.faults(record.answers, record.books)


def all_actions_done(record: Record) -> Iterator[str]:
    """Every confirmed action is in the database."""
    yield from actions.faults(record.answers, record.books)


def soon_well_again(record: Record) -> Iterator[str]:
    """Requests failed, or got 503, only during a fault or shortly after it."""
    for answer in record.answers:
        unpaid = answer.saw.get("unpayable") or answer.saw.get("unanswered")
        if unpaid and any(answer.begin - RECOVERY <= at <= answer.end for at in record.trouble):
            continue
        if answer.status in (BROKEN, 503) and not any(
            EFFECT[hit.kind] == answer.status and hit.begin <= answer.end and answer.begin <= hit.end + RECOVERY
            for hit in record.hits
        ):
            how = "answered with 503" if answer.status else "not answered"
            yield f"{answer.who}, {answer.what} at {answer.begin:.1f}: {how}, and nothing was wrong"


def house_in_order(record: Record) -> Iterator[str]:
    """The server's own jobs have finished everything that was left open."""
    yield from record.undone


def one_payment_a_key(record: Record) -> Iterator[str]:
    """The same key always led to the same payment."""
    payments: dict[str, set[str]] = defaultdict(set)
    for answer in record.answers:
        if answer.asked.get("key") and answer.saw.get("payment"):
            payments[answer.asked["key"]].add(answer.saw["payment"])
    yield from (f"key {key} led to {len(codes)} payments" for key, codes in payments.items() if len(codes) > 1)


def money_adds_up(record: Record) -> Iterator[str]:
    """To the cent, for each ticket and in all: captured money is kept for seats, refunded or being refunded.

    The provider's refunds equal ours.
    """
    books = record.books
    captured: dict[str, Decimal] = defaultdict(Decimal)
    back: dict[str, Decimal] = defaultdict(Decimal)
    goodwill: dict[str, Decimal] = defaultdict(Decimal)
    ours: dict[str, list[Back]] = defaultdict(list)
    for refund in books.refunds:
        ours[refund.payment].append(refund)
        ticket = books.payments[refund.payment].ticket
        back[ticket] += refund.amount
        goodwill[ticket] += refund.amount if refund.reason in BY_OTHERS else 0
    for code, charge in books.charges.items():
        if charge.status == "PAID" and code in books.payments:
            captured[books.payments[code].ticket] += charge.amount
        yield from _refunds_differ(code, charge, ours[code], books)
        if sum(charge.refunds.values()) > (charge.amount if charge.status == "PAID" else 0):
            yield f"the provider refunded {sum(charge.refunds.values())} of {charge.amount} for {code}"
    for payment in books.payments.values():
        captured[payment.ticket] += payment.amount if payment.in_cash or payment.on_invoice else 0
    for code, ticket in books.tickets.items():
        due = ticket.price - goodwill[code] if ticket.status == "CONFIRMED" else Decimal(0)
        if captured[code] != due + back[code]:
            yield f"ticket {code}: {captured[code]} captured, {due} kept for its seats, {back[code]} refunded"


def accounts_balance(record: Record) -> Iterator[str]:
    """The accounts of each payment say what the provider says: it has what it captured and did not refund.

    All of it is allocated, and nothing is owed any more. All in all it owes what the ledger says.
    """
    books, credits = record.books, defaultdict[tuple[str, str], Decimal](Decimal)
    for payment, debit, credit, amount in books.transfers:
        credits[payment, credit] += amount
        credits[payment, debit] -= amount
    for code, charge in books.charges.items():
        held = charge.amount - sum(charge.refunds.values()) if charge.status == "PAID" else Decimal(0)
        held += sum(_unbooked(code, books).values()) - sum(dispute.amount for dispute in charge.disputes)
        if (booked := -credits[code, f"clearing:{charge.gateway}"]) != held:
            yield f"the provider has {held} for {code}, its account {booked}"
    for (code, account), amount in credits.items():
        if account in ("orders", "refunds") and amount:
            yield f"{amount} for {code} is left on the account {account}"
    for gateway, owed in books.owed.items():
        mine = {code for code, charge in books.charges.items() if charge.gateway == gateway}
        more = sum(sum(_unbooked(code, books).values()) for code in mine)
        if (booked := books.clearing.get(f"clearing:{gateway}", Decimal(0))) != owed + more:
            yield f"{gateway} owes {owed}, {more} of its refunds is not booked, and its account has {booked}"


def drawers_are_right(record: Record) -> Iterator[str]:
    """The drawer has what the answers say that was put into it and taken out of it."""
    yield from drawers.faults(record.answers, record.books)


def printed_once(record: Record) -> Iterator[str]:
    """Every job of the receipt printer came out once at most, and each sale at the till has one."""
    yield from printing.faults(record.answers, record.books)


def admitted_once(record: Record) -> Iterator[str]:
    """Every scan was kept once, and nobody was let in where somebody sits."""
    yield from admissions.faults(record.answers, record.books)


def differences_are_kept(record: Record) -> Iterator[str]:
    """Whatever a provider refunded and we have not booked is an incident, and there is no other incident, but of
    refunds that a bank sent back afterwards.
    """
    books = record.books
    known = {(incident.payment, incident.kind, incident.reported) for incident in books.incidents}
    due = {
        (code, "OVER_REFUND", f"{amount:.2f} INR")
        for code in books.charges
        for amount in _unbooked(code, books).values()
    }
    yield from (f"no incident says that {amount} was refunded for {code}" for code, _, amount in due - known)
    failed = {
        (code, "OVER_REFUND", f"{amount:.2f} INR") for code, one in books.charges.items() for amount in one.failed
    }
    yield from (f"an incident says of {code}: {kind}, {said}" for code, kind, said in known - due - failed)


def _unbooked(code: str, books: Books) -> dict[str, Decimal]:
    """What a provider refunded for a payment and we have not booked."""
    known = {refund.code for refund in books.refunds if refund.payment == code}
    return {name: amount for name, amount in books.charges[code].refunds.items() if name not in known}


def _refunds_differ(code: str, charge: Charged, ours: Sequence[Back], books: Books) -> Iterator[str]:
    known, theirs = {refund.code: refund for refund in ours}, charge.refunds
    said = [incident.reported for incident in books.incidents if incident.payment == code]
    for key, amount in theirs.items():
        if (key not in known or known[key].amount != amount) and f"{amount:.2f} INR" not in said:
            yield f"the provider refunded {amount} for {code}, we {known[key].amount if key in known else 'nothing'}"
    for key, refund in known.items():
        if refund.status == DONE and key not in theirs:
            yield f"{refund.amount} is marked as refunded for {code}, the provider does not know of it"
        if refund.status in OWED:
            yield f"{refund.amount} for {code} is still on its way back"


def no_mistakes(record: Record) -> Iterator[str]:
    """No 500, and nothing in the log that a lost database or worker does not explain."""
    for answer in record.answers:
        if answer.status >= 500 and answer.status != 503:
            yield f"{answer.who}, {answer.what}: {answer.status}"
    yield from (f"in the log: {error}" for error in _errors(record.log) if not EXPECTED.match(error))
    yield from [f"in PostgreSQL's log: {DEADLOCK}"] * record.database_log.count(DEADLOCK)


def _errors(log: str) -> Iterator[str]:
    """The last line of each traceback; of a chained one, the last traceback."""
    for part in log.split(TRACEBACK)[1:]:
        if not any(words in part for words in CHAINED):
            yield next((line for line in part.splitlines() if line[:1].strip()), "")


def never_locked(record: Record) -> Iterator[str]:
    """SQLite never timed out waiting for a lock."""
    yield from [f"{answer.who}, {answer.what}: {LOCKED}" for answer in record.answers if answer.saw.get("locked")]
    yield from [f"in the log: {LOCKED}"] * record.log.count(LOCKED)


CHECKS: dict[str, Check] = {
    "seats sold twice": sold_once,
    "paid bookings lost": nothing_lost,
    "seats the ledger does not explain": ledger_explains,
    "answers no order of events explains": one_order,
    "actions answered, but not done": all_actions_done,
    "requests lost without a reason": soon_well_again,
    "things left undone": house_in_order,
    "keys that paid twice": one_payment_a_key,
    "money that does not add up": money_adds_up,
    "accounts that do not balance": accounts_balance,
    "cash that is not in the drawer": drawers_are_right,
    "slips printed twice or lost": printed_once,
    "scans that do not add up": admitted_once,
    "differences nobody is told of": differences_are_kept,
    "mistakes of ours": no_mistakes,
    "“database is locked”": never_locked,
}


def all_of(record: Record) -> dict[str, list[str]]:
    """What each check found."""
    return {name: list(check(record)) for name, check in CHECKS.items()}
