"""What needs somebody's attention at a theatre."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Count, F, Min, Q, Sum

from cinema.models import (
    Price,
    Refund,
    SeatBlock,
    SeatCategory,
    Show,
    ShowCancellation,
    ShowSeat,
    Theatre,
    WaitingEntry,
)
from cinema.selectors.today import Day

SOON = timedelta(days=2)
TOO_LONG = timedelta(hours=1)  # for money on its way back
LEAST_BREAK = 5  # minutes between a film and the next show
AT_MOST = 10  # of a kind


class SoldBlock(NamedTuple):
    """Broken seats that are sold: on which block, how many, and the first show concerned."""

    block: SeatBlock
    seats: int
    first_at: datetime


class Draft(NamedTuple):
    """A draft that starts soon, and which categories have no price; ``unpriced`` alone is for the lack of a card."""

    show: Show
    has_card: bool
    unpriced: list[str]


class Clash(NamedTuple):
    """Two shows on a screen with ``minutes`` between the film and the next start, less than none when they overlap."""

    first: Show
    second: Show
    minutes: int


class Waiting(NamedTuple):
    """A show with free seats for which people wait."""

    show: Show
    people: int


class Owed(NamedTuple):
    """Refunds that have been on their way too long; how much money, and since when."""

    count: int
    amount: object
    since: datetime


class Attention(NamedTuple):
    """All of it, the most pressing kind first."""

    clashes: list[Clash]
    sold: list[SoldBlock]
    drafts: list[Draft]
    called_off: list[ShowCancellation]
    owed: Owed | None
    waiting: list[Waiting]

    def __bool__(self) -> bool:
        return any(self)


def attention(theatre: Theatre, day: Day, now: datetime, *, money: bool) -> Attention:
    """What needs attention at the theatre now, and on ``day``; of ``money`` only for who may see it."""
    return Attention(
        clashes=list(_clashes(day)),
        sold=_sold_blocks(theatre, now),
        drafts=_drafts(theatre, day, now),
        called_off=_called_off(theatre),
        owed=_owed(theatre, now) if money else None,
        waiting=_waiting(theatre, now),
    )


def _clashes(day: Day) -> Iterator[Clash]:
    for line in day.lines:
        for first, second in pairwise(slot.show for slot in line.slots):
            minutes = int((second.starts_at - first.film_ends_at).total_seconds() // 60)
            if minutes < LEAST_BREAK:
                yield Clash(first, second, minutes)


def _sold_blocks(theatre: Theatre, now: datetime) -> list[SoldBlock]:
    blocks = SeatBlock.objects.filter(screen__theatre=theatre, kind=SeatBlock.Kind.BROKEN, lifted_at=None)
    blocks = {
        block.pk: block
        for block in blocks.filter(Q(until_day=None) | Q(until_day__gte=theatre.trading_day(now))).select_related(
            "screen"
        )
    }
    if not blocks:
        return []
    sold = ShowSeat.objects.filter(
        Q(seat__blocks__until_day=None) | Q(seat__blocks__until_day__gte=F("show__trading_day")),
        seat__blocks__in=blocks,
        seat__blocks__from_day__lte=F("show__trading_day"),
        status=ShowSeat.Status.BOOKED,
        show__screen__theatre=theatre,
        show__ends_at__gt=now,
        show__status=Show.Status.SCHEDULED,
    )
    counted = sold.values("seat__blocks").annotate(seats=Count("pk"), first=Min("show__starts_at")).order_by("first")
    return [SoldBlock(blocks[row["seat__blocks"]], row["seats"], row["first"]) for row in counted[:AT_MOST]]


def _drafts(theatre: Theatre, day: Day, now: datetime) -> list[Draft]:
    soon = Q(starts_at__gt=now, starts_at__lt=now + SOON) | Q(trading_day=day.day, starts_at__gt=now)
    drafts = Show.objects.filter(soon, screen__theatre=theatre, status=Show.Status.DRAFT)
    drafts = list(drafts.select_related("movie", "screen").order_by("starts_at", "pk")[:AT_MOST])
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


def _called_off(theatre: Theatre) -> list[ShowCancellation]:
    open_ones = ShowCancellation.objects.filter(done_at=None, show__screen__theatre=theatre)
    return list(open_ones.select_related("show__movie", "show__screen").order_by("created_at")[:AT_MOST])


def _owed(theatre: Theatre, now: datetime) -> Owed | None:
    late = Refund.objects.filter(
        status=Refund.Status.PENDING,
        created_at__lt=now - TOO_LONG,
        payment__ticket__show__screen__theatre=theatre,
    )
    owed = Owed(**late.aggregate(count=Count("pk"), amount=Sum("amount"), since=Min("created_at")))
    return owed if owed.count else None


def _waiting(theatre: Theatre, now: datetime) -> list[Waiting]:
    shows = Show.objects.filter(
        waited_for=True,
        seats_free__gt=0,
        status=Show.Status.SCHEDULED,
        screen__theatre=theatre,
        starts_at__gt=now,
        sales_end_at__gt=now,
        waiting__status=WaitingEntry.Status.WAITING,
    )
    shows = shows.annotate(people=Count("waiting")).select_related("movie", "screen").order_by("starts_at")
    return [Waiting(show, show.people) for show in shows[:AT_MOST]]
