"""Finding the orders of a theatre, and the whole story of one."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from itertools import groupby
from operator import or_
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Concat, Now
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from cinema.models import AuditEvent, Payment, Refund, Screen, SeatEvent, Show, Theatre, Ticket, TicketSeat, User
from cinema.models.codes import REFERENCE_ALPHABET, REFERENCE_LENGTH
from cinema.models.lookups import PHONE_DIGITS, Digits, Folded, LastDigits
from cinema.money import format_money
from cinema.selectors.tickets import with_money

PER_PAGE = 50
MOST_SHOWS = 60
MANY = 10_000
LEAST = 2  # letters of a name or an address; fewer find nearly everybody
LAST = "\U0010ffff"  # sorts after everything
PHONE_SIGNS = frozenset("+ -()./")


class Page(NamedTuple):
    """Some orders, the newest first; ``older`` is before which key the next page starts, None at the end."""

    orders: list[Ticket]
    older: int | None


class Entry(NamedTuple):
    """A line of an order's history: when, who (None: nobody of the staff), what, and why."""

    at: datetime
    who: User | str
    what: str
    why: str = ""
    note: str = ""


def find_orders(theatre: Theatre, asked: str, before: int | None = None) -> Page:
    """The theatre's orders by reference, e-mail address, name or phone number; all of them where nothing is asked.

    A reference in any spacing; addresses and names from their beginning, in any case; of phone numbers the digits,
    at least PHONE_DIGITS. In four statements.
    """
    screens = list(Screen.objects.filter(theatre=theatre).values_list("pk", flat=True))
    asked = " ".join(asked.split()).lower()
    # Asked of one order after the other, from the newest on; a join is read by SQLite from all shows there ever were.
    here = Exists(Show.objects.filter(pk=OuterRef("show"), screen__in=screens))
    orders = (_found(asked) if asked else Ticket.objects).filter(here)
    if before is not None:
        orders = orders.filter(pk__lt=before)
    keys = list(orders.order_by("-pk").values_list("pk", flat=True)[: PER_PAGE + 1])
    seats = TicketSeat.objects.select_related("show_seat__seat").order_by("show_seat__seat__y", "show_seat__seat__x")
    found = with_money(Ticket.objects.filter(pk__in=keys[:PER_PAGE])).select_related("show__movie", "show__screen")
    found = found.order_by("-pk").prefetch_related(Prefetch("seats", seats))
    return Page(list(found), keys[PER_PAGE - 1] if len(keys) > PER_PAGE else None)


def reference_of(asked: str) -> str:
    """What somebody typed as a reference, as it is stored: “k7pm-3w” and “K7PM 3W” are “K7PM3W”."""
    return "".join(filter(str.isalnum, asked)).upper()


def order_at(theatre: Theatre, reference: str) -> Ticket | None:
    """The theatre's order with all its page shows, its seats (also those given back) with their kinds; or None."""
    seats = TicketSeat.objects.select_related("show_seat__seat__category", "ticket_type")
    seats = seats.order_by("-active", "show_seat__seat__y", "show_seat__seat__x")
    shows = Show.objects.select_related("movie", "screen__theatre", "language", "subtitles")
    payments = Payment.objects.prefetch_related(Prefetch("refunds", Refund.objects.order_by("pk"))).order_by("pk")
    orders = with_money(Ticket.objects.filter(reference=reference_of(reference), show__screen__theatre=theatre))
    return (
        orders.select_related("hold", "user")
        .prefetch_related(Prefetch("show", shows), Prefetch("seats", seats), Prefetch("payments", payments))
        .first()
    )


def deeds_of(order: Ticket) -> list[AuditEvent]:
    """What staff did to the order, the first first."""
    return list(AuditEvent.objects.filter(ticket=order).select_related("user").order_by("pk"))


def history(order: Ticket, deeds: Sequence[AuditEvent]) -> list[Entry]:
    """Everything that happened to the order, the latest first: its seats, its money, its mails and what staff did.

    It comes with its payments and their refunds.
    """
    entries = [Entry(order.created_at, _("buyer"), _("booked"))]
    for payment in order.payments.all():
        entries += _payment_steps(payment)
    entries += _seat_steps(order)
    entries += [
        Entry(deed.at, deed.user or "", deed.get_action_display(), deed.reason, _details(deed)) for deed in deeds
    ]
    if order.emailed_at:
        entries.append(Entry(order.emailed_at, _("mail"), _("ticket sent"), note=order.email))
    if order.told_at:
        entries.append(Entry(order.told_at, _("mail"), _("told that the show is called off"), note=order.email))
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _found(asked: str) -> QuerySet[Ticket]:
    """The orders anywhere that fit."""
    if "@" in asked:
        return _starting("email", asked)
    number = "".join(filter(str.isdigit, asked))
    only_digits = PHONE_SIGNS.issuperset(set(asked) - set(number))
    reference = reference_of(asked)
    ways = []
    if len(reference) == REFERENCE_LENGTH and set(reference) <= set(REFERENCE_ALPHABET):
        ways.append(Ticket.objects.filter(reference=reference))
    if only_digits and number.isascii() and len(number) >= PHONE_DIGITS:
        phones = Ticket.objects.alias(end=LastDigits("phone"), number=Digits("phone"))
        ways.append(phones.filter(end=number[-PHONE_DIGITS:], number__endswith=number.lstrip("0")[-9:]))
    if ways:
        return Ticket.objects.filter(reduce(or_, (Q(pk__in=way.values("pk")) for way in ways)))
    return _starting("name", asked) if len(asked) >= LEAST and not only_digits else Ticket.objects.none()


def _starting(field: str, start: str) -> QuerySet[Ticket]:
    """By the index while few fit; else the newest are soon found by looking at one after the other."""
    near = Ticket.objects.alias(folded=Folded(field)).filter(folded__gte=start, folded__lt=start + LAST)
    if near[: MANY + 1].count() <= MANY:
        return Ticket.objects.filter(pk__in=near.values("pk"))
    plain = Ticket.objects.alias(folded=Concat(Folded(field), Value("")))  # no index is for this
    return plain.filter(folded__gte=start, folded__lt=start + LAST)


def _seat_steps(order: Ticket) -> list[Entry]:
    """The seat ledger's lines about the order, one for each step."""
    events = SeatEvent.objects.filter(ticket=order).select_related("user", "show_seat__seat")
    events = events.order_by("at", "show", "revision", "show_seat__seat__y", "show_seat__seat__x")
    entries = []
    for _step, group in groupby(events, key=lambda event: (event.show_id, event.revision)):
        lines = list(group)
        seats = get_text_list([line.show_seat.seat.label for line in lines], _("and"))
        first = lines[0]
        who = (first.actor == SeatEvent.Actor.STAFF and first.user) or first.get_actor_display()
        part = first.action == SeatEvent.Action.CANCEL and first.at != order.cancelled_at
        what = _("seats given back") if part else first.get_action_display()
        entries.append(Entry(first.at, who, what, first.reason, seats))
    return entries


def _payment_steps(payment: Payment) -> list[Entry]:
    amount, way = format_money(payment.amount), payment.get_mode_display()
    entries = [Entry(payment.created_at, _("buyer"), _("went to pay"), note=f"{amount}, {way}")]
    if payment.settled_at:
        paid = payment.status != Payment.Status.FAILED
        entries.append(
            Entry(
                payment.settled_at, _("payment gateway"), _("paid") if paid else _("declined"), note=f"{amount}, {way}"
            )
        )
    for refund in payment.refunds.all():
        back = format_money(refund.amount)
        entries.append(Entry(refund.created_at, _("refund"), _("to be paid back"), refund.get_reason_display(), back))
        if refund.done_at:
            entries.append(Entry(refund.done_at, _("payment gateway"), _("paid back"), note=back))
    return entries


def _details(deed: AuditEvent) -> str:
    """What of a deed's details says more than its name."""
    said, parts = deed.details, []
    if amount := Decimal(said.get("amount") or 0):
        parts.append(_("%(amount)s back") % {"amount": format_money(amount)})
    if cheaper := Decimal(said.get("cheaper") or 0):
        text = _("%(amount)s cheaper") if cheaper > 0 else _("%(amount)s dearer, borne by the house")
        parts.append(text % {"amount": format_money(abs(cheaper))})
    if "before" in said:
        before, after = (", ".join(v) if isinstance(v, list) else v for v in (said["before"], said["after"]))
        parts.append(f"{before} → {after}")
    if said.get("seats"):
        parts.append(", ".join(said["seats"]))
    return " · ".join(parts)


def exchange_shows(order: Ticket, theatre: Theatre, day: date | None) -> list[Show]:
    """Where the order, loaded with its show and seats, could go: the coming shows of its film, or all of a trading
    day. Those with too few free seats are among them, and say so."""
    shows = Show.objects.filter(screen__theatre=theatre, status=Show.Status.SCHEDULED, ends_at__gt=Now())
    shows = shows.filter(movie=order.show.movie_id) if day is None else shows.filter(trading_day=day)
    shows = shows.exclude(pk=order.show_id).select_related("movie", "screen__theatre", "language", "subtitles")
    return list(shows.order_by("starts_at", "screen__name")[:MOST_SHOWS])
