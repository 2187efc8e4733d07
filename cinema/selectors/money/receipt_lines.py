"""What the receipts of an order leave of its lines, and what refunds undo of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.db.models import Sum

from cinema.domain.allocation import allocated
from cinema.domain.money import exact, quantize, spread, tax_in
from cinema.domain.receipts import Left, LinePart
from cinema.domain.undone import Lines, Undone, carried
from cinema.models import MoneyEntry, Order, OrderLine, ReceiptLine, Refund, TicketSeat
from cinema.selectors.money.ledger import balances, fee_percent, sold_with

NOTHING = Decimal(0)
Stated = tuple[int, Decimal]  # the key of an order line, and the rate of tax at which a receipt states it


def stated_lines(order: Order) -> dict[Stated, ReceiptLine]:
    """The line of a receipt or credit note that was the first to state an order line at a rate."""
    found = dict[Stated, ReceiptLine]()
    for line in ReceiptLine.objects.filter(receipt__order=order).order_by("pk"):
        found.setdefault((line.order_line_id, line.tax_percent), line)
    return found


def left_of(order: Order) -> dict[Stated, LinePart]:
    """What the receipts and credit notes of an order leave of each of its lines, at each rate.

    A cent of tax that a credit note could take only off another line than the ledger does is taken off that here.
    """
    lines = ReceiptLine.objects.filter(receipt__order=order).order_by("order_line", "tax_percent")
    sums = lines.values_list("order_line", "tax_percent", "order_line__kind").annotate(Sum("amount"), Sum("tax"))
    parts = [LinePart(key, exact(amount), exact(tax), percent, kind) for key, percent, kind, amount, tax in sums]
    return {(part.key, part.percent): part for part in carried(parts)}


def undone_by(order: Order, refunds: Sequence[Refund]) -> Undone:
    """What refunds of an order that were recorded together undo of its sale, as the ledger says.

    A ticket that could not be booked is on the receipt, but was never a sale: all of it is undone. Seats that were
    returned for nothing before, after another refund, have moved something from them to what is left of the ticket.
    """
    ticket, ours = refunds[0].ticket, {refund.pk for refund in refunds}
    if ticket and ticket.confirmed_at is None:
        sold = allocated(sold_with(ticket, ticket.seats.all(), fee_percent(order, [ticket])), ticket.amount)
        return Undone({account: -amount for account, amount in sold.items()})
    entries, moved = list[MoneyEntry](), list[MoneyEntry]()
    for entry in MoneyEntry.objects.filter(order=order, kind=MoneyEntry.Kind.REFUND_OWED).order_by("pk"):
        if entry.refund_id is None:
            moved.append(entry)
            continue
        entries += [*moved, entry] if entry.refund_id in ours else []
        moved = []
    return Undone(balances(entries))


def lines_left(order: Order, ticket_id: int | None) -> tuple[Lines, Lines, list[LinePart]]:
    """What is left of the lines of an order as a refund for a ticket credits them, one after another; what is gone; and
    what its seats count for now that were sold anew at another rate, beyond what is left of them at that, with the
    discounts that seats have lost.

    First seats returned from the ticket, then its others, then what belongs to no ticket, then the rest; gift cards
    come last, or first if the refund is for no ticket.
    """
    left = left_of(order)
    of_sales = order.lines.exclude(kind=OrderLine.Kind.ROUNDING)  # which belongs to how it was paid
    stated = of_sales.select_related("ticket_seat").filter(pk__in={key for key, _percent in left})
    lines = {line.pk: line for line in stated.order_by("pk")}
    parts = [part for part in left.values() if part.key in lines]
    gone = [
        part._replace(amount=lines[part.key].amount - part.amount, tax=lines[part.key].tax - part.tax)
        for part in parts
        if part.percent == lines[part.key].tax_percent
    ]
    anew = [*_sold_anew(lines, left, ticket_id), *_lost_discounts(lines, parts)]
    return _in_tiers(lines, parts, ticket_id), _in_tiers(lines, carried(gone), ticket_id), anew


def _sold_anew(
    lines: Mapping[int, OrderLine], left: Mapping[Stated, LinePart], ticket_id: int | None
) -> list[LinePart]:
    found = list[LinePart]()
    for line in lines.values():
        seat = line.ticket_seat
        if seat and seat.ticket_id == ticket_id and seat.tax_percent != line.tax_percent:
            stated = left.get((line.pk, seat.tax_percent))
            more = max(seat.current_price - (stated.amount if stated else NOTHING), NOTHING)
            found.append(LinePart(line.pk, more, tax_in(more, seat.tax_percent), seat.tax_percent, line.kind))
    return found


def _lost_discounts(lines: Mapping[int, OrderLine], parts: Sequence[LinePart]) -> Iterator[LinePart]:
    """What is left of discounts beyond those that seats at their rate still have: the others cost their prices again,
    and seats at another rate less."""
    for percent, discounts in _discounts_by_rate(parts).items():
        had = [
            _discount_on(part, line.amount, min(line.amount, max(seat.price, seat.current_price)))
            for part, line, seat in _seats_at(percent, lines, parts)
        ]
        rest = -sum((part.amount for part in discounts), NOTHING) - sum(had, NOTHING)
        for part in discounts:
            lost = min(max(rest, NOTHING), -part.amount)
            rest -= lost
            if lost:
                yield LinePart(part.key, lost, tax_in(lost, percent), percent, part.kind)


def _discounts_on(lines: Mapping[int, OrderLine], parts: Sequence[LinePart]) -> dict[int, Decimal]:
    """The share of discounts in what is left of each seat, by the key of its line; at each rate no more than is left of
    them, since a price may have become lower for a discount at another rate."""
    found = dict[int, Decimal]()
    by_rate = _discounts_by_rate(parts)
    for percent in {part.percent for part in parts}:
        shares = {
            part.key: _discount_on(part, line.amount, seat.price)
            for part, line, seat in _seats_at(percent, lines, parts)
        }
        most = -sum((part.amount for part in by_rate.get(percent, ())), NOTHING)
        if sum(shares.values(), NOTHING) > most:
            shares = dict(zip(shares, spread(most, list(shares.values())), strict=True))
        found |= shares
    return found


def _discounts_by_rate(parts: Sequence[LinePart]) -> dict[Decimal, list[LinePart]]:
    found = defaultdict[Decimal, list[LinePart]](list)
    for part in parts:
        if part.kind == OrderLine.Kind.DISCOUNT:
            found[part.percent].append(part)
    return found


def _seats_at(
    percent: Decimal, lines: Mapping[int, OrderLine], parts: Sequence[LinePart]
) -> Iterator[tuple[LinePart, OrderLine, TicketSeat]]:
    """The parts of seats that were sold at this rate, and are stated at it."""
    for part in parts:
        line = lines[part.key]
        if line.ticket_seat and part.percent == line.tax_percent == percent:
            yield part, line, line.ticket_seat


def _in_tiers(lines: Mapping[int, OrderLine], parts: Sequence[LinePart], ticket_id: int | None) -> Lines:
    sorted_out, discounts, cuts = defaultdict[int, list[Left]](list), [], _cuts(list(lines.values()))
    discounts_on = _discounts_on(lines, parts)
    for part in parts:
        line = lines[part.key]
        seat, is_anew = line.ticket_seat, part.percent != line.tax_percent
        if line.kind == OrderLine.Kind.DISCOUNT:
            discounts.append(part)
        elif line.kind == OrderLine.Kind.GIFT_CARD:
            sorted_out[4 if ticket_id else -1].append(Left(part))  # the last tier or the first
        elif seat is None:
            sorted_out[2].append(Left(part))
        else:
            tier = (1 if seat.active else 0) if seat.ticket_id == ticket_id else 3
            discount, cut = (NOTHING, {}) if is_anew else (discounts_on[line.pk], cuts.get(line.pk, {}))
            sorted_out[tier].append(Left(part, discount, cut))
    return Lines([sorted_out[tier] for tier in sorted(sorted_out)], discounts)


def _cuts(lines: Sequence[OrderLine]) -> dict[int, dict[int, Decimal]]:
    """What several coupons took off each seat of an order, by the keys of its line and of theirs."""
    seats = [line.pk for line in lines if line.kind == OrderLine.Kind.SEAT]
    found = defaultdict[int, dict[int, Decimal]](dict)
    for line in lines:
        for seat, cut in zip(seats, line.cuts or (), strict=False):
            if amount := Decimal(cut):
                found[seat][line.pk] = amount
    return found


def _discount_on(left: LinePart, amount: Decimal, price: Decimal) -> Decimal:
    """The share of discounts in what is left of a seat for ``amount`` that cost ``price`` after discounts."""
    return quantize((amount - price) * left.amount / amount) if amount != price else NOTHING
