"""Reads about receipts and credit notes: what is due, what they say, and whether their numbers have gaps."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    F,
    Max,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.text import capfirst

from cinema.domain.cash import smallest_coin
from cinema.domain.clock import shown_moment
from cinema.domain.lists import listed
from cinema.domain.money import exact
from cinema.models import (
    Order,
    OrderLine,
    Payment,
    Receipt,
    ReceiptLine,
    ReceiptSequence,
    Refund,
    Theatre,
)
from cinema.models.annotated import PaymentWithReturned
from cinema.models.orders import currency
from cinema.models.payments import REFUNDED_IN_CASH
from cinema.selectors.money.receipt_lines import left_of

SOLD_STATUSES = [Order.Status.PAID, Order.Status.CANCELLED]
SOLD = Q(status__in=SOLD_STATUSES, total__gt=0)
NOTED = Q(refunds__credit_note_due=False)
LONGEST_TEXT = 300
NOTHING = Decimal(0)


class TaxRate(NamedTuple):
    """What a receipt comes to at one tax rate."""

    percent: Decimal
    net: Decimal
    tax: Decimal
    amount: Decimal


def orders_without_receipt() -> QuerySet[Order, int]:
    """The keys of orders that were sold and have no receipt yet, the oldest first."""
    return Order.objects.filter(SOLD, receipt_due=True).order_by("pk").values_list("pk", flat=True)


def orders_without_credit_note() -> QuerySet[Refund, int]:
    """The keys of orders with refunds that may need a credit note, the oldest refund first."""
    return _refunds_due().order_by("pk").values_list("payment__order", flat=True)


def _refunds_due() -> QuerySet[Refund]:
    """The refunds that may need a credit note. One in cash that is rounded waits until it is paid out: what it comes to
    is known only then."""
    due = Refund.objects.filter(credit_note_due=True)
    unknown = Q(status=Refund.Status.PENDING, payment__mode__in=REFUNDED_IN_CASH)
    return due.exclude(unknown) if smallest_coin(currency()) else due


def is_sold(order: Order) -> bool:
    """Whether an order was sold, for money."""
    return Order.objects.filter(SOLD, pk=order.pk).exists()


def is_due(order_id: int) -> bool:
    """Whether a receipt or a credit note of an order may have to be issued."""
    refunds = _refunds_due().filter(payment__order=order_id)
    return orders_without_receipt().filter(pk=order_id).exists() or refunds.exists()


def may_have_receipt(order: Order) -> bool:
    """Whether the pages of an order lead to a receipt: unless it is unpaid or free, or its buyer was erased. Orders
    sold before there were receipts have none."""
    return order.total > 0 and order.status in SOLD_STATUSES and not order.is_erased


def due_refunds(order: Order) -> list[Refund]:
    """The refunds of an order that may need a credit note, the oldest first."""
    due = _refunds_due().filter(payment__order=order)
    return list(due.select_related("payment", "ticket").order_by("pk"))


def receipts() -> QuerySet[Receipt]:
    """Receipts and credit notes with everything that they show."""
    lines = ReceiptLine.objects.order_by("order_line", "pk")
    return Receipt.objects.select_related("theatre", "order", "corrects", "refund__payment").prefetch_related(
        Prefetch("lines", lines)
    )


def receipt_by_code(code: str) -> Receipt | None:
    """The receipt or credit note with this code, or None."""
    return receipts().filter(code=code).first()


def receipts_of(order: Order) -> list[Receipt]:
    """The receipts and credit notes of an order, in the order of their numbers."""
    return list(receipts().filter(order=order).order_by("pk"))


def latest_receipt(order: Order) -> Receipt | None:
    """The receipt of an order that no other has replaced; None before it is issued."""
    return receipts().filter(order=order, kind=Receipt.Kind.RECEIPT).order_by("-pk").first()


def correctable_receipt(order: Order) -> Receipt | None:
    """The receipt of an order if it may be issued again for a company: once, and while not everything is refunded."""
    receipt = latest_receipt(order)
    if receipt is None or receipt.company or receipt.corrects:
        return None
    left = (part for part in left_of(order).values() if part.kind != OrderLine.Kind.ROUNDING)
    return receipt if any(part.amount for part in left) else None


def can_name_company(order: Order) -> bool:
    """Whether a receipt of an order for a company can be issued."""
    return (order.receipt_due and is_sold(order)) or correctable_receipt(order) is not None


def tax_rates(receipt: Receipt) -> list[TaxRate]:
    """The sums of a receipt, loaded with its lines, by tax rate, the highest rate first."""
    amounts, taxes = defaultdict[Decimal, Decimal](Decimal), defaultdict[Decimal, Decimal](Decimal)
    for line in receipt.lines.all():
        amounts[line.tax_percent] += line.amount
        taxes[line.tax_percent] += line.tax
    return [
        TaxRate(rate, amounts[rate] - taxes[rate], taxes[rate], amounts[rate]) for rate in sorted(amounts, reverse=True)
    ]


def credited_receipt(receipt: Receipt) -> Receipt | None:
    """The receipt that a credit note credits; None for a receipt."""
    if receipt.kind == Receipt.Kind.RECEIPT:
        return None
    earlier = Receipt.objects.filter(order=receipt.order_id, kind=Receipt.Kind.RECEIPT, pk__lt=receipt.pk)
    return earlier.order_by("-pk").first()


def used_payments(order: Order) -> list[PaymentWithReturned]:
    """The payments of an order that paid for something, the oldest first, with the sum ``returned`` by credit notes.

    Those that came together, such as a gift card and the rest, paid for nothing if all of it was refunded in the moment
    when it came: it was late, or the order was paid already.
    """
    paid: QuerySet[Payment] = order.payments.paid().filter(amount__gt=0)
    unused = Sum("refunds__amount", filter=Q(refunds__created_at=F("settled_at")), default=NOTHING)
    paid_out = Sum(F("refunds__amount") + F("refunds__rounding"), filter=NOTED, default=NOTHING)
    rows = list(paid.annotate(unused=unused, returned=paid_out).order_by("pk"))
    used = defaultdict[datetime | None, Decimal](Decimal)
    for row in rows:
        used[row.settled_at] += row.amount - exact(row.unused)
    return [row for row in rows if used[row.settled_at]]


def tenders_of(order: Order, *, since: Receipt | None = None) -> list[list[str]]:
    """How an order was paid, or what was paid ``since`` a receipt, less what credit notes say: payment modes with
    amounts."""
    paid = [one for one in used_payments(order) if not since or (one.settled_at and one.settled_at > since.issued_at)]
    amounts = [(payment.mode, payment.rounded - exact(payment.returned)) for payment in paid]
    return [[mode, str(amount)] for mode, amount in amounts if amount]


def sold_lines(order: Order) -> list[OrderLine]:
    """The lines of an order with all that line_text() needs."""
    seats = "ticket_seat__show_seat__seat", "ticket_seat__ticket_type"
    shows = "ticket_seat__ticket__show__movie", "ticket_seat__ticket__show__screen"
    return list(order.lines.select_related(*seats, *shows, "coupon").order_by("pk"))


def line_text(line: OrderLine, theatre: Theatre) -> str:
    """What a line is called on a receipt: “The Film, Fri 27 Nov 2026, 18:30, Row G, seat 8, Adult”."""
    if line.ticket_seat is None:
        kind = capfirst(line.called)
        return f"{kind}: {line.coupon.localized.name}" if line.coupon else kind
    seat, show = line.ticket_seat, line.ticket_seat.ticket.show
    start = shown_moment(show.starts_at, theatre.tz)
    kind = seat.ticket_type.localized.name if seat.ticket_type else ""
    return listed([show.localized.title, start, seat.show_seat.seat.label, kind])[:LONGEST_TEXT]


def receipt_faults() -> Iterator[str]:
    """Yield what is wrong with the receipts: gaps in the numbers, and sums that do not fit."""
    yield from _gaps()
    sums = Receipt.objects.annotate(amounts=Sum("lines__amount", default=NOTHING)).exclude(total=F("amounts"))
    for receipt in sums.order_by("pk").iterator():
        if (amounts := exact(receipt.amounts)) != receipt.total:  # SQLite adds as floats
            yield f"Receipt {receipt} is for {receipt.total}, its lines come to {amounts}"
    due = Refund.objects.filter(payment__order=OuterRef("pk"), credit_note_due=True)
    issued = Order.objects.filter(Exists(Receipt.objects.filter(order=OuterRef("pk"))), receipt_due=False)
    issued = issued.exclude(Exists(due))
    stated = _sum_of(Receipt.objects.filter(order=OuterRef("pk")), "order", "total")
    received = _sum_of(Payment.objects.paid().filter(order=OuterRef("pk")), "order", F("amount") + F("rounding"))
    refunds = Refund.objects.filter(payment__order=OuterRef("pk"))
    returned = _sum_of(refunds, "payment__order", F("amount") + F("rounding"))
    for order in issued.annotate(stated=stated, kept=received - returned).order_by("pk").iterator():
        if exact(order.stated) != exact(order.kept):
            yield f"Receipts of order {order} come to {exact(order.stated)}, but {exact(order.kept)} is kept"


def _gaps() -> Iterator[str]:
    last = dict(ReceiptSequence.objects.values_list("pk", "last"))
    found = Receipt.objects.values("theatre", "year").annotate(n=Count("pk"), highest=Max("number"))
    for row in found.order_by("theatre", "year"):
        end = last.get((row["theatre"], row["year"]), 0)
        if not row["n"] == row["highest"] == end:
            name = f"Theatre {row['theatre']}, {row['year']}"
            yield f"{name}: {row['n']} receipts have numbers up to {row['highest']}, and the last is {end}"


def _sum_of(rows: QuerySet[Model], by: str, what: str | Combinable) -> Coalesce:
    sums = rows.order_by().values(by).annotate(sum=Sum(what)).values("sum")
    return Coalesce(Subquery(sums), Value(0), output_field=DecimalField(max_digits=12, decimal_places=2))
