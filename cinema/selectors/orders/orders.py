"""Search for orders of a theatre, and the history of one order."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, groupby
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from cinema.domain.folding import fold, typed_words
from cinema.domain.lists import and_list, listed
from cinema.domain.money import format_money
from cinema.models import (
    AuditEvent,
    CounterAction,
    Order,
    OrderLine,
    OrderWord,
    OutgoingMail,
    Payment,
    Receipt,
    Refund,
    SeatEvent,
    Show,
    Theatre,
    Ticket,
    TicketSeat,
    User,
    with_film,
)
from cinema.models.annotated import TicketWithPrice
from cinema.models.codes import CODE_LENGTH, REFERENCE_ALPHABET, REFERENCE_LENGTH, reference_in
from cinema.models.lookups import HALF, PHONE_DIGITS, Digits, FirstHalf, LastDigits, SecondHalf
from cinema.selectors.core.balances import with_current_price
from cinema.selectors.core.features import with_features

PER_PAGE = 50
NAMED = (AuditEvent.Action.REFUND, AuditEvent.Action.SETTLE, AuditEvent.Action.INVOICE)  # by what their amount is
MOST_SHOWS = 60
MANY = 50_000  # orders
LEAST = 2  # letters: one word must have as many, because fewer match nearly every order
MOST_WORDS = 8
LAST = "\U0010ffff"  # sorts after every other character
PHONE_SIGNS = frozenset("+ -()./")
RECEIPT_NUMBER = re.compile(r"(20[0-9]{2})-([0-9]{6,9})$")  # after the theatre's prefix

Keys = QuerySet[Any, Any]  # rows with the ``key`` of an order only


class OrderPage(NamedTuple):
    """The tickets of some orders, the newest order first. The next page is ``before=older``; None on the last page."""

    tickets: list[Ticket]
    older: int | None


class HistoryEntry(NamedTuple):
    """A line of an order's history. ``who`` is a member of staff, or another actor by name."""

    at: datetime
    who: User | str
    what: str
    why: str = ""
    note: str = ""


def find_orders(theatre: Theatre, query: str, before: int | None = None) -> OrderPage:
    """The theatre's orders by name, email address, reference, phone number, receipt number or the code in a link of
    the buyer's; all orders if ``query`` is blank. Each way has its index.

    Each word must be a prefix of one of the order's words (folding.stored_words()). A reference matches in any spacing,
    also by its first or last four characters; a phone number by its digits, at least PHONE_DIGITS.
    """
    keys: Keys = Order.objects.filter(theatre=theatre).annotate(key=F("pk")).values("key")
    ways = [keys]
    if query.strip():
        ways = [*_by_number(theatre, keys, query), *_by_code(theatre, keys, query), *_by_words(theatre, keys, query)]
    if before is not None:
        ways = [way.filter(key__lt=before) for way in ways]
    newest = [way.order_by("-key").values_list("key", flat=True)[: PER_PAGE + 1] for way in ways]
    pks = sorted(set(chain.from_iterable(newest)), reverse=True)
    seats = TicketSeat.objects.select_related("show_seat__seat").order_by("show_seat__seat__y", "show_seat__seat__x")
    found = with_current_price(Ticket.objects.filter(order__in=pks[:PER_PAGE]))
    found = found.select_related("order", "show__movie", "show__screen")
    rows: list[Ticket] = list(found.order_by("-order", "pk").prefetch_related(Prefetch("seats", seats)))
    with_features(ticket.show for ticket in rows)
    return OrderPage(rows, pks[PER_PAGE - 1] if len(pks) > PER_PAGE else None)


def order_at(theatre: Theatre, reference: str) -> TicketWithPrice | None:
    """A ticket of the theatre with its order and everything their page shows, returned seats included; or None."""
    seats = TicketSeat.objects.select_related("show_seat__seat__category", "ticket_type")
    seats = seats.order_by("-active", "show_seat__seat__y", "show_seat__seat__x")
    shows = Show.objects.select_related("movie", "screen__theatre", "language", "subtitles")
    refunds = Refund.objects.select_related("paid_by").order_by("pk")
    payments = Payment.objects.select_related("taken_by").prefetch_related(Prefetch("refunds", refunds)).order_by("pk")
    lines = OrderLine.objects.select_related("ticket_seat__show_seat__seat", "ticket_seat__ticket", "coupon")
    lines = lines.exclude(kind=OrderLine.Kind.ROUNDING, amount=0)  # see services.money.receipts: of a refund only
    orders = with_current_price(Ticket.objects.filter(reference=reference_in(reference), show__screen__theatre=theatre))
    parts = {"show": shows, "seats": seats, "order__payments": payments, "order__lines": lines.order_by("pk")}
    return (
        orders.select_related("hold", "order__user")
        .prefetch_related(*(Prefetch(name, rows) for name, rows in parts.items()))
        .first()
    )


def events_of(order: Ticket) -> list[AuditEvent]:
    """The audit events of the order (actions of staff), the oldest first."""
    return list(AuditEvent.objects.filter(ticket=order).select_related("user").order_by("pk"))


def history(order: Ticket, events: Sequence[AuditEvent]) -> list[HistoryEntry]:
    """The history of the order, the latest first: seats, payments and refunds, mails, and actions of staff.

    The order is loaded with its payments and their refunds.
    """
    at_counter = order.order.channel == Order.Channel.COUNTER
    entries = [] if at_counter else [HistoryEntry(order.created_at, _("buyer"), _("booked"))]
    for payment in order.order.payments.all():
        entries += _payment_steps(payment)
    entries += _seat_steps(order)
    entries += [
        HistoryEntry(event.at, event.user or "", event.get_action_display(), event.reason, _details(event))
        for event in events
    ]
    entries += map(_mail_step, order.mails.all())
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _mail_step(mail: OutgoingMail) -> HistoryEntry:
    at, kind = mail.sent_at or mail.failed_at or mail.created_at, {"mail": mail.get_kind_display()}
    if mail.sent_at:
        what = _("sent: %(mail)s") % kind
    elif mail.failed_at:
        what = _("not delivered: %(mail)s") % kind
    else:
        what = _("waiting to be sent: %(mail)s") % kind
    return HistoryEntry(at, _("email"), what, mail.why_failed, mail.recipient)


def _by_number(theatre: Theatre, keys: Keys, query: str) -> Iterator[Keys]:
    """By the reference of a ticket, part of a reference, or phone number."""
    tickets: Keys = Ticket.objects.filter(order__theatre=theatre).annotate(key=F("order")).values("key")
    tickets = tickets.alias(start=FirstHalf("reference"), end=SecondHalf("reference"))
    if reference := reference_in(query):
        yield tickets.filter(reference=reference)
    part = "".join(typed_words(query)).upper()
    if HALF <= len(part) < REFERENCE_LENGTH and set(part) <= set(REFERENCE_ALPHABET):
        yield tickets.filter(start=part[:HALF], reference__startswith=part)
        if len(part) == HALF:
            yield tickets.filter(end=part)
    text = fold(query)
    number = "".join(filter(str.isdigit, text))
    if len(number) >= PHONE_DIGITS and PHONE_SIGNS.issuperset(set(text) - set(number)):
        phones = keys.alias(last=LastDigits("phone"), digits=Digits("phone"))
        yield phones.filter(last=number[-PHONE_DIGITS:], digits__endswith=number.lstrip("0")[-9:])


def _by_code(theatre: Theatre, keys: Keys, query: str) -> Iterator[Keys]:
    """By the codes in a pasted link to an order, ticket or receipt, or by the number of a receipt."""
    receipts: Keys = Receipt.objects.filter(theatre=theatre).annotate(key=F("order")).values("key")
    if codes := [code for code in re.findall(r"[\w-]+", query, re.ASCII) if len(code) == CODE_LENGTH]:
        tickets: Keys = Ticket.objects.filter(order__theatre=theatre).annotate(key=F("order")).values("key")
        yield from (way.filter(code__in=codes) for way in (keys, tickets, receipts))
    if number := RECEIPT_NUMBER.search(query.strip()):
        yield receipts.filter(year=int(number[1]), number=int(number[2]))


def _by_words(theatre: Theatre, here: Keys, query: str) -> Iterator[Keys]:
    """By the index of the rarest word, if at most MANY orders have it; else by a scan from the newest order on."""
    words = sorted(typed_words(query), key=len, reverse=True)[:MOST_WORDS]
    if not words or len(words[0]) < LEAST:
        return
    begun = {word: OrderWord.objects.filter(word__range=(word, word + LAST)) for word in words}
    often = {word: begun[word].filter(theatre=theatre)[: MANY + 1].count() for word in words if len(word) >= LEAST}
    rarest = min(often, key=often.__getitem__)
    if often[rarest] <= MANY:
        others = (Exists(begun[word].filter(order=OuterRef("order"))) for word in words if word != rarest)
        orders = begun[rarest].filter(*others, theatre=theatre)
        yield orders.annotate(key=F("order")).values("key").distinct()
    else:
        yield here.filter(*(Exists(begun[word].filter(order=OuterRef("pk"))) for word in words))


def _seat_steps(order: Ticket) -> list[HistoryEntry]:
    """The order's events in the seat ledger, one entry for each revision."""
    events = SeatEvent.objects.filter(ticket=order).select_related("user", "show_seat__seat")
    events = events.order_by("at", "show", "revision", "show_seat__seat__y", "show_seat__seat__x")
    entries = []
    for _step, group in groupby(events, key=lambda event: (event.show_id, event.revision)):
        lines = list(group)
        seats = and_list(line.show_seat.seat.label for line in lines)
        first = lines[0]
        who = (first.actor == SeatEvent.Actor.STAFF and first.user) or first.get_actor_display()
        part = first.action == SeatEvent.Action.CANCEL and first.at != order.cancelled_at
        what = _("seats refunded") if part else first.get_action_display()
        entries.append(HistoryEntry(first.at, who, what, first.reason, seats))
    return entries


def _who(payment: Payment, by: User | None = None) -> User | str:
    """The author of a payment or of a refund of it: ``by`` a seller, if it was at a till."""
    if payment.till_session_id:
        return by or _("staff")
    if payment.voucher_id:
        return _("voucher")
    return _("gift card") if payment.gift_card_id else _("payment provider")


def _payment_steps(payment: Payment) -> list[HistoryEntry]:
    if not payment.amount and (payment.order.is_prepaid or payment.mode):  # others have paid for the order
        return []
    if not payment.amount:
        who = _who(payment, payment.taken_by) if payment.till_session_id else _("buyer")
        return [HistoryEntry(payment.created_at, who, _("booked for free"))]
    amount, way = format_money(payment.amount), payment.get_mode_display()
    entries, note = [], listed([amount, way])
    if not payment.till_session_id:
        entries = [HistoryEntry(payment.created_at, _("buyer"), _("started to pay"), note=note)]
    if payment.settled_at:
        entries.append(
            HistoryEntry(
                payment.settled_at,
                _who(payment, payment.taken_by),
                _settled(payment),
                note=note,
            )
        )
    for refund in payment.refunds.all():
        back = format_money(refund.amount)
        entries.append(
            HistoryEntry(refund.created_at, _("automatic"), _("refund started"), refund.get_reason_display(), back)
        )
        if refund.done_at and refund.status != Refund.Status.BY_HAND:  # which is in the actions of staff
            what = _("taken off the invoice") if refund.is_off_invoice else _("refunded")
            entries.append(HistoryEntry(refund.done_at, _who(payment, refund.paid_by), what, note=back))
    return entries


def _settled(payment: Payment) -> str:
    if payment.status == Payment.Status.FAILED:
        return _("declined")
    return _("sold on invoice") if payment.is_on_invoice else _("paid")


def _details(event: AuditEvent) -> str:
    """Format the details of an event."""
    details, parts = event.details, []
    if details.get("what") in CounterAction.Kind:
        return f"{CounterAction.Kind(details['what']).label} · {format_money(Decimal(details.get('amount') or 0))}"
    if amount := Decimal(details.get("amount") or 0):
        named = event.action in NAMED
        text = format_money(amount)
        parts.append(text if named else _("refund of %(amount)s") % {"amount": text})
    if cheaper := Decimal(details.get("cheaper") or 0):
        text = _("%(amount)s cheaper") if cheaper > 0 else _("%(amount)s more expensive, not charged")
        parts.append(text % {"amount": format_money(abs(cheaper))})
    if "before" in details:
        before, after = (listed(v) if isinstance(v, list) else v for v in (details["before"], details["after"]))
        parts.append(_("%(before)s → %(after)s") % {"before": before, "after": after})
    if details.get("seats"):
        parts.append(listed(details["seats"]))
    return " · ".join(parts)


def exchange_shows(order: Ticket, theatre: Theatre, day: date | None) -> list[Show]:
    """Shows for which the order, loaded with its show and seats, could be exchanged.

    The coming shows of its film, or all shows of a trading ``day``; also those with too few free seats.
    """
    shows = Show.objects.filter(screen__theatre=theatre, status=Show.Status.SCHEDULED, ends_at__gt=Now())
    shows = shows.filter(with_film(order.show.movie_id)) if day is None else shows.filter(trading_day=day)
    shows = shows.exclude(pk=order.show_id).select_related("movie", "screen__theatre", "language", "subtitles")
    return with_features(shows.order_by("starts_at", "screen__name")[:MOST_SHOWS])
