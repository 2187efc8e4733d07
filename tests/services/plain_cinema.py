"""The rules of booking once more, in plain dicts: naive, without a database, sharing no line with the services.

Time is counted in minutes that pass only when told to. A hold whose time is over is over at once: whether its
seats were swept up already is the services' own business. Each question ``…_refusal`` returns the code of the
exception expected, or ""; each step below assumes that there is none.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

HOLD_MINUTES, HOLD_MAX_MINUTES = 10, 30


@dataclass
class PlainHold:
    buyer: str
    age: int = 0
    left: int = HOLD_MINUTES
    over: bool = False


@dataclass
class PlainTicket:
    hold: str
    seats: frozenset[str]
    amount: Decimal
    state: str = "unpaid"  # -> confirmed -> cancelled


@dataclass
class PlainPayment:
    ticket: int
    amount: Decimal
    mode: str
    state: str = "PENDING"  # -> REPLACED -> FAILED -> SUCCESS
    returned: Decimal = Decimal(0)


@dataclass
class PlainCinema:
    """One show. ``seats`` says who has a seat: the code of a hold, the key of a ticket, or nobody (no entry)."""

    prices: dict[str, Decimal]
    refund_percent: int
    started: bool = False
    show_cancelled: bool = False
    seats: dict[str, str | int] = field(default_factory=dict)
    holds: dict[str, PlainHold] = field(default_factory=dict)
    tickets: dict[int, PlainTicket] = field(default_factory=dict)
    payments: dict[str, PlainPayment] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)  # what has happened, to know what a test was worth

    # Holds

    def living_hold(self, buyer: str) -> str | None:
        for code, hold in self.holds.items():
            if (hold.buyer, hold.over) == (buyer, False):
                return code
        return None

    def seats_of(self, owner: str | int) -> set[str]:
        return {name for name, has in self.seats.items() if has == owner}

    def taken(self, buyer: str, wanted: Iterable[str]) -> set[str]:
        mine = self.living_hold(buyer)
        return {name for name in wanted if self.seats.get(name, mine) != mine}

    def hold_refusal(self, buyer: str, wanted: Iterable[str]) -> str:
        if self.taken(buyer, wanted):
            return "seats_unavailable"
        return "not_on_sale" if self.started or self.show_cancelled else ""

    def hold(self, code: str, buyer: str, wanted: Iterable[str]) -> None:
        assert self.living_hold(buyer) in (code, None), "a second hold beside a living one"
        self.seen["a hold was changed" if code in self.holds else "seats were held"] += 1
        self.holds.setdefault(code, PlainHold(buyer))
        self._free(code)
        self.seats |= dict.fromkeys(wanted, code)

    def living_refusal(self, code: str, buyer: str) -> str:
        hold = self.holds[code]
        return "hold_expired" if hold.over or hold.buyer != buyer else ""

    def extend_refusal(self, code: str, buyer: str) -> str:
        hold = self.holds[code]
        at_limit = "hold_at_its_limit" if hold.age + hold.left >= HOLD_MAX_MINUTES else ""
        return self.living_refusal(code, buyer) or at_limit

    def extend(self, code: str) -> None:
        hold = self.holds[code]
        hold.left = min(HOLD_MINUTES, HOLD_MAX_MINUTES - hold.age)

    def end_hold(self, code: str) -> None:
        self.holds[code].over = True
        self._free(code)

    def pass_time(self, code: str, minutes: int) -> None:
        hold = self.holds[code]
        hold.age, hold.left = hold.age + minutes, hold.left - minutes
        if hold.left <= 0 and not hold.over:
            self.seen["a hold ran out"] += 1
            self.end_hold(code)

    # Tickets and money

    def check_out_refusal(self, code: str, buyer: str, seen: Decimal) -> str:
        paid = any(t.hold == code and t.state == "confirmed" for t in self.tickets.values())
        if over := self.living_refusal(code, buyer):
            return "already_paid" if paid and self.holds[code].buyer == buyer else over
        if self.show_cancelled:
            return "not_on_sale"
        return "price_changed" if seen != self.total(code) else ""

    def total(self, code: str) -> Decimal:
        return sum((self.prices[name] for name in self.seats_of(code)), Decimal(0))

    def check_out(self, code: str, ticket: int, payment: str, mode: str) -> None:
        new = PlainTicket(code, frozenset(self.seats_of(code)), self.total(code))
        assert self.tickets.setdefault(ticket, new) == new, "the ticket is not for the seats held"
        for key, other in self.payments.items():
            if (other.ticket, other.state) == (ticket, "PENDING"):
                if other.mode == mode:
                    assert payment == key, "a second payment was opened beside an open one"
                    self.seen["an open payment was found again"] += 1
                    return
                self.seen["a payment was replaced"] += 1
                other.state = "REPLACED"
        assert payment not in self.payments, "a payment was made before"
        self.payments[payment] = PlainPayment(ticket, new.amount, mode)

    def decline(self, code: str) -> None:
        if self.payments[code].state in ("PENDING", "REPLACED"):
            self.payments[code].state = "FAILED"

    def pay(self, code: str) -> None:
        payment = self.payments[code]
        if payment.state == "SUCCESS":
            self.seen["a report was repeated"] += 1
            return
        payment.state = "SUCCESS"
        ticket = self.tickets[payment.ticket]
        wrong = self._why_not(ticket)
        if wrong:
            self.seen[f"money came back: {wrong}"] += 1
            payment.returned = payment.amount
            return
        self.seen["paid too late but still booked" if self.holds[ticket.hold].over else "paid in time"] += 1
        ticket.state = "confirmed"
        self.seats |= dict.fromkeys(ticket.seats, payment.ticket)
        if not self.seats_of(ticket.hold):
            self.holds[ticket.hold].over = True

    def _why_not(self, ticket: PlainTicket) -> str:
        if ticket.state != "unpaid":
            return f"the ticket was {ticket.state}"
        if self.show_cancelled:
            return "the show was cancelled"
        owners = {self.seats.get(name) for name in ticket.seats}
        if owners == {ticket.hold}:
            return ""
        if self.started:
            return "the show had started"
        return "" if owners <= {ticket.hold, None} else "the seats were gone"

    def cancel_refusal(self, key: int) -> str:
        ticket = self.tickets[key]
        too_late = self.started and not self.show_cancelled  # a cancelled show gives its money back at any time
        return "not_cancellable" if ticket.state != "confirmed" or too_late else ""

    def cancel(self, key: int) -> None:
        self.seen["a ticket was cancelled"] += 1
        ticket = self.tickets[key]
        ticket.state = "cancelled"
        self._free(key)
        payment = next(p for p in self.payments.values() if p.ticket == key and p.state == "SUCCESS" and not p.returned)
        part = ticket.amount * (100 if self.show_cancelled else self.refund_percent) / 100
        payment.returned = part.quantize(Decimal("0.01"), ROUND_HALF_UP)

    def move_refusal(self, key: int, wanted: Iterable[str]) -> str:
        if self.cancel_refusal(key) or self.show_cancelled:
            return "not_movable"
        had, new = self.seats_of(key), set(wanted)
        if len(had) != len(new):
            return "other_seat_count"
        if any(self.seats.get(name, key) != key for name in new):
            return "seats_unavailable"
        return "other_price" if self._prices(had) != self._prices(new) else ""

    def move(self, key: int, wanted: Iterable[str]) -> None:
        if self.seats_of(key) != set(wanted):
            self.seen["a ticket was moved"] += 1
        self._free(key)
        self.seats |= dict.fromkeys(wanted, key)

    def _prices(self, names: Iterable[str]) -> list[Decimal]:
        return sorted(self.prices[name] for name in names)

    def _free(self, owner: str | int) -> None:
        self.seats = {name: has for name, has in self.seats.items() if has != owner}

    # What must be true of the sums

    @property
    def captured(self) -> Decimal:
        return sum((p.amount for p in self.payments.values() if p.state == "SUCCESS"), Decimal(0))

    @property
    def returned(self) -> Decimal:
        return sum((p.returned for p in self.payments.values()), Decimal(0))
