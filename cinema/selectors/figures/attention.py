"""Problems at a theatre that need the attention of staff."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Count, Q

from cinema.models import (
    CheckIn,
    OutgoingMail,
    PaymentIncident,
    Price,
    SeatBlock,
    SeatCategory,
    Show,
    ShowCancellation,
    ShowSeat,
    Theatre,
    WaitingEntry,
)
from cinema.selectors.booking.blocks import standing
from cinema.selectors.core.features import with_features
from cinema.selectors.core.mails import Delayed, delayed_mails, undelivered_mails
from cinema.selectors.door.conflicts import conflicts_at
from cinema.selectors.money.disputes import RECENTLY, DisputeLine, disputes_at, incidents_at
from cinema.selectors.money.invoices import InvoicesOverdue, overdue_invoices
from cinema.selectors.money.overdue import Overdue, OverdueTotal, overdue, total_of
from cinema.selectors.schedule.today import TradingDay

SOON = timedelta(days=2)
LEAST_BREAK = 5  # minutes between the end of a film and the next show
AT_MOST = 10  # problems of one kind


class SoldBlock(NamedTuple):
    """A block of broken seats of which some are sold, their number, and the start of the first show concerned."""

    block: SeatBlock
    seats: int
    first_at: datetime


class Draft(NamedTuple):
    """A draft that starts soon, whether it has a price card, and the names of its categories without a price."""

    show: Show
    has_card: bool
    unpriced: list[str]


class Clash(NamedTuple):
    """Two shows on a screen with only ``minutes`` between film and next start; negative if they overlap."""

    first: Show
    second: Show
    minutes: int


class Waiting(NamedTuple):
    """A show with free seats and people on its waiting list."""

    show: Show
    people: int


class Attention(NamedTuple):
    """The problems by kind, the most urgent kind first. False if there are none."""

    clashes: list[Clash]
    sold: list[SoldBlock]
    drafts: list[Draft]
    cancellations: list[ShowCancellation]
    payments: OverdueTotal | None
    refunds: OverdueTotal | None
    refused: OverdueTotal | None
    invoices: InvoicesOverdue | None
    disputes: list[DisputeLine]
    incidents: list[PaymentIncident]
    undelivered: list[OutgoingMail]
    delayed: Delayed | None
    waiting: list[Waiting]
    admitted: list[CheckIn]

    def __bool__(self) -> bool:
        return any(self)


def attention(theatre: Theatre, day: TradingDay, now: datetime, *, orders: bool) -> Attention:
    """The problems at the theatre now and on ``day``.

    Without ``orders`` (for roles that may not see orders), money and mails are left out.
    """
    late = overdue(theatre, now) if orders else Overdue([], [])
    return Attention(
        clashes=list(_clashes(day)),
        sold=_sold_blocks(theatre, now),
        drafts=_drafts(theatre, day, now),
        cancellations=_cancellations(theatre),
        payments=total_of(late.payments),
        refunds=total_of(line for line in late.refunds if line.next_at),
        refused=total_of(line for line in late.refunds if not line.next_at),
        invoices=overdue_invoices(theatre, now) if orders else None,
        disputes=disputes_at(theatre, now, is_open=True)[:AT_MOST] if orders else [],
        incidents=incidents_at(theatre, since=now - RECENTLY)[:AT_MOST] if orders else [],
        undelivered=undelivered_mails(theatre) if orders else [],
        delayed=delayed_mails(theatre) if orders else None,
        waiting=_waiting(theatre, now),
        admitted=conflicts_at(theatre) if orders else [],
    )


def _clashes(day: TradingDay) -> Iterator[Clash]:
    for line in day.lines:
        for first, second in pairwise(slot.show for slot in line.slots):
            minutes = int((second.starts_at - first.film_ends_at).total_seconds() // 60)
            if minutes < LEAST_BREAK:
                yield Clash(first, second, minutes)


def _sold_blocks(theatre: Theatre, now: datetime) -> list[SoldBlock]:
    broken = SeatBlock.objects.filter(screen__theatre=theatre, kind=SeatBlock.Kind.BROKEN)
    blocks = list(standing(broken, theatre.trading_day(now)).select_related("screen").prefetch_related("seats"))
    if not blocks:
        return []
    # Start from the coming shows, because the past shows of a seat are many more.
    coming = Show.objects.filter(screen__in={block.screen_id for block in blocks}, ends_at__gt=now)
    sold = ShowSeat.objects.filter(
        seat__in={seat.pk for block in blocks for seat in block.seats.all()},
        show__in=coming.filter(status=Show.Status.SCHEDULED).order_by().values("pk"),
        status=ShowSeat.Status.BOOKED,
    )
    by_seat: defaultdict[int, list[tuple[date, datetime]]] = defaultdict(list)
    for seat_id, day, starts_at in sold.values_list("seat_id", "show__trading_day", "show__starts_at"):
        by_seat[seat_id].append((day, starts_at))
    found = []
    for block in blocks:
        starts = [at for seat in block.seats.all() for day, at in by_seat[seat.pk] if block.covers(day)]
        if starts:
            found.append(SoldBlock(block, len(starts), min(starts)))
    return sorted(found, key=attrgetter("first_at"))[:AT_MOST]


def _drafts(theatre: Theatre, day: TradingDay, now: datetime) -> list[Draft]:
    soon = Q(starts_at__gt=now, starts_at__lt=now + SOON) | Q(trading_day=day.day, starts_at__gt=now)
    coming = Show.objects.filter(screen__theatre=theatre, ends_at__gt=now)  # can use an index
    found = coming.filter(soon, status=Show.Status.DRAFT)
    drafts = with_features(found.select_related("movie", "screen").order_by("starts_at", "pk")[:AT_MOST])
    if not drafts:
        return []
    screens = {show.screen_id for show in drafts}
    stands = Q(seats__screen__in=screens, seats__retired_at=None)
    categories = SeatCategory.objects.filter(stands).values_list("seats__screen", "pk", "name").distinct()
    in_hall = [(screen, pk, name) for screen, pk, name in categories.order_by("rank")]
    cards = {show.price_card_id for show in drafts if show.price_card_id}
    priced = set(Price.objects.filter(card__in=cards).values_list("card", "category")) if cards else set()
    return [
        Draft(
            show,
            show.price_card_id is not None,
            [
                name
                for screen, pk, name in in_hall
                if screen == show.screen_id and (show.price_card_id, pk) not in priced
            ],
        )
        for show in drafts
    ]


def _cancellations(theatre: Theatre) -> list[ShowCancellation]:
    # Few cancellations are open at all. With the theatre in the query, the database would scan all its shows instead.
    open_ones = ShowCancellation.objects.filter(done_at=None).select_related("show__movie", "show__screen")
    here = (one for one in open_ones.order_by("created_at") if one.show.screen.theatre_id == theatre.pk)
    return list(islice(here, AT_MOST))


def _waiting(theatre: Theatre, now: datetime) -> list[Waiting]:
    shows = Show.objects.filter(
        waited_for=True,
        seats_free__gt=0,
        status=Show.Status.SCHEDULED,
        screen__theatre=theatre,
        ends_at__gt=now,
        sales_end_at__gt=now,
        waiting__status=WaitingEntry.Status.WAITING,
    )
    shows = shows.annotate(people=Count("waiting")).select_related("movie", "screen").order_by("starts_at")
    return [Waiting(show, show.people) for show in with_features(shows[:AT_MOST])]
