"""Writes the rows of the demo's year: seats, holds, tickets, payments, refunds and ledgers of each show."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from cinema.demo.bulk import Batch, Rows, stamp, trust_keys
from cinema.demo.codes import code, reference
from cinema.demo.crowd import DemoSale, rows_of, sales
from cinema.demo.sales import FIRST_NAMES, LAST_NAMES
from cinema.demo.year_entries import Entries, PaidOrder, Refunded
from cinema.domain.allocation import SoldItem
from cinema.domain.folding import words_of_person
from cinema.domain.money import quantize, tax_in
from cinema.models import (
    Hold,
    Order,
    OrderLine,
    OrderWord,
    Payment,
    Refund,
    SandboxCharge,
    Screen,
    SeatEvent,
    Show,
    ShowCancellation,
    ShowSeat,
    Theatre,
    Ticket,
    TicketSeat,
)
from cinema.models.payments import PROVIDER_MODES
from cinema.selectors.booking.tax import taxes_at
from cinema.services.schedule.archiving import KEPT_FOR

MINUTE = timedelta(minutes=1)
CANCELLED_BEFORE = timedelta(hours=3)
REASON = "The projector broke down."
Status = ShowSeat.Status
Action, Actor = SeatEvent.Action, SeatEvent.Actor
# Plain strings, so that the value of an enumeration is not looked up for every row.
AVAILABLE, BOOKED = Status.AVAILABLE.value, Status.BOOKED.value


class YearHall:
    """A screen with its seats in order, and its rows with their appeal."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.seats = list(screen.seats.filter(retired_at=None).order_by("y", "x"))
        self.rows = rows_of(self.seats)


class TimedSale(NamedTuple):
    """A sale with its times. ``returned`` is the amount refunded if it is cancelled."""

    sale: DemoSale
    at: datetime
    cancelled_at: datetime | None
    lines: list[tuple[int, Decimal]]  # key of the ticket type and price of each seat
    amount: Decimal
    returned: Decimal


class PlannedShow(NamedTuple):
    """An unsaved show and its sales."""

    show: Show
    hall: YearHall
    sold: list[TimedSale]


class Sales:
    """Writes days of shows in the caller's transaction."""

    def __init__(self, theatre: Theatre) -> None:
        self.theatre = theatre
        self.now = timezone.now()
        self.taken = set(Ticket.objects.exclude(show__screen__theatre=theatre).values_list("reference", flat=True))
        self.taken |= set(Order.objects.exclude(theatre=theatre).values_list("reference", flat=True))
        self.seats = Batch(ShowSeat, "show seat status price tariff hold")
        self.holds = Batch(Hold, "code show buyer status created_at expires_at")
        self.tickets = Batch(
            Ticket,
            "code reference order show hold status amount cancel_cutoff refund_percent created_at confirmed_at "
            "cancelled_at kept",
        )
        self.orders = Batch(
            Order,
            "code reference theatre channel language currency status total user name email phone receipt_due "
            "created_at",
        )
        self.words = Rows(OrderWord, "order theatre word")
        self.lines = Batch(TicketSeat, "ticket show_seat price ticket_type tax_percent active")
        self.order_lines = Batch(
            OrderLine, "order kind ticket_seat quantity unit_price amount tax_percent tax reported_price"
        )
        self.payments = Batch(
            Payment, "code order mode gateway amount currency status key fingerprint created_at settled_at due_at"
        )
        self.charges = Batch(
            SandboxCharge,
            "reference description amount currency mode status report_at return_url webhook_url refunds changed_at",
        )
        self.refunds = Batch(
            Refund, "code payment ticket amount reason status created_at done_at due_at credit_note_due"
        )
        self.entries = Entries()
        self.events = Batch(
            SeatEvent, "show revision show_seat action from_status to_status actor user hold ticket reason at"
        )
        self.batches = [
            *(self.seats, self.holds, self.orders, self.tickets, self.lines, self.order_lines, self.payments),
            *(self.charges, self.refunds, self.entries, self.events, self.words),
        ]
        trust_keys()
        for batch in self.batches:
            batch.begin()

    def add_day(self, wanted: Iterable[tuple[Show, YearHall, int]]) -> None:
        """Save the shows with their seats and about so many sales (the int of each show), all before now."""
        planned = [PlannedShow(show, hall, list(self._sold(show, hall, seats))) for show, hall, seats in wanted]
        for plan in planned:
            _count(plan, self.now)
        Show.objects.bulk_create([plan.show for plan in planned])
        ShowCancellation.objects.bulk_create(
            ShowCancellation(
                show=plan.show, remedy=ShowCancellation.Remedy.REFUND, reason=REASON, created_at=at, done_at=at
            )
            for plan in planned
            if (at := _cancelled_at(plan.show))
        )
        for plan in planned:
            self._add_show(plan)
        for batch in self.batches:
            batch.write()

    def end(self) -> None:
        """Set the sequences of the tables after the last keys."""
        for batch in self.batches:
            batch.end()

    def _sold(self, show: Show, hall: YearHall, seats: int) -> Iterator[TimedSale]:
        rng = Random(f"{hall.screen.pk} {show.starts_at}")  # noqa: S311, nothing depends on it
        off = _cancelled_at(show)
        for sale in sales(hall.rows, seats, rng):
            at = show.starts_at - timedelta(seconds=sale.lead)
            if at > (off or self.now):
                continue
            lines = [
                show.prices[hall.seats[n].category_id, kind] for n, kind in zip(sale.seats, sale.kinds, strict=True)
            ]
            amount = sum((price for _, price in lines), Decimal(0))
            cancelled_at = None if sale.cancelled is None else show.starts_at - timedelta(seconds=sale.cancelled)
            returned = Decimal(0)
            if off and (cancelled_at is None or cancelled_at > off):
                cancelled_at, returned = off, amount
            elif cancelled_at and cancelled_at < self.now:
                returned = quantize(amount * self.theatre.refund_percent / 100)
            else:
                cancelled_at = None
            yield TimedSale(sale, at, cancelled_at, lines, amount, returned)

    def _add_show(self, plan: PlannedShow) -> None:
        show, keys = plan.show, self._add_seats(plan)
        rng = Random(show.pk)  # noqa: S311
        steps = []
        for bought in plan.sold:
            hold, ticket = self._add_ticket(show, bought, keys, rng)
            steps.append((bought.at, Action.BOOK.value, bought, hold, ticket))
            if bought.cancelled_at:
                steps.append((bought.cancelled_at, Action.CANCEL.value, bought, hold, ticket))
        steps.sort(key=lambda step: step[0])
        for revision, (at, action, bought, hold, ticket) in enumerate(steps, start=1):
            books, moment = action == Action.BOOK.value, stamp(at)
            change = (AVAILABLE, BOOKED, "GATEWAY") if books else (BOOKED, AVAILABLE, "BUYER")
            hold_of_event = hold if books else None
            for n in bought.sale.seats:
                self.events.add(show.pk, revision, keys[n], action, *change, None, hold_of_event, ticket, "", moment)

    def _add_seats(self, plan: PlannedShow) -> dict[int, int]:
        """Add the seats of a show (of an old one only those ever sold); return their keys by index."""
        show, sold = plan.show, {n for bought in plan.sold if not bought.cancelled_at for n in bought.sale.seats}
        keys = {}
        for n in _touched(plan.sold) if show.seats_dropped is not None else range(len(plan.hall.seats)):
            seat, status = plan.hall.seats[n], BOOKED if n in sold else AVAILABLE
            price = str(show.plain_prices[seat.category_id])
            keys[n] = self.seats.add(show.pk, seat.pk, status, price, show.tariff_id, None)
        return keys

    def _add_ticket(self, show: Show, bought: TimedSale, keys: dict[int, int], rng: Random) -> tuple[int, int]:
        """Add a ticket with its hold, seats and payment; return the keys of the hold and the ticket."""
        at, begun = stamp(bought.at), stamp(bought.at - 2 * MINUTE)
        kept, amount = not bought.cancelled_at, str(bought.amount)
        hold = self.holds.add(code(), show.pk, code(), "BOOKED", begun, stamp(bought.at + 8 * MINUTE))
        order, ticket = self._add_order(show, bought, hold, (begun, at), rng)
        taxes, sold = taxes_at(self.theatre, bought.at), []
        for n, (kind, price) in zip(bought.sale.seats, bought.lines, strict=True):
            percent = taxes.percent(OrderLine.Kind.SEAT, price)
            sold.append(SoldItem("SEAT", price, percent))
            seat, price_text = self.lines.add(ticket, keys[n], str(price), kind, str(percent), kept), str(price)
            tax = str(tax_in(price, percent))
            self.order_lines.add(order, "SEAT", seat, 1, price_text, price_text, str(percent), tax, price_text)
        payment, refund = self._add_money(bought, (order, ticket), amount, (begun, at), rng)
        self.entries.add_sale(PaidOrder(self.theatre.pk, order, payment, at), sold, refund)
        return hold, ticket

    def _add_order(
        self, show: Show, bought: TimedSale, hold: int, moments: tuple[str, str], rng: Random
    ) -> tuple[int, int]:
        """An order with its ticket; return the keys of both."""
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        mailbox = f"{first}.{last}{rng.randrange(1000)}".lower().replace("’", "")
        begun, at = moments
        over = stamp(bought.cancelled_at) if bought.cancelled_at else None
        while (name := reference(self.tickets.next_key)) in self.taken:
            self.tickets.next_key += 1
        person, amount = (f"{first} {last}", f"{mailbox}@demo.example"), str(bought.amount)
        order = self.orders.add(
            *(code(), name, self.theatre.pk, "WEB", settings.LANGUAGE_CODE, settings.CURRENCY),
            *("CANCELLED" if over else "PAID", amount, None, *person),
            *(f"+91 90{rng.randrange(10**3):03} {rng.randrange(10**5):05}", False, begun),
        )
        for word in words_of_person(*person):
            self.words.add(order, self.theatre.pk, word)
        ticket = self.tickets.add(
            *(code(), name, order, show.pk, hold, "CANCELLED" if over else "CONFIRMED", amount),
            *(self.theatre.cancel_cutoff, self.theatre.refund_percent, begun, at, over),
            str(bought.amount - bought.returned),
        )
        return order, ticket

    def _add_money(
        self, bought: TimedSale, keys: tuple[int, int], amount: str, moments: tuple[str, str], rng: Random
    ) -> tuple[int, Refunded | None]:
        """Add the payment of an order and the refund of its ticket, and return them; ``keys`` are those of both."""
        (order, ticket), (begun, at) = keys, moments
        secret, mode = code(), rng.choice(PROVIDER_MODES)
        status = "SUCCESS"
        if bought.returned:
            status = "REFUNDED" if bought.returned >= bought.amount else "PART_REFUNDED"
        payment = self.payments.add(
            *(secret, order, mode, "sandbox", amount, settings.CURRENCY, status, code(), "", begun, at),
            None,
        )
        returns, changed, refunded = "{}", at, None
        if bought.returned:
            back, moment = code(), stamp(bought.cancelled_at)
            whole = bought.returned >= bought.amount and bought.cancelled_at
            reason = Refund.Reason.SHOW_CANCELLED.value if whole else Refund.Reason.CANCELLED.value
            rest = str(bought.returned), reason, "DONE", moment, moment, None, False
            refund = self.refunds.add(back, payment, ticket, *rest)
            refunded = Refunded(refund, moment, bought.amount - bought.returned)
            returns, changed = f'{{"{back}": "{bought.returned}"}}', moment
        page = f"{settings.SITE_URL}/payments/{secret}/"
        self.charges.add(
            *(secret, "Year House", amount, settings.CURRENCY, mode, "PAID", at, page, page, returns, changed)
        )
        return payment, refunded


def _cancelled_at(show: Show) -> datetime | None:
    return show.starts_at - CANCELLED_BEFORE if show.status == Show.Status.CANCELLED else None


def _touched(sold: Iterable[TimedSale]) -> list[int]:
    return sorted({n for bought in sold for n in bought.sale.seats})


def _count(plan: PlannedShow, now: datetime) -> None:
    """Set the counters of the show and, if it is old, the number of seats no longer kept."""
    show, sold = plan.show, plan.sold
    show.admissions = sum(len(bought.sale.seats) for bought in sold if not bought.cancelled_at)
    show.seats_free = show.seats_total - show.admissions
    if show.ends_at < now - KEPT_FOR:
        show.seats_dropped = show.seats_total - len(_touched(sold))
    show.revenue = sum((bought.amount - bought.returned for bought in sold), Decimal(0))
    show.revision = len(sold) + sum(1 for bought in sold if bought.cancelled_at)
