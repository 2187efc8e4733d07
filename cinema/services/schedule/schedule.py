"""Schedule shows with seats and prices in one step, for the demo and for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.utils import timezone

from cinema.exceptions import PriceMissing, ScreenClosed
from cinema.models import FurtherFilm, Language, Movie, PriceCard, Screen, Seat, Show, ShowSeat
from cinema.models.translations import Translations
from cinema.services.booking.blocks import apply_blocks
from cinema.services.booking.tariffs import tariffs_for
from cinema.services.core.amounts import check_payable
from cinema.services.core.locking import lock_movies, lock_screens
from cinema.services.core.transactions import atomically
from cinema.services.schedule.features import add_features, film_problem, with_movies
from cinema.services.schedule.overlaps import check_overlaps, overlaps_raised

BATCH = 2_000  # seats per INSERT, or fewer where the database allows fewer


@dataclass(frozen=True, kw_only=True)
class ShowPlan:
    """A show to be scheduled.

    ``prices`` maps the key of every seat category of the screen to its price; if empty, ``price_card`` applies. Drafts
    have no ``prices``. ``further`` are the films of a double bill after ``movie``. ``trailers``, ``turnaround`` and
    ``sales_cutoff`` are minutes, by default the theatre's.
    """

    movie: Movie
    screen: Screen
    starts_at: datetime
    language: Language
    further: tuple[FurtherFilm, ...] = ()
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    price_card: PriceCard | None = None
    format: str = Show.Format.STANDARD
    subtitles: Language | None = None
    labels: str = ""
    label_note: str = ""
    label_note_translations: Translations = field(default_factory=dict)
    trailers: int | None = None
    turnaround: int | None = None
    sales_start_at: datetime | None = None
    sales_cutoff: int | None = None
    no_coupons: bool = False

    def show(self, status: Show.Status = Show.Status.SCHEDULED) -> Show:
        """Return the unsaved show. Raises ValueError for a start without a time zone."""
        if timezone.is_naive(self.starts_at):
            raise ValueError("A show starts at a moment in a time zone; this one has none.")
        theatre = self.screen.theatre
        show = Show(
            movie=self.movie,
            screen=self.screen,
            starts_at=self.starts_at,
            trading_day=theatre.trading_day(self.starts_at),
            format=self.format,
            language=self.language,
            subtitles=self.subtitles,
            labels=self.labels,
            label_note=self.label_note,
            label_note_translations=dict(self.label_note_translations),
            status=status,
            published_at=timezone.now() if status == Show.Status.SCHEDULED else None,
            price_card=self.price_card,
            trailers=_or(self.trailers, theatre.trailers),
            no_coupons=self.no_coupons,
            turnaround=_or(self.turnaround, theatre.turnaround),
            sales_start_at=self.sales_start_at,
            sales_end_at=self.starts_at - timedelta(minutes=_or(self.sales_cutoff, theatre.sales_cutoff)),
        )
        show.set_further(self.further)
        show.ends_at = show.film_ends_at + timedelta(minutes=show.turnaround)
        return show

    @property
    def movie_ids(self) -> set[int]:
        """The keys of all its films."""
        return {self.movie.pk, *(each.movie.pk for each in self.further)}

    def with_movies(self, movies: Mapping[int, Movie]) -> "ShowPlan":
        """The same plan with these locked rows of its films, by key."""
        return replace(self, movie=movies[self.movie.pk], further=with_movies(further=self.further, movies=movies))


def _or(own: int | None, usual: int) -> int:
    return usual if own is None else own


@atomically
def schedule_shows(*, plans: Sequence[ShowPlan]) -> list[Show]:
    """Schedule all the shows with all their seats, or none, in a constant number of statements.

    Raises ScreenClosed, Overlap, FilmTwice, SharesTooLarge, PriceMissing if a seat would have no price, and ValueError
    for a start without a time zone.
    """
    movies = lock_movies({pk for plan in plans for pk in plan.movie_ids})
    screens = {screen.pk: screen for screen in lock_screens({plan.screen.pk for plan in plans})}
    if closed := next((screen for screen in screens.values() if screen.retired_at), None):
        raise ScreenClosed(closed)
    screen_ids = screens.keys()
    # The films may have changed since the plans were made.
    shows = [plan.with_movies(movies).show() for plan in plans]
    if problem := next(filter(None, (film_problem(show=show) for show in shows)), None):
        raise problem
    check_overlaps(shows)
    by_screen = groupby(
        Seat.objects.filter(screen__in=screen_ids, retired_at=None)
        .select_related("category")
        .order_by("screen", "y", "x"),
        key=lambda seat: seat.screen_id,
    )
    seats = {screen_id: list(group) for screen_id, group in by_screen}
    for show in shows:
        show.seats_total = show.seats_free = len(seats.get(show.screen_id, []))
    prices = _prices(shows, plans)
    with overlaps_raised(shows):
        Show.objects.bulk_create(shows)
    add_features(shows=shows)
    ShowSeat.objects.bulk_create(
        [
            ShowSeat(show=show, seat=seat, price=price, tariff=show.tariff)
            for show, usual in zip(shows, prices, strict=True)
            for seat, price in _priced(seats.get(show.screen_id, []), usual)
        ],
        batch_size=BATCH,
    )
    apply_blocks(shows=shows)
    return shows


def _prices(shows: Sequence[Show], plans: Sequence[ShowPlan]) -> list[Mapping[int, Decimal]]:
    """The prices of each show by category: from its plan, or else from its card, whose tariff it gets."""
    by_card = [show for show, plan in zip(shows, plans, strict=True) if plan.price_card and not plan.prices]
    priced = iter(tariffs_for(shows=by_card))
    prices = []
    for show, plan in zip(shows, plans, strict=True):
        usual = plan.prices
        if plan.price_card and not plan.prices:
            show.tariff, usual = next(priced)
        prices.append(usual)
    return prices


def _priced(seats: Sequence[Seat], prices: Mapping[int, Decimal]) -> list[tuple[Seat, Decimal]]:
    """Return each seat with the price of its category. Raises PriceMissing, AmountTooPrecise."""
    missing = {seat.category.name for seat in seats if seat.category_id not in prices}
    if missing:
        raise PriceMissing(sorted(missing))
    check_payable(*prices.values())
    return [(seat, prices[seat.category_id]) for seat in seats]
