"""Prices of the demo: four ticket types, and a price card for each theatre."""

from datetime import time
from decimal import Decimal

from cinema.demo.theatres import House
from cinema.demo.translations import translations_of
from cinema.models import PriceCard, Show, Theatre
from cinema.services.prices.price_cards import Adjustment, CardPlan, add_card
from cinema.services.prices.ticket_types import TicketTypeTerms, add_ticket_types


def _kind(name: str, note: str = "", *, shown_at_door: bool = False) -> TicketTypeTerms:
    return TicketTypeTerms(name, note, translations_of(name), translations_of(note), shown_at_door=shown_at_door)


# Ticket types, and their share of the usual price.
KINDS = [
    (_kind("Adult"), 1.0),
    (_kind("Child", "under 12"), 0.6),
    (_kind("Senior", "60 and over", shown_at_door=True), 0.75),
    (_kind("Student", "with a student card", shown_at_door=True), 0.8),
]
WEEKDAYS, WEEKEND = (0, 1, 2, 3), (4, 5, 6)
ADJUSTMENTS = [
    Adjustment(name="Matinée", amount=Decimal(-40), weekdays=WEEKDAYS, until_time=time(13), from_time=time(5)),
    Adjustment(name="Weekend evening", amount=Decimal(50), weekdays=WEEKEND, from_time=time(17), until_time=time(5)),
    Adjustment(name="3D", amount=Decimal(60), format=Show.Format.THREE_D),
    Adjustment(name="Dolby Atmos", amount=Decimal(50), format=Show.Format.DOLBY),
    Adjustment(name="IMAX", amount=Decimal(150), format=Show.Format.IMAX),
]
USUAL = 300  # usual price of a category added by staff


def card_for(house: House, theatre: Theatre) -> PriceCard:
    """The theatre's first active price card; if there is none, a new one with the demo's prices."""
    return theatre.price_cards.filter(retired_at=None).order_by("pk").first() or _make(house, theatre)


def _make(house: House, theatre: Theatre) -> PriceCard:
    kinds = list(theatre.ticket_types.filter(retired_at=None).order_by("rank")) or add_ticket_types(
        theatre=theatre, types=[terms for terms, _part in KINDS], user=None
    )
    parts = [part for _type, part in KINDS]
    usual = dict(enumerate(house.categories.values(), start=1))
    prices = {
        (category.pk, kind.pk): Decimal(round(usual.get(category.rank, USUAL) * part / 10) * 10)
        for category in theatre.seat_categories.all()
        for kind, part in zip(kinds, parts, strict=False)
    }
    plan = CardPlan(name="Standard", prices=prices, adjustments=ADJUSTMENTS)
    return add_card(theatre=theatre, plan=plan, user=None)
