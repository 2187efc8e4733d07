"""Shows and private hires: planned, on sale, moved and over."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory

from cinema.models import FurtherFilm, PriceCard, PrivateHire, Screen, SeatCategory, Show
from cinema.selectors.orders.show_cancellations import kept_for_buyers
from cinema.services.booking.blocks import apply_blocks
from cinema.services.schedule.private_hires import HireTerms, add_hire
from cinema.services.schedule.schedule import ShowPlan, schedule_shows
from cinema.services.schedule.showtimes import local_moment
from tests.factories.films import LanguageFactory, MovieFactory
from tests.factories.halls import ScreenFactory, TheatreFactory
from tests.factories.prices import price_card


class ShowFactory(DjangoModelFactory):
    """A show tomorrow at 18:00 on the theatre's clock, all seats for sale: Classic at ``price``, each better
    category for 100 more."""

    class Meta:
        model = Show

    movie = factory.SubFactory(MovieFactory)
    screen = factory.SubFactory(ScreenFactory)
    language = factory.SubFactory(LanguageFactory)
    price = Decimal(250)

    @factory.lazy_attribute
    def starts_at(self):
        theatre = self.screen.theatre
        tomorrow = timezone.now().astimezone(theatre.tz).date() + timedelta(days=1)
        return local_moment(tomorrow, time(18), theatre)

    @classmethod
    def _create(cls, model: type[Show], *, price: Decimal | int, **fields: Any) -> Show:
        if fields.get("further"):
            categories = SeatCategory.objects.filter(theatre=fields["screen"].theatre_id)
            prices = {category.pk: Decimal(price) + 100 * (category.rank - 1) for category in categories}
            return schedule_one(prices=prices, **fields)
        return put_on_sale(ShowPlan(**fields).show(), price)


@transaction.atomic
def put_on_sale(show: Show, price: Decimal | int) -> Show:
    """Save a show with its seats, as schedule_shows does but without its checks: the tests make thousands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cinema_seat WHERE screen_id = %s AND retired_at IS NULL", [show.screen_id])
        show.seats_total = show.seats_free = cursor.fetchone()[0]
        show.save(force_insert=True)
        cursor.execute(SEATS_AT_SHOW, [show.pk, price, show.screen_id])
    apply_blocks(shows=[show])
    return show


SEATS_AT_SHOW = """
    INSERT INTO cinema_showseat (show_id, seat_id, status, price)
    SELECT %s, seat.id, 'AVAILABLE', %s + 100 * (category.rank - 1)
    FROM cinema_seat seat JOIN cinema_seatcategory category ON category.id = seat.category_id
    WHERE seat.screen_id = %s AND seat.retired_at IS NULL
    ORDER BY seat.y, seat.x
"""


def double_bill(**fields: Any) -> Show:
    """A show of “Alien” and, after a break of 15 minutes, “Brazil”, which has 40 percent of the revenue."""
    first = fields.pop("movie", None) or MovieFactory(title="Alien", runtime=115, certificate="12")
    second = fields.pop("second", None) or MovieFactory(title="Brazil", runtime=130, certificate="18")
    return ShowFactory(movie=first, further=(FurtherFilm(second, 15, Decimal(40)),), **fields)


def private_hire(screen: Screen, *, after: timedelta = timedelta(), hours: int = 3, **facts: Any) -> PrivateHire:
    """A hire of the screen at noon UTC in three days, or so long ``after``."""
    starts_at = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3) + after
    usual = {"occasion": "Birthday", "contact": "Asha Rao", "starts_at": starts_at}
    terms = HireTerms(**usual | {"screen": screen, "ends_at": starts_at + timedelta(hours=hours)} | facts)
    return add_hire(theatre=screen.theatre, terms=terms, user=None)


def schedule_one(**fields: Any) -> Show:
    """Schedule one show; ``fields`` are those of a ShowPlan."""
    return schedule_shows(plans=[ShowPlan(**fields)])[0]


def on_card(*, card: PriceCard | None = None, screen: Screen | None = None, plan: str = "aaaa", **fields: Any) -> Show:
    """A show tomorrow at 18:00 priced by ``card``, or by one made of amounts: on_card(adult=250, child=150)."""
    amounts = {name: fields.pop(name) for name in [*fields] if isinstance(fields[name], int | Decimal)}
    screen = screen or ScreenFactory(plan=plan, **({"theatre": card.theatre} if card else {}))
    card = card or price_card(screen.theatre, **amounts)
    tomorrow = timezone.now().astimezone(screen.theatre.tz).date() + timedelta(days=1)
    fields.setdefault("starts_at", local_moment(tomorrow, time(18), screen.theatre))
    fields["movie"] = fields.get("movie") or MovieFactory()
    return schedule_one(screen=screen, prices={}, price_card=card, language=LanguageFactory(), **fields)


def past(show: Show) -> Show:
    """Let the show have started an hour ago."""
    return starting_in(show, timedelta(hours=-1))


def starting_in(show: Show, delay: timedelta) -> Show:
    """Move the show so that it starts ``delay`` from now."""
    length = show.ends_at - show.starts_at
    show.starts_at = timezone.now() + delay
    show.ends_at = show.starts_at + length
    show.sales_end_at = show.starts_at
    show.save(update_fields=["starts_at", "ends_at", "sales_end_at"])
    return show


def cancelled(show: Show) -> Show:
    """Cancel the show."""
    kept = Show.objects.values_list(F("revenue") + F("owed"), flat=True).get(pk=show.pk)
    show.status, show.owed = Show.Status.CANCELLED, kept_for_buyers(show)
    show.revenue = kept - show.owed
    show.save(update_fields=["status", "owed", "revenue"])
    return show


def listed(*, days: int = 0, **fields: Any) -> Show:
    """A show an hour from now, with room, that belongs to the day ``days`` after the theatre's today.

    It has no seats of its own, so many are made quickly.
    """
    if "screen" not in fields:
        theatre = fields.pop("theatre", None) or TheatreFactory()
        fields["screen"] = Screen.objects.create(theatre=theatre, name=f"Hall {Screen.objects.count()}")
    now = timezone.now()
    plain = {
        "starts_at": now + timedelta(days=days, hours=1),
        "trading_day": fields["screen"].theatre.trading_day(now) + timedelta(days=days),
        "seats_total": 100,
        "seats_free": 90,
    }
    fields = plain | fields
    fields["ends_at"] = fields["starts_at"] + timedelta(hours=3)
    fields.setdefault("sales_end_at", fields["starts_at"])
    fields["movie"] = fields.get("movie") or MovieFactory()
    fields["language"] = fields.get("language") or LanguageFactory()
    return Show.objects.create(**fields)


def draft(screen: Screen, card: PriceCard | None = None, *, days: int = 3, **fields: Any) -> Show:
    """A draft at noon UTC, so many days from now."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    start = fields.pop("starts_at", noon + timedelta(days=days))
    plain = {
        "movie": fields.pop("movie", None) or MovieFactory(),
        "language": LanguageFactory(),
        "starts_at": start,
        "ends_at": start + timedelta(hours=2, minutes=30),
        "sales_end_at": start,
        "trading_day": screen.theatre.trading_day(start),
        "status": Show.Status.DRAFT,
    }
    return Show.objects.create(screen=screen, price_card=card, **plain | fields)


def at_the_door(show: Show, delay: timedelta = timedelta(minutes=10)) -> Show:
    """Let the show begin ``delay`` from now, on the trading day of that moment: its doors are open."""
    starting_in(show, delay)
    show.trading_day = show.screen.theatre.trading_day(show.starts_at)
    show.save(update_fields=["trading_day"])
    return show
