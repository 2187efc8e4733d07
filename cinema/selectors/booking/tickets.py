"""Reads about tickets. A ticket is loaded with its show, movie, theatre, languages, hold and seats."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from cinema.domain.money import share
from cinema.models import Feature, Order, OrderLine, Payment, Refund, SeatEvent, Show, Ticket, TicketSeat, User
from cinema.models.annotated import TicketNow, TicketWithPrice
from cinema.selectors.booking.used_coupons import Lost, deductible, lost_elsewhere
from cinema.selectors.core.balances import kept_for_seats, with_current_price
from cinema.selectors.core.compiled import Compiled, give

Payments = TypeVar("Payments", bound=QuerySet[Any])

COMING = Q(status=Ticket.Status.CONFIRMED, show__ends_at__gt=Now()) | Q(
    status=Ticket.Status.PENDING, hold__expires_at__gt=Now()
)
PAST = Q(status=Ticket.Status.CONFIRMED, show__ends_at__lte=Now())
CANCELLED = Q(status=Ticket.Status.CANCELLED)

# The active seats of a confirmed ticket; all seats of any other ticket.
PRESENT = Q(active=True) | ~Q(ticket__status=Ticket.Status.CONFIRMED)

SECTIONS = {
    "coming": (COMING, "show__starts_at"),
    "past": (PAST, "-show__starts_at"),
    "cancelled": (CANCELLED, "-cancelled_at"),
}


class CancellationTerms(NamedTuple):
    """Until when a ticket can be cancelled (None: at any time), and the ``amount`` refunded then.

    ``of`` is the money kept for its active seats, of which ``percent`` is refunded; but what ``vouchers`` have paid is
    returned in full, since it is returned as vouchers, or not at all. ``others`` are seats on other tickets of the
    order that then cost more, since they had a discount only together with it, and how much more; ``of`` is less this.
    """

    until: datetime | None
    percent: int
    of: Decimal
    amount: Decimal
    vouchers: Decimal = Decimal(0)
    others: Lost = {}

    @property
    def of_money(self) -> Decimal:
        """What is kept but for vouchers."""
        return self.of - self.vouchers

    @property
    def money(self) -> Decimal:
        """What is refunded but no vouchers."""
        return self.amount - self.vouchers

    @property
    def deducted(self) -> Decimal:
        """What the other seats cost more."""
        return sum(self.others.values(), Decimal(0))

    def open_at(self, moment: datetime) -> bool:
        return self.until is None or moment <= self.until


def cancellation_terms(ticket: TicketWithPrice) -> CancellationTerms:
    """The terms under which ``ticket`` was sold; everything is refunded if its show is cancelled.

    It is loaded with its show, its order and with_current_price(). Earlier refunds are deducted, and the booking fee
    is kept.
    """
    if ticket.show.status == Show.Status.CANCELLED:
        return CancellationTerms(None, 100, ticket.kept, ticket.kept, ticket.kept_vouchers)
    left, percent = min(kept_for_seats(ticket), ticket.current_price), ticket.refund_percent
    others = deductible(lost_elsewhere(ticket), left - ticket.kept_vouchers)
    left -= sum(others.values(), Decimal(0))
    vouchers = min(ticket.kept_vouchers, left) if percent else Decimal(0)
    amount = vouchers + share(left - vouchers, percent)
    return CancellationTerms(cancel_until(ticket), percent, left, amount, vouchers, others)


class SaleTerms(NamedTuple):
    """Until when a ticket bought now could be cancelled, and the percentage that would be refunded."""

    until: datetime
    percent: int


def sale_terms(show: Show) -> SaleTerms:
    """The terms under which tickets of ``show``, loaded with its theatre, are sold."""
    theatre = show.screen.theatre
    return SaleTerms(show.starts_at - timedelta(minutes=theatre.cancel_cutoff), theatre.refund_percent)


def cancel_until(ticket: Ticket) -> datetime:
    """Until when the buyer can cancel or change ``ticket``, which is loaded with its show."""
    return ticket.show.starts_at - timedelta(minutes=ticket.cancel_cutoff)


def is_admitted(ticket: Ticket) -> bool:
    """Whether somebody was admitted with ``ticket``, loaded with its seats, and not undone since."""
    return any(line.active and line.check_in_id is not None for line in ticket.seats.all())


def tickets() -> QuerySet[TicketNow]:
    """All tickets with everything their pages and mails show, and ``now``, the database's clock; in three queries.

    A confirmed ticket has its active seats; any other ticket has all seats it ever had.
    """
    # Separate queries: planning one join of eight tables takes longer than running both.
    shows, seats = _shows(), _present_seats()
    tickets = with_current_price(Ticket.objects.select_related("hold", "order")).annotate(now=Now())
    return tickets.prefetch_related(Prefetch("show", shows), Prefetch("seats", seats))


def ticket_by_code(code: str) -> TicketNow | None:
    """Return the ticket with this code, or None."""
    for ticket in _by_code(code):
        [ticket.show] = _show(ticket.show_id)
        give(ticket, "seats", _seats(ticket.pk))
        return ticket
    return None


@Compiled
def _by_code(code: str) -> QuerySet[TicketNow]:
    return with_current_price(Ticket.objects.select_related("hold", "order")).annotate(now=Now()).filter(code=code)


@Compiled
def _show(pk: int) -> QuerySet[Show]:
    return _shows().filter(pk=pk).order_by()


@Compiled
def _seats(ticket: int) -> QuerySet[TicketSeat]:
    return _present_seats().filter(ticket=ticket)


def ticket_by_reference(reference: str) -> TicketNow | None:
    """Return the ticket with this reference, or None."""
    return tickets().filter(reference=reference).first()


def _shows() -> QuerySet[Show]:
    return Show.objects.select_related("movie", "screen__theatre", "language", "subtitles")


def _present_seats() -> QuerySet[TicketSeat]:
    seats = TicketSeat.objects.filter(PRESENT).select_related("show_seat__seat__category", "ticket_type")
    return seats.order_by("show_seat__seat__y", "show_seat__seat__x")


def tickets_for_page() -> QuerySet[Ticket]:
    """Tickets with show, theatre and hold, as the page of a payment shows them."""
    return Ticket.objects.select_related("show__movie", "show__screen__theatre", "hold").order_by("pk")


def with_tickets(payments: Payments, seats: QuerySet[TicketSeat]) -> Payments:
    """Load payments with their order and its ``ticket_list``: tickets with show, theatre, hold and their ``lines``."""
    return payments.select_related("order").prefetch_related(
        Prefetch("order__tickets", tickets_for_page(), to_attr="ticket_list"),
        Prefetch("order__ticket_list__seats", seats, to_attr="lines"),
    )


def with_lines(payments: Payments) -> Payments:
    """Load payments with their order and its ``line_list``: its lines with ticket seats and coupons."""
    lines = OrderLine.objects.select_related("ticket_seat", "coupon").order_by("pk")
    return payments.select_related("order").prefetch_related(Prefetch("order__lines", lines, to_attr="line_list"))


def order_by_code(code: str) -> Order | None:
    """The order with its ``ticket_list``: tickets() in the order of their shows, with their refunds; or None."""
    refunds = Refund.objects.select_related("payment__gift_card").order_by("pk")
    of_order = tickets().prefetch_related(Prefetch("refunds", refunds)).order_by("show__starts_at", "pk")
    found = Order.objects.filter(code=code).first()
    if found:
        found.ticket_list = list(of_order.filter(order=found))
    return found


def chosen_types(order: Order) -> dict[int, int]:
    """The ticket types (keys) of an order's seats (keys of ShowSeat), where they have one."""
    seats = TicketSeat.objects.filter(ticket__order=order, ticket_type__isnull=False)
    return dict(seats.values_list("show_seat", "ticket_type"))


def later_ticket(ticket: Ticket) -> Ticket | None:
    """The ticket that replaced an expired one of the same hold: the buyer chose other seats or ticket types."""
    later = Ticket.objects.filter(hold=ticket.hold_id, pk__gt=ticket.pk).exclude(status=Ticket.Status.EXPIRED)
    return later.order_by("-pk").first()


def may_be_paid(ticket: Ticket) -> bool:
    """Whether an unpaid ticket may still be paid, because one of its payments is open."""
    return ticket.order.payments.by_provider().filter(status__in=Payment.OPEN).exists()


def ticket_code(*, reference: str, email: str) -> str | None:
    """Return the code of the ticket with this reference that was booked with this email address, in any case."""
    return Ticket.objects.filter(reference=reference, order__email__iexact=email).values_list("code", flat=True).first()


def ticket_counts(user: User) -> dict[str, int]:
    """The number of tickets of ``user`` in each section: coming, past, cancelled."""
    return Ticket.objects.filter(own(user)).aggregate(
        **{name: Count("pk", filter=where) for name, (where, _) in SECTIONS.items()}
    )


def tickets_of(user: User, section: str) -> QuerySet[TicketNow]:
    """The tickets of ``user`` in a section, the next show first (coming) or the latest (others)."""
    where, order = SECTIONS[section]
    return tickets().filter(where & own(user)).order_by(order, "pk")


def own(user: User) -> Q:
    """Condition for the tickets of an account.

    Those booked while signed in, and those booked without an account for its (proven) email address.
    """
    return Q(order__user=user) | Q(order__user=None, order__email=user.email)


def is_own(ticket: Ticket, user: User) -> bool:
    """Whether the ticket belongs to the account, as own()."""
    order = ticket.order
    return order.user_id == user.pk or (order.user_id is None and order.email == user.email)


def refunds_of(ticket: Ticket) -> list[Refund]:
    """The refunds of ``ticket`` and of further payments for its order, done or pending, the oldest first, each with its
    payment."""
    further = Q(ticket=None, payment__order=ticket.order_id)
    refunds = Refund.objects.filter(Q(ticket=ticket) | further).select_related("payment__gift_card")
    return list(refunds.order_by("created_at", "pk"))


def changes_of(ticket: Ticket) -> int:
    """A number that rises whenever the ticket, one of its shows (past or present) or their films changes; never falls.

    The sum of its events in the seat ledger and the versions of its shows and films.
    """
    return changes_by_ticket([ticket.pk]).get(ticket.pk, 0)


def changes_by_ticket(keys: Collection[int] | QuerySet[Any, Any]) -> dict[int, int]:
    """The number of changes of each of these tickets, by their keys; in one statement."""
    events = SeatEvent.objects.filter(ticket__in=keys)
    further = (
        Feature.objects.filter(show=OuterRef("show")).order_by().values("show").annotate(sum=Sum("movie__version"))
    )
    films = F("show__movie__version") + Coalesce(Subquery(further.values("sum")), 0)
    shows = events.values("ticket", "show", plan=F("show__version"), film=films)
    found: dict[int, int] = {}
    for show in shows.annotate(steps=Count("pk")).order_by():
        found[show["ticket"]] = found.get(show["ticket"], 0) + show["steps"] + show["plan"] + show["film"]
    return found
