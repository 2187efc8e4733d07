"""A quick look at shows before the check of the ledgers: what it must read in full, since it may have a fault.

Everything is read as tuples, in a constant number of statements for any number of shows, and compared with what sales
without refunds, gift cards and the like must be. What is left out of the Suspects has no fault that the full check,
selectors.figures.ledger, would find.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from cinema.domain.accounts import clearing
from cinema.domain.allocation import SoldItem, allocated
from cinema.models import (
    Dispute,
    Hold,
    MoneyEntry,
    Order,
    OrderLine,
    Payment,
    Refund,
    SeatEvent,
    Show,
    ShowSeat,
    TariffPrice,
    Ticket,
    TicketSeat,
)
from cinema.models.payments import TILL_MODES

Status, Kind, Entry = ShowSeat.Status, OrderLine.Kind, MoneyEntry.Kind
NOTHING = Decimal(0)
APART = (Entry.PROVIDER_FEE, Entry.PAYOUT)  # known to the provider only
ENDS = {Ticket.Status.CONFIRMED: Order.Status.PAID, Ticket.Status.EXPIRED: Order.Status.EXPIRED}
Grouped = defaultdict[int, list[Any]]


class Suspects(NamedTuple):
    """The keys of shows whose seats, of tickets, and of orders whose entries must be read in full."""

    shows: set[int]
    tickets: set[int]
    orders: set[int]


def suspects(shows: Sequence[Show]) -> Suspects:
    """What may be wrong at these shows, and with the orders for them."""
    keys = [show.pk for show in shows]
    tickets = list(Ticket.objects.filter(show__in=keys).values_list("pk", "show", "order", "kept"))
    kept = defaultdict[int, Decimal](Decimal)
    for _ticket, show, _order, amount in tickets:
        kept[show] += amount
    wrong = _seats(shows, keys) | {show.pk for show in shows if not _is_kept(show, kept[show.pk])}
    idle = Hold.objects.filter(show__in=keys, status=Hold.Status.ACTIVE, seats=None)
    wrong |= set(idle.values_list("show", flat=True))
    orders = Orders(Ticket.objects.filter(show__in=keys).order_by().values("order"))
    odd, unposted = orders.odd(), orders.unposted()
    return Suspects(wrong, {ticket for ticket, _show, order, _kept in tickets if order in odd}, unposted)


def _is_kept(show: Show, kept: Decimal) -> bool:
    """Whether so much money is kept for the show as it counts. A cancelled one is read in full."""
    return show.status != Show.Status.CANCELLED and not show.owed and show.revenue == kept


def _seats(shows: Sequence[Show], keys: Collection[int]) -> set[int]:
    """The shows whose seats are not as the ledger of seats, their tickets, their tariff and their counters say."""
    states, wrong = _replayed(shows, keys)
    of_tariff, on_tickets, counted = _plain_prices(shows), Grouped(list), defaultdict[int, Counter[str]](Counter)
    lines = TicketSeat.objects.filter(show_seat__show__in=keys, active=True)
    for seat, *ticket in lines.values_list("show_seat", "ticket", "ticket__status", "ticket__show", "ticket__hold"):
        on_tickets[seat].append(ticket)
    tariffs = {show.pk: show.tariff_id for show in shows}
    rows = ShowSeat.objects.filter(show__in=keys)
    for pk, show, status, hold, price, tariff, category, held in rows.values_list(
        "pk", "show", "status", "hold", "price", "tariff", "seat__category", "hold__status"
    ):
        counted[show][status] += 1
        was, was_hold, was_ticket = states.get(pk, (Status.AVAILABLE, None, None))
        tickets = on_tickets.get(pk, ())
        if (was, was_hold) != (status, hold):
            wrong.add(show)
        elif status == Status.BOOKED:
            if len(tickets) != 1 or tickets[0][:3] != [was_ticket, Ticket.Status.CONFIRMED, show]:
                wrong.add(show)
        elif tickets or status == Status.HELD:
            waiting = [one[1:] == [Ticket.Status.PENDING, show, hold] for one in tickets]
            if status != Status.HELD or held != Hold.Status.ACTIVE or len(tickets) > 1 or not all(waiting):
                wrong.add(show)
        if status in (Status.AVAILABLE, Status.BLOCKED):
            due = of_tariff.get(tariffs[show], {}).get(category)
            if due is not None and (price, tariff) != (due, tariffs[show]):
                wrong.add(show)
    return wrong | {show.pk for show in shows if not _is_counted(show, counted[show.pk])}


def _is_counted(show: Show, counted: Counter[str]) -> bool:
    dropped = show.seats_dropped or 0
    return (show.seats_free, show.seats_total, show.admissions) == (
        counted[Status.AVAILABLE] + dropped,
        counted.total() - counted[Status.REMOVED] + dropped,
        counted[Status.BOOKED],
    )


def _replayed(
    shows: Sequence[Show], keys: Collection[int]
) -> tuple[dict[int, tuple[str, int | None, int | None]], set[int]]:
    """The state of each seat by the ledger: status, hold and ticket; and the shows whose ledger has gaps or breaks."""
    states: dict[int, tuple[str, int | None, int | None]] = {}
    last, wrong = dict.fromkeys(keys, 0), set[int]()
    events = SeatEvent.objects.filter(show__in=keys).order_by("show", "revision", "show_seat")
    fields = "show", "revision", "show_seat", "show_seat__show", "action", "from_status", "to_status"
    rows = events.values_list(*fields, "hold", "ticket").iterator(chunk_size=5000)
    for show, revision, seat, seat_show, action, start, end, hold, ticket in rows:
        unknown = Status.REMOVED if action == SeatEvent.Action.ADD else Status.AVAILABLE
        before = states[seat][0] if seat in states else unknown
        if seat_show != show or before != start or revision not in (last[show], last[show] + 1):
            wrong.add(show)
        last[show] = revision
        states[seat] = end, hold if end == Status.HELD else None, ticket if end == Status.BOOKED else None
    return states, wrong | {show.pk for show in shows if show.revision != last[show.pk]}


def _plain_prices(shows: Iterable[Show]) -> dict[int | None, dict[int, Decimal]]:
    """The plain price of each category by tariff."""
    found = defaultdict[int | None, dict[int, Decimal]](dict)
    prices = TariffPrice.objects.filter(tariff__in={show.tariff_id for show in shows if show.tariff_id})
    for tariff, category, amount in prices.order_by("-ticket_type__rank").values_list("tariff", "category", "amount"):
        found[tariff][category] = amount  # the plainest wins
    return found


class Orders:
    """Orders with all that their entries depend on, as tuples."""

    def __init__(self, keys: QuerySet[Ticket, Any]) -> None:
        """``keys`` are those of the orders."""
        of = {"order__in": keys}
        orders = _rows(Order, "pk status total theatre currency", pk__in=keys)
        self.orders = {key: facts for key, *facts in orders}
        self.tickets = _by_order(Ticket, "order pk status amount fee kept kept_vouchers confirmed_at", **of)
        seats = "ticket__order pk ticket price repriced tax_percent active"
        self.seats = _by_order(TicketSeat, seats, ticket__order__in=keys)
        self.lines = _by_order(OrderLine, "order kind amount ticket_seat tax_percent", **of)
        self.payments = _by_order(Payment, "order pk amount status gateway mode gift_card voucher", **of)
        self.entries = _by_order(MoneyEntry, "order kind debit credit amount payment theatre currency", **of)
        special = {
            order
            for model, path in ((Refund, "payment__order"), (Refund, "ticket__order"), (Dispute, "payment__order"))
            for (order,) in _rows(model, path, **{f"{path}__in": keys})
        }
        self.plain = {key for key in self.orders if key not in special and self._is_plain(key)}

    def _is_plain(self, key: int) -> bool:
        """Whether it has one ticket, which was sold or never paid, and nothing but a provider's payments."""
        tickets, payments = self.tickets[key], self.payments[key]
        return (
            len(tickets) == 1
            and tickets[0][1] in ENDS
            and not any(card or voucher or mode in TILL_MODES for *_, mode, card, voucher in payments)
            and not any(kind in (Kind.GIFT_CARD, Kind.ROUNDING) for kind, *_ in self.lines[key])
        )

    def odd(self) -> set[int]:
        """The orders whose ticket, seats, lines and payment may not fit together."""
        return {key for key in self.orders if key not in self.plain or not self._fits(key)}

    def _fits(self, key: int) -> bool:
        status, total, *_ = self.orders[key]
        [(_pk, state, amount, fee, kept, vouchers, confirmed_at)] = self.tickets[key]
        sums, sold = defaultdict[str, Decimal](Decimal), dict[int, Decimal]()
        for kind, line_amount, seat, _percent in self.lines[key]:
            sums[kind] += line_amount
            if seat:
                sold[seat] = line_amount
        prices = {pk: price for pk, _ticket, price, *_ in self.seats[key]}
        costs, is_sold = sum(prices.values(), NOTHING), state == Ticket.Status.CONFIRMED
        due = amount if is_sold else NOTHING
        return (
            status == ENDS[state]
            and bool(prices)
            and prices.keys() == sold.keys()
            and all(sold[pk] >= price for pk, price in prices.items())
            and all(active == is_sold for *_, active in self.seats[key])
            and (amount, total) == (costs + fee, sum(sums.values(), NOTHING))
            and (costs - sums[Kind.SEAT], fee) == (sums[Kind.DISCOUNT], sums[Kind.FEE])
            and (kept, vouchers, bool(confirmed_at), self._received(key)) == (due, NOTHING, is_sold, due)
        )

    def _received(self, key: int) -> Decimal:
        return sum((row[1] for row in self.payments[key] if row[2] not in Payment.UNPAID), NOTHING)

    def unposted(self) -> set[int]:
        """The orders whose entries may not be what they must be."""
        return {key for key in self.orders if key not in self.plain or not self._is_posted(key)}

    def _is_posted(self, key: int) -> bool:
        _status, _total, theatre, currency = self.orders[key]
        balances, posted, sale = defaultdict[str, Decimal](Decimal), defaultdict[int | None, Decimal](Decimal), NOTHING
        for kind, debit, credit, amount, payment, place, money in self.entries[key]:
            if (place, money) != (theatre, currency) or kind not in (Entry.CAPTURE, Entry.SALE, *APART):
                return False
            if kind in APART:
                continue
            balances[credit] += amount
            balances[debit] -= amount
            if kind == Entry.CAPTURE:
                posted[payment] += amount
            else:
                sale += amount
        [(_pk, state, amount, *_)] = self.tickets[key]
        paid = {pk: amount for pk, amount, status, *_ in self.payments[key] if amount and status not in Payment.UNPAID}
        is_sold = state == Ticket.Status.CONFIRMED
        return posted == paid and sale == (amount if is_sold else NOTHING) and _even(balances) == self._due(key)

    def _due(self, key: int) -> dict[str, Decimal]:
        [(_pk, _state, _amount, fee, kept, *_)] = self.tickets[key]
        sold = [
            SoldItem(Kind.SEAT.value, price if repriced is None else repriced, percent, returned=not active)
            for _pk, _ticket, price, repriced, percent, active in sorted(self.seats[key])
        ]
        if fee:
            percents = [percent for kind, _amount, _seat, percent in self.lines[key] if kind == Kind.FEE]
            sold.append(SoldItem(Kind.FEE.value, fee, next(iter(percents), NOTHING)))
        due = defaultdict[str, Decimal](Decimal, _allocated(tuple(sold), kept))
        for _pk, amount, status, gateway, *_ in self.payments[key]:
            if status not in Payment.UNPAID:
                due[clearing(gateway)] -= amount
        return _even(due)


@lru_cache(maxsize=10_000)
def _allocated(sold: tuple[SoldItem, ...], kept: Decimal) -> tuple[tuple[str, Decimal], ...]:
    """What is allocated for many orders alike, by account."""
    return tuple(allocated(sold, kept).items())


def _even(credits: dict[str, Decimal]) -> dict[str, Decimal]:
    return {account: amount for account, amount in credits.items() if amount}


def _by_order(model: type[Model], fields: str, **which: Any) -> Grouped:
    """The rows as lists of these ``fields`` but the first, which is the key of their order."""
    found = Grouped(list)
    for key, *row in _rows(model, fields, **which):
        found[key].append(row)
    return found


def _rows(model: type[Model], fields: str, **which: Any) -> Iterator[tuple[Any, ...]]:
    rows = model._default_manager.filter(**which).order_by().values_list(*fields.split())
    yield from rows.iterator(chunk_size=5000)
