"""Theatres with their taxes, screens, and blocked seats."""

from collections.abc import Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cinema.models import OrderLine, Screen, SeatBlock, SeatCategory, TaxRule, Theatre, User
from cinema.models.codes import new_code
from cinema.services.booking.blocks import BlockTerms, block_seats
from cinema.services.halls.halls import build_screen


class TheatreFactory(DjangoModelFactory):
    """A theatre without seating rules, unless the test sets them."""

    class Meta:
        model = Theatre

    name = factory.Sequence(lambda n: f"Galaxy {n}")
    slug = factory.LazyAttribute(lambda theatre: theatre.name.lower().replace(" ", "-"))
    city = "Mumbai"
    address = "1 Marine Drive"
    time_zone = "Asia/Kolkata"
    single_seats = Theatre.SingleSeats.ALLOW

    @classmethod
    def _create(cls, model: type[Theatre], *, tax: Decimal | int | None = None, **fields: Any) -> Theatre:
        """``tax`` is the percentage in the price of every ticket."""
        theatre = model.objects.create(**fields)
        if tax is not None:
            tax_rule(theatre, tax)
        return theatre


class SeatCategoryFactory(DjangoModelFactory):
    class Meta:
        model = SeatCategory
        django_get_or_create = ["theatre", "rank"]

    theatre = factory.SubFactory(TheatreFactory)
    name = factory.LazyAttribute(lambda category: {1: "Classic", 2: "Premium", 3: "Recliner"}[category.rank])
    rank = 1


class ScreenFactory(DjangoModelFactory):
    """A screen of ``rows`` × ``columns`` seats, A1 first; or the ``plan`` given, as seating.drawings reads it,
    in which a, b and c stand for Classic, Premium and Recliner (A, B and C for love seats of these)."""

    class Meta:
        model = Screen
        exclude = ["rows", "columns"]

    rows = 3
    columns = 8
    theatre = factory.SubFactory(TheatreFactory)
    name = factory.Sequence(lambda n: f"Screen {n}")
    plan = factory.LazyAttribute(lambda screen: "\n".join(["a" * screen.columns] * screen.rows))

    @classmethod
    def _create(cls, model: type[Screen], *, theatre: Theatre, plan: str, **fields: Any) -> Screen:
        known = {category.rank: category for category in theatre.seat_categories.all()}
        categories = {
            letter: known.get(rank) or SeatCategoryFactory(theatre=theatre, rank=rank)
            for rank, letter in enumerate("abc", start=1)
            if letter in plan.lower()
        }
        return build_screen(theatre=theatre, plan=plan, categories=categories, **fields)


def tax_rule(theatre: Theatre, percent: Decimal | int, **fields: Any) -> TaxRule:
    """A tax rule; without more ``fields``, for tickets of every price since long ago."""
    fields = {"kind": OrderLine.Kind.SEAT, "from_day": date(2000, 1, 1)} | fields
    rule = TaxRule.objects.create(theatre=theatre, percent=percent, **fields)
    theatre.tax_version = new_code()
    theatre.save(update_fields=["tax_version"])
    return rule


def put_off_sale(*, screen: Screen, seat_ids: Sequence[int], user: User | None = None, **terms: Any) -> SeatBlock:
    """Block seats of a screen; ``terms`` are the fields of BlockTerms."""
    return block_seats(screen=screen, seat_ids=seat_ids, terms=BlockTerms(**terms), user=user)


def zone_at(hour: int) -> str:
    """A time zone in which it is ``hour`` o’clock now, and some minutes."""
    return f"Etc/GMT{(timezone.now().astimezone(UTC).hour - hour + 14) % 24 - 14:+d}"


def in_the_afternoon() -> str:
    """A time zone in which it is between 14:00 and 15:00 now, far from the change of trading days."""
    return zone_at(14)
