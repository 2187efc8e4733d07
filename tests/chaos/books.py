"""The database after a run as plain data, so that the checks need no database and tests can tamper with it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf
from typing import NamedTuple

RECEIVED = ("SUCCESS", "PART_REFUNDED", "REFUNDED", "DISPUTED")  # payments of these statuses brought money


class Event(NamedTuple):
    """A row of the seat ledger."""

    revision: int
    seat: int
    action: str
    from_status: str
    to_status: str
    hold: str
    ticket: str
    at: float


class Held(NamedTuple):
    """A hold: its show, start and end. It may have been extended, so ``first_end`` is the earliest end."""

    show: int
    first_end: float
    end: float


class Waited(NamedTuple):
    """A waiting-list entry: its status, its start and its end. The end is known only of an entry that got an offer."""

    show: int
    party: int
    status: str
    since: float
    until: float = inf


class Blocked(NamedTuple):
    """Seats at shows that a block keeps off sale, and whether it was lifted."""

    seats: frozenset[int]
    lifted: bool


class Sold(NamedTuple):
    """A ticket, its hold and the price of the seats it still has. ``reference`` is the short one."""

    show: int
    status: str
    hold: str
    reference: str
    price: Decimal


class Paid(NamedTuple):
    """A payment for a ticket, by a provider, in cash or on invoice."""

    ticket: str
    amount: Decimal
    status: str
    mode: str = "UPI"

    @property
    def in_cash(self) -> bool:
        return self.mode == "CASH" and self.status in RECEIVED

    @property
    def on_invoice(self) -> bool:
        return self.mode == "INVOICE" and self.status in RECEIVED


class Back(NamedTuple):
    """Money refunded for a payment, ``at_till`` in cash; or taken off an invoice."""

    payment: str
    code: str
    amount: Decimal
    reason: str
    status: str
    at_till: bool = False


class Transferred(NamedTuple):
    """An amount moved from one account to another, on account of a payment."""

    payment: str
    debit: str
    credit: str
    amount: Decimal


class Disputed(NamedTuple):
    """An amount that a provider withholds; its status is OPEN or LOST."""

    status: str
    amount: Decimal


class Charged(NamedTuple):
    """A provider's record of a payment; ``refunds`` by our codes, or by its own if they were made in its dashboard.

    Of the latter, ``failed`` are those that a bank sent back.
    """

    status: str
    amount: Decimal
    refunds: dict[str, Decimal]
    gateway: str
    disputes: list[Disputed]
    failed: Sequence[Decimal] = ()


class Scanned(NamedTuple):
    """A scan at the door as it was kept: ``earlier`` is the one that it undoes; seats are those on the ticket."""

    pk: int
    key: str
    ticket: str
    show: int
    direction: str
    outcome: str
    seats: Sequence[int]
    earlier: int
    at: float


class Printing(NamedTuple):
    """A job of a receipt printer, and the ticket that it prints, "" for none."""

    kind: str
    state: str
    ticket: str


class Incident(NamedTuple):
    """A difference that was kept for staff."""

    payment: str
    kind: str
    reported: str


@dataclass
class Books:
    """Everything that the checks read, by code: holds, waiting-list entries, tickets, payments and charges."""

    events: dict[int, list[Event]] = field(default_factory=lambda: defaultdict(list))  # by show, in order
    seats: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))  # by show: how each stands
    lines: list[tuple[int, str]] = field(default_factory=list)  # seats with their tickets, of confirmed ones
    holds: dict[str, Held] = field(default_factory=dict)
    waited: dict[str, Waited] = field(default_factory=dict)
    cancelled_shows: set[int] = field(default_factory=set)  # shows
    blocks: dict[str, Blocked] = field(default_factory=dict)  # by key
    tickets: dict[str, Sold] = field(default_factory=dict)
    payments: dict[str, Paid] = field(default_factory=dict)
    refunds: list[Back] = field(default_factory=list)
    charges: dict[str, Charged] = field(default_factory=dict)
    transfers: list[Transferred] = field(default_factory=list)  # the money ledger
    incidents: list[Incident] = field(default_factory=list)
    scans: list[Scanned] = field(default_factory=list)  # in order
    inside: dict[int, bool] = field(default_factory=dict)  # by seat on a ticket
    floats: dict[str, Decimal] = field(default_factory=dict)  # by account: what was in a drawer at first
    invoices_paid: dict[str, Decimal] = field(default_factory=dict)  # in cash, by the key of the request
    prints: dict[str, Printing] = field(default_factory=dict)  # by code
    owed: dict[str, Decimal] = field(default_factory=dict)  # by providers, as they say
    clearing: dict[str, Decimal] = field(default_factory=dict)  # by providers, as the ledger says
    ledger: list[str] = field(default_factory=list)  # what check_ledger says
    _codes: dict[str, str] = field(default_factory=dict)

    def code_of(self, reference: str) -> str:
        """The code of the ticket with this reference; "" for none."""
        if len(self._codes) != len(self.tickets):
            self._codes = {ticket.reference: code for code, ticket in self.tickets.items()}
        return self._codes.get(reference, "")


def read(charges: dict[str, Charged], owed: dict[str, Decimal]) -> Books:
    """Read the database, at rest, beside what the providers say."""
    from django.conf import settings
    from django.db.models import Q

    from cinema.models import (
        Hold,
        MoneyEntry,
        Payment,
        PaymentIncident,
        Refund,
        SeatBlock,
        SeatEvent,
        ShowCancellation,
        ShowSeat,
        Ticket,
        TicketSeat,
        WaitingEntry,
    )
    from cinema.selectors.figures.ledger import ledger_faults
    from cinema.selectors.money.receipts import receipt_faults

    books = Books(ledger=[*map(str, ledger_faults()), *receipt_faults()])
    events = SeatEvent.objects.order_by("show", "revision", "show_seat")
    columns = ["show", "revision", "show_seat", "action", "from_status", "to_status", "hold__code", "ticket__code"]
    for show, *facts, at in events.values_list(*columns, "at"):
        books.events[show].append(Event(*_plain(facts), at.timestamp()))
    for show, seat, status in ShowSeat.objects.values_list("show", "pk", "status"):
        books.seats[show][seat] = status
    for code, show, buyer, created, end in Hold.objects.values_list(
        "code", "show", "buyer", "created_at", "expires_at"
    ):
        minutes = settings.WAIT_OFFER_MINUTES if buyer.startswith("waiting ") else settings.HOLD_MINUTES
        books.holds[code] = Held(show, created.timestamp() + 60 * minutes, end.timestamp())
    waited = WaitingEntry.objects.values_list("code", "show", "party", "status", "created_at", "offered_at")
    for code, *facts, since, until in waited:
        books.waited[code] = Waited(*facts, since.timestamp(), until.timestamp() if until else inf)
    books.cancelled_shows = set(ShowCancellation.objects.values_list("show", flat=True))
    for block in SeatBlock.objects.all():
        days = Q() if block.until_day is None else Q(show__trading_day__lte=block.until_day)
        seats = ShowSeat.objects.filter(days, seat__blocks=block, show__trading_day__gte=block.from_day)
        books.blocks[str(block.pk)] = Blocked(
            frozenset(seats.values_list("pk", flat=True)), block.lifted_at is not None
        )
    prices: dict[str, Decimal] = defaultdict(Decimal)
    sold = TicketSeat.objects.filter(active=True, ticket__status=Ticket.Status.CONFIRMED)
    for seat, ticket, price in sold.values_list("show_seat", "ticket__code", "price"):
        books.lines.append((seat, ticket))
        prices[ticket] += price
    for code, *facts in Ticket.objects.values_list("code", "show", "status", "hold__code", "reference"):
        books.tickets[code] = Sold(*facts, prices[code])
    for code, *facts in Payment.objects.values_list("code", "order__tickets__code", "amount", "status", "mode"):
        books.payments[code] = Paid(*facts)
    theirs = {name for charge in charges.values() for name in charge.refunds}
    for payment, code, name, *facts, till in Refund.objects.values_list(
        "payment__code", "code", "provider_id", "amount", "reason", "status", "till_session"
    ):
        books.refunds.append(Back(payment, name if name in theirs else code, *facts, at_till=till is not None))
    books.charges, books.owed = charges, owed
    entries = MoneyEntry.objects.order_by("pk")
    for debit, credit, amount in entries.values_list("debit", "credit", "amount"):
        books.clearing[debit] = books.clearing.get(debit, Decimal(0)) + amount
        books.clearing[credit] = books.clearing.get(credit, Decimal(0)) - amount
    apart = [MoneyEntry.Kind.PROVIDER_FEE, MoneyEntry.Kind.PAYOUT]
    transfers = entries.exclude(kind__in=apart).values_list("payment__code", "debit", "credit", "amount")
    books.transfers = [Transferred(*facts) for facts in transfers]
    incidents = PaymentIncident.objects.order_by("pk").values_list("payment__code", "kind", "reported")
    books.incidents = [Incident(*facts) for facts in incidents]
    _read_door_and_till(books)
    return books


def _read_door_and_till(books: Books) -> None:
    from cinema.domain.accounts import drawer
    from cinema.models import CheckIn, InvoicePayment, PrintJob, TicketSeat, TillSession

    columns = ["pk", "key", "ticket__code", "show", "direction", "outcome", "seats", "earlier"]
    for *facts, at in CheckIn.objects.order_by("pk").values_list(*columns, "received_at"):
        books.scans.append(Scanned(*_plain(facts), at.timestamp()))
    books.inside = dict(TicketSeat.objects.values_list("pk", "inside"))
    for till, amount in TillSession.objects.values_list("till", "opening_float"):
        books.floats[drawer(till)] = amount
    books.invoices_paid = dict(InvoicePayment.objects.filter(way="CASH").values_list("key", "amount"))
    for code, *facts in PrintJob.objects.values_list("code", "kind", "state", "order__tickets__code"):
        books.prints[code] = Printing(*_plain(facts))


def _plain(facts: Iterable[object]) -> list:
    return ["" if fact is None else fact for fact in facts]
