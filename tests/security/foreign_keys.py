"""Every form field of the back office that contains a key, with an accepted form, and an object of another theatre."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from cinema.forms.halls.halls import layout_text
from cinema.models import Refund
from cinema.selectors.halls.hall_changes import spot_of
from cinema.services.door.check_ins import Door, Scan, check_in
from tests.factories import ShowFactory, draft, seat_ids, sold
from tests.views.staff.addresses import PIN, Place

Said = dict[str, Any]


class House(Place):
    """A theatre with an order for two seats, and a later show of the film to exchange it for."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.ticket = sold(self.show, "A2 A3")
        by_hand = Scan(self.ticket.code, f"a key at {slug}", reason="asked")  # as the show is tomorrow
        self.check_in = check_in(door=Door(self.theatre, self.person), scan=by_hand)
        self.later = ShowFactory(
            screen=self.screen, movie=self.show.movie, starts_at=self.show.starts_at + timedelta(days=5)
        )


class Field(NamedTuple):
    """A field. ``said`` makes the form from the theatre where it is posted and the theatre of the object."""

    view: str
    field: str
    said: Callable[[House, House], Said]
    query: Callable[[House, House], Said] = lambda _here, _whose: {}
    answers: tuple[int, ...] = (400, 404)
    own_may_change: bool = False


def day(place: House, after: int = 9) -> str:
    return (place.theatre.trading_day(timezone.now()) + timedelta(days=after)).isoformat()


def planned(here: House, **changes: Any) -> Said:
    """The form of a new show."""
    own = {"movie": here.show.movie_id, "screen": here.screen.pk, "price_card": here.card.pk, "format": "2D"}
    more = {"language": here.show.language_id, "trailers": 0, "turnaround": 0, "sales_cutoff": 0}
    return own | more | {"times": "12:00", "first_day": day(here)} | changes


def hired(here: House, **changes: Any) -> Said:
    """The form of a private hire."""
    own = {"occasion": "Birthday", "contact": "Ben", "screen": here.screen.pk, "day": day(here, 15)}
    return own | {"at": "12:00", "until": "14:00"} | changes


def edited(here: House, **changes: Any) -> Said:
    """The form of the draft, an hour later."""
    said = planned(here, movie=here.draft.movie_id, day=day(here), at="13:00", version=here.draft.version)
    return {name: said[name] for name in said if name not in ("times", "first_day")} | changes


def card(here: House, category: int, kind: int, **more: Any) -> Said:
    """The form of the price card, with one changed price."""
    own = {f"price-{here.screen.seats.first().category_id}-{here.kind.pk}": "260"}
    form = {"more-TOTAL_FORMS": 1, "more-INITIAL_FORMS": 0, "name": here.card.name, "version": here.card.version}
    return own | form | {f"price-{category}-{kind}": "270"} | more


def category_of(place: House) -> int:
    return place.screen.seats.first().category_id


def issued(here: House) -> Said:
    return {"name": "Acme", "number": "2", "face_value": "100", "key": "one form to be issued"}


def key_of(place: House, name: str) -> int:
    return {"categories": category_of(place), "ticket_types": place.kind.pk}[name]


def surcharge(**more: Any) -> Said:
    return {"more-0-name": "Night", "more-0-amount": "30"} | {f"more-0-{name}": value for name, value in more.items()}


def blocked(here: House, whose: House) -> Said:
    seats = [whose.screen.seats.first().pk]
    return {"seats": seats, "kind": "BROKEN", "from_day": day(here, 0), "reason": "wet", "save": "1"}


def hall(here: House, category: int, **more: Any) -> Said:
    """The form of the hall editor: every seat of one category, the first one a row further back."""
    spots = [spot_of(seat)._replace(category=category) for seat in here.screen.seats.filter(retired_at=None)]
    spots[0] = spots[0]._replace(row="B", y=spots[0].y + 1)
    form = {"name": here.screen.name, "shape": here.screen.shape, "version": here.screen.version, "source": "grid"}
    coming = [show.pk for show in here.screen.shows.all()]
    return form | {"layout": layout_text(spots), "seen": coming, "follow": []} | more


def hall_with_seat_of(here: House, whose: House) -> Said:
    """The same with the key of that theatre's seat for the first seat."""
    said = hall(here, category_of(here))
    drawn = json.loads(said["layout"])
    drawn["seats"][0][0] = whose.screen.seats.first().pk
    return said | {"layout": json.dumps(drawn)}


def action_form(seats: list[int]) -> Said:
    return {"seats": seats, "reason": "asked", "seen": 0, "key": "one form"}


def refused_refund(place: House) -> int:
    """A refund of the theatre's order that the provider refuses."""
    payment, now = place.ticket.order.payments.get(), timezone.now()
    facts = {"amount": 1, "reason": Refund.Reason.GOODWILL, "status": Refund.Status.FAILED, "due_at": None}
    return Refund.objects.create(payment=payment, created_at=now, **facts).pk


def bare(place: House) -> int:
    """A draft without a price card."""
    return draft(place.screen, days=20 + place.screen.shows.count()).pk


SHOW = "staff-schedule-show"
ADD = "staff-schedule-add"
IGNORED = (200, 303)  # what is not there is passed over; nothing changes all the same

FIELDS = [
    Field(
        "staff-prices-coupons-add",
        "ticket_types",
        lambda here, whose: {
            "name": "Ten",
            "kind": "PERCENT",
            "value": "10",
            "party": "1",
            "version": 0,
            "ticket_types": whose.kind.pk,
        },
    ),
    *(
        Field("staff-vouchers-add", name, lambda here, whose, name=name: issued(here) | {name: key_of(whose, name)})
        for name in ("categories", "ticket_types")
    ),
    Field(ADD, "screen", lambda here, whose: planned(here, screen=whose.screen.pk)),
    Field(ADD, "price_card", lambda here, whose: planned(here, price_card=whose.card.pk)),
    Field(SHOW, "screen", lambda here, whose: edited(here, screen=whose.screen.pk)),
    Field(SHOW, "price_card", lambda here, whose: edited(here, price_card=whose.card.pk)),
    Field(
        "staff-schedule-move",
        "screen",
        lambda here, whose: {"day": day(here), "at": "12:00", "version": 0, "screen": whose.screen.pk},
    ),
    Field(
        "staff-schedule-copy",
        "price_card",
        lambda here, whose: {
            "span": "day",
            "source": here.draft.trading_day.isoformat(),
            "target": day(here),
            "price_card": whose.card.pk,
            "confirm": "1",
        },
    ),
    Field("staff-films-seasons-add", "theatre", lambda _here, whose: {"title": "Mine", "theatre": whose.theatre.pk}),
    Field("staff-schedule-hire-add", "screen", lambda here, whose: hired(here, screen=whose.screen.pk)),
    Field("staff-schedule-hire", "screen", lambda here, whose: hired(here, screen=whose.screen.pk, version=0)),
    Field("staff-schedule-publish", "shows", lambda here, whose: {"shows": whose.draft.pk}, answers=IGNORED),
    Field(
        "staff-schedule-labels",
        "shows",
        lambda here, whose: {"labels": "premiere", "how": "add", "shows": whose.draft.pk},
    ),
    Field("staff-schedule-discard", "shows", lambda here, whose: {"shows": whose.draft.pk}, answers=IGNORED),
    Field(
        "staff-schedule-card",
        "shows",
        lambda here, whose: {"shows": bare(whose), "price_card": here.card.pk},
        answers=IGNORED,
    ),
    Field("staff-schedule-card", "price_card", lambda here, whose: {"shows": bare(here), "price_card": whose.card.pk}),
    Field(
        "staff-prices-card",
        "price-…-kind",
        lambda here, whose: card(here, category_of(here), whose.kind.pk),
        answers=IGNORED,
        own_may_change=True,
    ),
    Field(
        "staff-prices-card",
        "price-category-…",
        lambda here, whose: card(here, category_of(whose), here.kind.pk),
        answers=IGNORED,
        own_may_change=True,
    ),
    Field(
        "staff-prices-card",
        "category",
        lambda here, whose: card(here, category_of(here), here.kind.pk, **surcharge(category=category_of(whose))),
    ),
    Field(
        "staff-prices-card",
        "ticket_type",
        lambda here, whose: card(here, category_of(here), here.kind.pk, **surcharge(ticket_type=whose.kind.pk)),
    ),
    Field("staff-blocks-hall", "seats", blocked),
    Field("staff-blocks-release", "show", lambda here, whose: {"show": whose.show.pk}),
    Field("staff-screens-save", "layout: category", lambda here, whose: hall(here, category_of(whose))),
    Field("staff-screens-save", "layout: seat", hall_with_seat_of, answers=IGNORED, own_may_change=True),
    Field(
        "staff-screens-save",
        "follow",
        lambda here, whose: hall(here, category_of(here), follow=[whose.later.pk]),
        answers=IGNORED,
        own_may_change=True,
    ),
    Field(
        "staff-sell-payout",
        "supervisor",
        lambda here, whose: {"supervisor": whose.person.pk, "pin": PIN},
    ),
    Field("staff-sell-add", "show", lambda here, whose: {"show": whose.later.pk, "kind-0": 1}),
    Field(
        "staff-sell-add",
        "seats",
        lambda here, whose: {"show": here.later.pk, "kind-0": 1, "seats": seat_ids(whose.later, "A1")},
    ),
    Field(
        "staff-tills-close",
        "witness",
        lambda here, whose: {"reason": "wrong change", "witness": whose.person.pk, "pin": PIN},
    ),
    Field(
        "staff-door-undo",
        "check_in",
        lambda here, whose: {"check_in": whose.check_in.pk, "key": "a key of sixteen letters", "all": "1"},
    ),
    Field("staff-orders-refund", "seats", lambda here, whose: action_form(seat_ids(whose.show, "A2"))),
    Field(
        "staff-orders-settle",
        "refund",
        lambda here, whose: action_form([]) | {"refund": refused_refund(whose)},
        answers=(409,),
    ),
    Field("staff-orders-move", "seats", lambda here, whose: action_form(seat_ids(whose.show, "A4 A5"))),
    Field(
        "staff-orders-exchange",
        "seats",
        lambda here, whose: action_form(seat_ids(whose.later, "A1 A2")),
        query=lambda here, _whose: {"show": here.later.pk},
    ),
    Field(
        "staff-orders-exchange",
        "show",
        lambda here, whose: action_form([]) | {"best": "on"},
        query=lambda here, whose: {"show": whose.later.pk},
    ),
]
