"""The seats of a show for one buyer: the whole map, or the changes since a revision."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cinema.domain.fees import BookingFee
from cinema.domain.lists import comma, listed
from cinema.domain.money import format_money
from cinema.domain.seating.places import SeatPlace, partners, wheelchairs_beside
from cinema.models import Hold, Screen, Seat, SeatEvent, Show, ShowSeat
from cinema.models.annotated import ShowNow
from cinema.models.translations import LocalText, Translations
from cinema.selectors.core.compiled import Compiled

FREE, MINE, HELD, SOLD = "free", "mine", "held", "sold"
BEND_STEPS = 12
NO_FEE = BookingFee()


@dataclass(slots=True)
class SeatView:
    """One seat on the map. ``gap`` is the empty space before it in half seats, ``bend`` its step on a curved row.

    ``partner`` is the other half of a love seat. A companion seat is free together with one of the wheelchair spaces
    ``free_with``. ``holder`` is the holder's fingerprint, by which a page finds its own seats in an update sent to all.
    """

    id: int
    row: str
    number: int
    y: int
    x: int
    category: str
    category_id: int
    rank: int
    kind: str
    price: Decimal
    state: str
    label: str
    name: str
    line: str
    checked: bool
    holder: str = ""
    gap: int = 0
    bend: int = 0
    partner: int | None = None
    is_left: bool = False
    free_with: Sequence[int] = ()

    @property
    def place(self) -> SeatPlace:
        """The seat for cinema.domain.seating."""
        return SeatPlace(
            self.id, self.row, self.number, self.x, self.y, self.price, self.category_id, self.kind, self.open
        )

    @property
    def open(self) -> bool:
        return self.state in (FREE, MINE)

    @property
    def classes(self) -> str:
        parts = ["seat", f"c{self.rank}", self.state]
        if self.gap:
            parts.append(f"g{self.gap}")
        if self.bend:
            parts.append(f"u{self.bend}")
        if self.kind != Seat.Kind.STANDARD:
            parts.append(self.kind.lower())
        if self.partner:
            parts.append("love-start" if self.is_left else "love-end")
        return " ".join(parts)


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class SeatRow:
    """A row of the hall. ``after_aisle``: behind a cross aisle; ``bend``: steps by which its ends are curved."""

    name: str
    seats: list[SeatView]
    after_aisle: bool
    bend: int


class SeatPrice(NamedTuple):
    """A category in the legend, with the lowest and the highest price of its seats."""

    rank: int
    category_id: int
    category: str
    lowest: Decimal
    highest: Decimal


@dataclass(slots=True)
class SeatMap:
    """All seats of a show, row by row from the front, at one revision."""

    revision: int
    rows: list[SeatRow]
    prices: list[SeatPrice] = field(default_factory=list)
    mine: int = 0
    free: int = 0
    ordinary: int = 0  # free seats other than wheelchair spaces and companion seats
    kinds: set[str] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)  # fingerprints of those who hold seats, if the seats name them

    @property
    def seats(self) -> list[SeatView]:
        """Its seats, from the front row to the back, each row from the left."""
        return [seat for row in self.rows for seat in row.seats]


class LiveState(NamedTuple):
    """The state of a show that live maps poll. ``due``: an expired hold or house seats are to be released."""

    revision: int
    on_sale: bool
    due: bool


def show_for_sale(pk: int) -> ShowNow | None:
    """The show with everything its page shows, and ``now``, the database's clock; None for a draft."""
    return next(iter(_for_sale(pk)), None)


@Compiled
def _for_sale(pk: int) -> QuerySet[ShowNow]:
    shows = Show.objects.select_related("movie", "screen__theatre", "language", "subtitles").annotate(now=Now())
    return shows.filter(pk=pk).exclude(status=Show.Status.DRAFT).order_by()


def was_deleted(pk: int) -> bool:
    """Whether there was a show with this key, which no other show gets."""
    return pk > 0 and not Show.objects.filter(pk=pk).exists() and Show.objects.filter(pk__gt=pk).exists()


def live_state(show_id: int) -> LiveState | None:
    """The live state of a show, in one statement; None if there is no such show."""
    return live_states([show_id]).get(show_id)


def live_states(show_ids: Collection[int]) -> dict[int, LiveState]:
    """The live states of several shows by key, in one statement."""
    due = Hold.objects.filter(show=OuterRef("pk"), status=Hold.Status.ACTIVE, expires_at__lte=Now())
    shows = Show.objects.filter(pk__in=show_ids).exclude(status=Show.Status.DRAFT).annotate(now=Now(), due=Exists(due))
    return {
        show.pk: LiveState(show.revision, show.on_sale_at(show.now), show.due or show.releases_by(show.now))
        for show in shows.only("revision", "status", "sales_start_at", "sales_end_at", "house_release_at")
    }


def holder_fingerprint(buyer: str, show_id: int) -> str:
    """A fingerprint of the buyer at this show. It identifies nobody and differs at every show."""
    return salted_hmac("holder", f"{show_id} {buyer}").hexdigest()[:10]


def seat_map(show: ShowNow, buyer: str, chosen: Collection[int] = (), *, fee: BookingFee = NO_FEE) -> SeatMap:
    """The whole map in one statement. ``chosen`` seats are ticked; if empty, those the buyer holds.

    The ``fee`` is added to the prices.
    """
    views = _views(show, buyer, chosen, fee=fee)
    return map_of(show.revision, rows_of(views, show.screen))


def map_of(revision: int, rows: list[SeatRow]) -> SeatMap:
    """The map of these rows, with its legend and counts."""
    seats = [seat for row in rows for seat in row.seats]
    return SeatMap(
        revision=revision,
        rows=rows,
        prices=_prices(seats),
        mine=sum(seat.state == MINE for seat in seats),
        free=sum(seat.state == FREE for seat in seats),
        ordinary=sum(seat.state == FREE and seat.kind in (Seat.Kind.STANDARD, Seat.Kind.LOVE) for seat in seats),
        kinds={seat.kind for seat in seats},
        holders={seat.holder for seat in seats if seat.holder},
    )


def hall_rows(screen: Screen, chosen: Collection[int] = ()) -> list[SeatRow]:
    """The seats of a hall without a show: all free, with the keys of Seat, and ``chosen`` ones ticked."""
    words = SeatWords()
    seats = Seat.objects.filter(screen=screen, retired_at=None).select_related("category").order_by("y", "x")
    views = []
    for seat in seats:
        label = words.label(seat.row, seat.number)
        named = seat.category.localized.name
        facts = filter(None, [words.kinds.get(seat.kind), named])
        category = (named, seat.category_id, seat.category.rank)
        where = (seat.pk, seat.row, seat.number, seat.y, seat.x)
        name = listed([label, *facts])
        views.append(SeatView(*where, *category, seat.kind, Decimal(0), FREE, label, name, "", seat.pk in chosen))
    _place(views, curved=screen.is_curved)
    _link(views, carer_free=False)
    return rows_of(views, screen)


def changed_prices(show: Show, changes: list[SeatView]) -> list[SeatPrice]:
    """The new legend if all seats changed; else an empty list, because the legend is still valid."""
    return _prices(changes) if len(changes) >= show.seats_total else []


def hall_changed(show: Show, since: int) -> bool:
    """Whether seats were added, removed or relocated after revision ``since``, so that the whole map must be read."""
    return bool(_rebuilt(show.pk, since))


@Compiled
def _rebuilt(show_id: int, since: int) -> QuerySet[SeatEvent, tuple[int]]:
    actions = [SeatEvent.Action.ADD, SeatEvent.Action.REMOVE, SeatEvent.Action.PLACE]
    found = SeatEvent.objects.filter(show=show_id, revision__gt=since, action__in=actions)
    return found.order_by().values_list("pk")[:1]


class SeatRecord(NamedTuple):
    """What is read of a seat at a show: where it is, and the state it is in."""

    pk: int
    row: str
    number: int
    y: int
    x: int
    category: str
    translations: Translations
    category_id: int
    rank: int
    kind: str
    seat_id: int
    price: Decimal
    status: str
    hold_id: int | None
    expires_at: datetime | None
    buyer: str | None


def seat_records(show_id: int) -> list[SeatRecord]:
    """The seats of a show in the order of the hall, in one statement."""
    return list(map(SeatRecord._make, _records(show_id)))


@Compiled
def _records(show_id: int) -> QuerySet[ShowSeat, tuple[Any, ...]]:
    seats = ShowSeat.objects.filter(show=show_id).exclude(status=ShowSeat.Status.REMOVED)
    return seats.order_by("seat__y", "seat__x").values_list(
        "pk",
        "seat__row",
        "seat__number",
        "seat__y",
        "seat__x",
        "seat__category__name",
        "seat__category__name_translations",
        "seat__category_id",
        "seat__category__rank",
        "seat__kind",
        "seat_id",
        "price",
        "status",
        "hold_id",
        "hold__expires_at",
        "hold__buyer",
    )


def _views(show: ShowNow, buyer: str, chosen: Collection[int] = (), fee: BookingFee = NO_FEE) -> list[SeatView]:
    """Read the seats for the buyer. ``show`` is loaded with its theatre and ``now``."""
    words, views = SeatWords(), []
    for record in seat_records(show.pk):
        state = state_of(record.status, record.expires_at, show.now)
        if state == HELD and record.buyer == buyer:
            state = MINE
        view = words.view(record, state, fee.added_to(record.price))
        view.checked = state in (FREE, MINE) and record.pk in chosen if chosen else state == MINE
        views.append(view)
    return arrange(views, show.screen)


def state_of(status: str, expires_at: datetime | None, now: datetime) -> str:
    """FREE, HELD or SOLD: the state of a seat for those who do not hold it, by the database's clock."""
    if status == ShowSeat.Status.AVAILABLE:
        return FREE
    if status != ShowSeat.Status.HELD:
        return SOLD
    return HELD if expires_at and expires_at > now else FREE


def arrange(views: list[SeatView], screen: Screen) -> list[SeatView]:
    """Set the gaps, bends and links of the seats of a screen, loaded with its theatre."""
    _place(views, curved=screen.is_curved)
    _link(views, carer_free=screen.theatre.carer_free)
    return views


def _place(views: list[SeatView], *, curved: bool) -> None:
    """Set the gaps between seats and, for curved rows, the bend of each seat towards the screen."""
    left = min((seat.x for seat in views), default=0)
    half = max((seat.x - left for seat in views), default=0) / 2 or 1
    y, end = None, left
    for seat in views:
        if seat.y != y:
            y, end = seat.y, left
        seat.gap, end = seat.x - end, seat.x + 2
        if curved:
            seat.bend = round(BEND_STEPS * ((seat.x - left - half) / half) ** 2)


def _link(views: list[SeatView], *, carer_free: bool) -> None:
    """Link the halves of love seats, and companion seats with the wheelchair spaces that make them free."""
    special = {seat.id: seat for seat in views if seat.kind != Seat.Kind.STANDARD}
    places = [seat.place for seat in special.values()]
    halves = partners(places)
    for pk, other in halves.items():
        special[pk].partner, special[pk].is_left = other, special[pk].x < special[other].x
        special[pk].bend = min(special[pk].bend, special[other].bend)  # both halves of a love seat in one line
    if carer_free:
        for pk, wheelchairs in wheelchairs_beside(places).items():
            special[pk].free_with = wheelchairs


def rows_of(seats: list[SeatView], screen: Screen) -> list[SeatRow]:
    """Group arranged seats by row."""
    rows: list[SeatRow] = []
    bend = BEND_STEPS if screen.is_curved else 0
    for (y, name), group in groupby(seats, key=lambda seat: (seat.y, seat.row)):
        rows.append(SeatRow(name, list(group), after_aisle=bool(rows) and y > rows[-1].seats[0].y + 1, bend=bend))
    return rows


def _prices(seats: list[SeatView]) -> list[SeatPrice]:
    by_rank: dict[int, list[SeatView]] = {}
    for seat in seats:
        by_rank.setdefault(seat.rank, []).append(seat)
    return [
        SeatPrice(
            rank, group[0].category_id, group[0].category, min(s.price for s in group), max(s.price for s in group)
        )
        for rank, group in sorted(by_rank.items())
    ]


class SeatWords:
    """Formats accessible names of seats. Repeated parts are translated once for each map, not for each seat."""

    def __init__(self) -> None:
        self.pattern, self.comma = _("Row %(row)s, seat %(number)s"), comma()
        self.seat = _("Seat %(number)s")
        self.states = {FREE: _("available"), MINE: _("held for you"), HELD: _("held by someone else"), SOLD: _("taken")}
        self.kinds: dict[str, str] = {
            Seat.Kind.WHEELCHAIR: _("wheelchair space"),
            Seat.Kind.COMPANION: _("companion seat"),
            Seat.Kind.LOVE: _("love seat"),
        }
        # Cached, because hundreds of seats share few categories, prices and states.
        self.categories: dict[int, str] = {}
        self.facts: dict[tuple[str, str, Decimal, str], str] = {}
        self.lines: dict[tuple[str, str, Decimal], str] = {}

    def view(self, record: SeatRecord, state: str, price: Decimal) -> SeatView:
        """A seat in this state at this price, not yet arranged in its hall."""
        pk, row, number, y, x, own_name, translations, category_id, rank, kind, *_ = record
        category = self.categories.get(category_id)
        if category is None:
            category = self.categories[category_id] = LocalText.of(own_name, translations)
        label = self.label(row, number)
        name, line = self.name(label, category, kind, price, state), self.line(number, category, kind, price)
        where = (pk, row, number, y, x, category, category_id, rank, kind)
        return SeatView(*where, price, state, label, name, line, checked=False)

    def label(self, row: str, number: int) -> str:
        """“Row G, seat 8”."""
        return self.pattern % {"row": row, "number": number}

    def name(self, label: str, category: str, kind: str, price: Decimal, state: str) -> str:
        """“Row G, seat 8, Premium, ₹250, available”."""
        key = (category, kind, price, state)
        if key not in self.facts:
            parts = [self.kinds.get(kind), category, format_money(price), self.states[state]]
            self.facts[key] = listed(parts)
        return f"{label}{self.comma}{self.facts[key]}"

    def line(self, number: int, category: str, kind: str, price: Decimal) -> str:
        """“Seat 8 · Premium · ₹250”, for a list with headings for rows."""
        key = (category, kind, price)
        if key not in self.lines:
            self.lines[key] = " · ".join(filter(None, [self.kinds.get(kind), category, format_money(price)]))
        return f"{self.seat % {'number': number}} · {self.lines[key]}"
